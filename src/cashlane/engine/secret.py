"""Secrets of one data folder: random, made at first use, readable by their owner only.
Two processes that ask for the same new name at once get the same secret.
"""

import os
import re
import secrets
from pathlib import Path

BYTES = 32
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


def secret(folder: Path, name: str) -> str:
    """The secret of that name in `folder`, made now if it is not there yet."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a secret's name is lower-case letters, digits, _ . -: {name!r}")
    path = folder / name
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    """Written aside, synced, then linked: the name never shows an empty or half secret."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    _write_synced(aside, secrets.token_urlsafe(BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass  # somebody was faster; theirs is the secret
    finally:
        aside.unlink()
    sync_folder(path.parent)
    return path.read_text(encoding="ascii")


def _write_synced(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
