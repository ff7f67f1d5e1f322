"""Where the parties of a world answer: one file, written whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

FILE = "addresses.json"


def write_addresses(folder: Path, addresses: Mapping[str, str]) -> None:
    """Write party -> address atomically."""
    hidden = folder / f".{FILE}.part"
    with hidden.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(dict(addresses)), indent=2))
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(folder / FILE)


def read_addresses(folder: Path) -> dict[str, str]:
    """The addresses written last; empty where there are none."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}
