"""Tariffs of the simulated city: yearly steps, and the lines of a bill computed from them.

Every line is rounded half up to the fen, and the bill is the sum of its lines.
"""

from datetime import date
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.core.bill import BillLine
from cashlane.values.money import share_out
from cashlane.values.text import Text
from cashlane.world.census import read_data

Kind = Literal["electricity", "water", "gas"]


class Step(Struct, frozen=True):
    """A step of a tariff: units of a year up to `up_to`, at prices in thousandths of a yuan."""

    up_to: int | None
    prices: tuple[int, ...]


class Tariff(Struct, frozen=True):
    """A tariff from a date on. `parts` are what is priced apart: peak and valley, or one."""

    kind: Kind
    valid_from: date
    parts: tuple[str, ...]
    steps: tuple[Step, ...]


class _File(Struct, frozen=True):
    note: str
    tariffs: tuple[Tariff, ...]


@cache
def tariffs() -> tuple[Tariff, ...]:
    """All tariffs, older before newer."""
    return msgspec.json.decode(read_data("tariffs.json"), type=_File).tariffs


@cache
def tariff_on(kind: Kind, day: date) -> Tariff:
    """The tariff of a kind that is valid on a day; there must be one."""
    valid = [one for one in tariffs() if one.kind == kind and one.valid_from <= day]
    return max(valid, key=lambda one: one.valid_from)


def charge(tariff: Tariff, *, before: int, used: tuple[int, ...]) -> tuple[BillLine, ...]:
    """The lines of a bill: `before` units were used earlier in the year, then `used` per part.

    Units of a part are shared among the steps in proportion (largest remainder).
    """
    per_step = _per_step(tariff, before, sum(used))
    lines = []
    for part, units in enumerate(used):
        shares = share_out(units, per_step) if sum(per_step) else per_step
        for at, (step, share) in enumerate(zip(tariff.steps, shares, strict=True)):
            if share:
                fen = (share * step.prices[part] + 5) // 10
                lines.append(BillLine(_line_name(tariff.parts[part], at), fen))
    return tuple(lines)


def _per_step(tariff: Tariff, before: int, used: int) -> tuple[int, ...]:
    """How many of the units fall into each step."""
    found, start, end = [], before, before + used
    for step in tariff.steps:
        top = end if step.up_to is None else min(end, step.up_to)
        found.append(max(0, top - start))
        start = max(start, top)
    return tuple(found)


_PARTS = {
    "peak": Text("峰时", "peak"),
    "valley": Text("谷时", "valley"),
    "water": Text("水费", "water"),
    "gas": Text("气费", "gas"),
}


@cache
def _line_name(part: str, step: int) -> Text:
    name = _PARTS[part]
    return Text(f"第{'一二三'[step]}档{name.zh}", f"step {step + 1} {name.en}")
