"""Results: one line of JSON for each figure, kept for ever, with what it was measured on."""

import os
import platform
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.measure import PAIRS_LEAST, SECONDS_LEAST, Pair, spread

FILE = Path(__file__).with_name("results.jsonl")


class Figure(Struct, frozen=True, omit_defaults=True):
    """A published figure. `ratio` is the median of the pairs' own, `iqr` the width of its middle
    half; both are 0 where a figure has no yardstick. One without a `bar` says how things are, and
    cannot miss."""

    figure: str
    value: float
    unit: str
    ratio: float
    yardstick: str
    iqr: float
    bar: str
    holds: bool
    date: str
    machine: str
    commit: str
    command: str
    also: dict[str, float] = {}


class Wanted(Struct, frozen=True):
    """What is wanted of a figure beyond its ratio, in words, and whether it holds."""

    bar: str
    holds: bool


NOTHING_MORE = Wanted("", holds=True)


class Book:
    """Writes figures down. A trial run (too few or too short pairs) is only shown."""

    def __init__(self, command: str, *, pairs: int, seconds: int) -> None:
        self._command = command
        self.counts = pairs >= PAIRS_LEAST and seconds >= SECONDS_LEAST

    def pairs(
        self, name: str, unit: str, yardstick: str, done: list[Pair], *, least: float | None,
        also: dict[str, float] | None = None, more: Wanted = NOTHING_MORE,
    ) -> Figure:  # fmt: skip
        """A figure beside its yardstick, which must be at least so many times that (None: it has no
        bar), and what more is wanted of it."""
        ratio = spread([pair.ratio for pair in done])
        bar = "" if least is None else f">= {least:g} x {yardstick}"
        return self._write(
            name, spread([pair.ours for pair in done]).median, unit,
            bar=", ".join(filter(None, (bar, more.bar))),
            holds=(least is None or ratio.median >= least) and more.holds, ratio=ratio.median,
            iqr=ratio.iqr, yardstick=yardstick, also=also or {},
        )  # fmt: skip

    def alone(
        self, name: str, value: float, unit: str, *, bar: str, holds: bool,
        also: dict[str, float] | None = None,
    ) -> Figure:  # fmt: skip
        """A figure that stands for itself."""
        return self._write(
            name, value, unit, bar=bar, holds=holds, ratio=0, iqr=0, yardstick="", also=also or {}
        )

    def _write(
        self, name: str, value: float, unit: str, *, bar: str, holds: bool, ratio: float,
        iqr: float, yardstick: str, also: dict[str, float],
    ) -> Figure:  # fmt: skip
        line = Figure(
            figure=name, value=_rounded(value), unit=unit, ratio=_rounded(ratio),
            yardstick=yardstick, iqr=_rounded(iqr), bar=bar, holds=holds,
            date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine(), commit=_commit(),
            command=self._command, also={key: _rounded(one) for key, one in also.items()},
        )  # fmt: skip
        if self.counts:
            with FILE.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
        return line


def _rounded(value: float) -> float:
    """Four digits: no clock here is better."""
    return float(f"{value:.4g}")


def kept() -> Iterator[Figure]:
    """All figures, in the order in which they were measured."""
    if FILE.exists():
        for line in FILE.read_bytes().splitlines():
            yield msgspec.json.decode(line, type=Figure)


def machine() -> str:
    """What it was measured on, without naming it."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def _commit() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,
        cwd=FILE.parent,
    )  # fmt: skip
    return said.stdout.strip() or "unknown"
