"""Labelled steps of the flows: places where a process may die, and must lose nothing.

A trial can order a process to die at one of them: CASHLANE_DIE_AT=label, or label:n for the n-th
time it comes there. Its last word on stderr is the label; nothing else is changed by a step. Who
runs the rooms in a trial of its own may listen to the steps instead.
"""

import os
import signal
from collections.abc import Callable

LABELS = (
    "hold:claimed",
    "pay:loaded",
    "pay:written",
    "pay:committed",
    "pay:answering",
    "send:leased",
    "send:written",
    "send:committed",
    "send:answered",
    "hear:written",
    "hear:committed",
    "chase:leased",
    "chase:answered",
    "notice:answered",
    "mark:leased",
    "mark:paid",
    "mark:marked",
    "sweep:lapsed",
    "sweep:burnt",
    "sweep:marked",
    "sweep:freed",
)
"""Every label in the order of the street."""
LAST_WORD = "dies as ordered at "
"""Before the label on stderr: who ordered a death can tell it from any other."""


def _ordered() -> tuple[str, int]:
    flow, _, rest = os.environ.get("CASHLANE_DIE_AT", "").partition(":")
    name, _, count = rest.partition(":")
    return f"{flow}:{name}", int(count or "1")


_label, _left = _ordered()
_listener: Callable[[str], None] | None = None


def listen(listener: Callable[[str], None] | None) -> None:
    """Have every step of this process told to a listener; None ends it."""
    global _listener  # noqa: PLW0603 - one trial at a time
    _listener = listener


def step(label: str) -> None:
    """Pass a labelled step - or die here at once, as a power cut would have it."""
    global _left  # noqa: PLW0603 - one order per process, counted down
    if _listener is not None:
        _listener(label)
    if label != _label:
        return
    _left -= 1
    if _left == 0:
        os.write(2, f"{LAST_WORD}{label}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)
