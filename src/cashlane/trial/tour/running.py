"""What a running demo leaves in its folder, so that commands beside it find it."""

from pathlib import Path

import msgspec
from msgspec import Struct

from cashlane.engine.process import Process, read_records
from cashlane.engine.supervisor import RECORD
from cashlane.home import Home
from cashlane.trial.keeping import keep


class Running(Struct, frozen=True):
    """Where a demo answers, and which bills its city was loaded with."""

    api: str
    tour: str
    seed: int
    bills: int


def write_running(house: Home, running: Running) -> None:
    """Say where the demo answers."""
    keep(_file(house), msgspec.json.encode(running))


def read_running(house: Home) -> Running | None:
    """Where the demo answers; None where none is running."""
    try:
        found = msgspec.json.decode(_file(house).read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if api_process(house) is not None else None


def api_process(house: Home) -> Process | None:
    """The process that answers the API, None while there is none."""
    records = read_records(house.cluster.folder.run / RECORD)
    return next((it for it in records if it.name == "serve" and it.is_alive()), None)


def _file(house: Home) -> Path:
    return house.cluster.folder.run / "demo.json"
