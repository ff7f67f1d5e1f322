"""Which room of the house a sample of the API belongs to, by the files on its stack.

The innermost frame that the table knows decides. Everything else - the standard library, values,
rules that a room calls - belongs to whoever called it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

UNMAPPED = "unmapped"
UNMAPPED_MOST_PERCENT = 3.0
"""More than this, and the table no longer describes the program."""

BESIDE = (
    ("cashlane/switch/watch.py", ""),
    ("cashlane/main.py", "_keep_fresh"),
    ("cashlane/main.py", "_keep_looking"),
    ("cashlane/registry/picture.py", ""),
)
"""Tasks that go on beside the payments: whatever they call belongs to them."""

ROOMS = (
    ("uvicorn/", "", "http"),
    ("uvloop/", "", "loop"),
    ("asyncio/runners.py", "", "loop"),
    ("cashlane/api/v1/plain", "__call__", "answer"),
    ("cashlane/api/v1/plain", "_say", "answer"),
    ("cashlane/api/", "", "checks"),
    ("cashlane/counter/wording.py", "", "answer"),
    ("cashlane/counter/problems.py", "", "answer"),
    ("cashlane/counter/", "", "checks"),
    ("cashlane/people/", "", "checks"),
    ("cashlane/switch/accept.py", "", "gather"),
    ("cashlane/switch/batch.py", "", "gather"),
    ("cashlane/switch/lane.py", "", "gather"),
    ("cashlane/core/decide.py", "", "decide"),
    ("cashlane/store/", "", "rows"),
    ("psycopg/", "", "driver"),
    ("psycopg_binary/", "", "driver"),
    ("psycopg_pool/", "", "driver"),
)
"""The beginning of a file's name, a function of it or all, and the room."""

PARTS = ("loop", "http", "checks", "gather", "decide", "rows", "driver", "answer", "beside")
"""The rooms in the order in which a payment comes through them."""

_FRAME = re.compile(r"(?P<function>.+) \((?P<file>[^()]+?)(?::\d+)?\)")

Frame = tuple[str, str]
"""A file and a function."""


def room_of(stack: Sequence[Frame]) -> str:
    """The room of a stack, given from the outermost frame to the innermost."""
    if any(_fits(frame, *one) for frame in stack for one in BESIDE):
        return "beside"
    for frame in reversed(stack):
        for file, function, room in ROOMS:
            if _fits(frame, file, function):
                return room
    return UNMAPPED


def by_room(raw: Iterable[str]) -> Counter[str]:
    """Samples by room, out of the sampler's lines: a stack and how often it was met."""
    found: Counter[str] = Counter()
    for line in raw:
        stack, _, count = line.rpartition(" ")
        found[room_of([_read(one) for one in stack.split(";")])] += int(count)
    return found


def heaviest(raw: Iterable[str], *, most: int) -> dict[str, float]:
    """The functions that were innermost most often: each one's share of 1."""
    found: Counter[str] = Counter()
    for line in raw:
        stack, _, count = line.rpartition(" ")
        file, function = _read(stack.rpartition(";")[2])
        found[f"{file} {function}"] += int(count)
    return {name: count / found.total() for name, count in found.most_common(most)}


def shares(samples: Counter[str]) -> dict[str, float]:
    """Each room's share of 1. Raises where the table knows too little of the program."""
    most = samples.total() * UNMAPPED_MOST_PERCENT / 100
    if not samples or samples[UNMAPPED] > most:
        raise ValueError(f"the table of rooms does not know {samples[UNMAPPED]} of"
                         f" {samples.total()} samples")  # fmt: skip
    known = samples.total() - samples[UNMAPPED]
    return {room: samples[room] / known for room in PARTS}


def _fits(frame: Frame, file: str, function: str) -> bool:
    """Where Python tells them, a function comes with its class."""
    return frame[0].startswith(file) and function in {"", frame[1].rpartition(".")[2]}


def _read(frame: str) -> Frame:
    found = _FRAME.fullmatch(frame)
    return (found["file"], found["function"]) if found else ("", frame)
