"""What may be wrong with a line between two machines, as an order to break it so.

Losing is for good: a stream with a hole is cut when the fault ends. Holding is what a network does
that is cut in two: what was sent waits and arrives when the line is whole again.
"""

from typing import Literal

from msgspec import Struct

LineKind = Literal[
    "pass", "refuse", "cut", "delay",
    "lose_requests", "lose_answers", "lose_both",
    "hold_requests", "hold_answers", "hold_both",
    "break_request", "break_answer",
]  # fmt: skip
"""Refuse: nobody listens. Cut: every connection is broken at once. Break: after some bytes."""


class LineFault(Struct, frozen=True):
    """One state of a line. `after_bytes` counts for break, `delay_ms` (each way) for delay."""

    kind: LineKind
    after_bytes: int
    delay_ms: int


def fault(kind: LineKind) -> LineFault:
    """A state of the line that needs no measure."""
    assert kind not in {"delay", "break_request", "break_answer"}
    return LineFault(kind, 0, 0)


def late(delay_ms: int) -> LineFault:
    """Every piece of a stream arrives so much later, in both directions."""
    return LineFault("delay", 0, delay_ms)


def broken(kind: Literal["break_request", "break_answer"], after_bytes: int) -> LineFault:
    """Connections are cut once so many bytes have passed one way."""
    return LineFault(kind, after_bytes, 0)


PASS = fault("pass")
