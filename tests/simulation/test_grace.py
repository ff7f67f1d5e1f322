"""Grace is counted for each sending: what was asked about an earlier one proves nothing later."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from cashlane.core.payment import FactKind, Known
from cashlane.core.ports import NotFound
from cashlane.switch.chase import Chaser
from tests.simulation.clock import SimClock
from tests.simulation.street import ROUTES, network

BANK, SPARE = ROUTES["bank"], ROUTES["far-bank"]
START = datetime(2026, 1, 14, tzinfo=UTC)


def test_a_second_way_has_its_own_grace() -> None:
    nothing: Any = None
    clock = SimClock(lambda: 0.0, START, lambda _: 0.0)
    chaser = Chaser(nothing, nothing, nothing, lambda: {}, network, clock)
    first: Any = _life(_sent(BANK, 1, 0))
    second: Any = _life(_sent(BANK, 1, 0), _sent(SPARE, 2, 400))
    assert chaser._timed(first, NotFound(), 13.0, BANK) == NotFound(early=True)
    assert chaser._timed(first, NotFound(), 313.0, BANK) == NotFound(early=False)
    assert chaser._timed(second, NotFound(), 413.0, SPARE) == NotFound(early=True)
    assert chaser._timed(second, NotFound(), 713.0, SPARE) == NotFound(early=False)


def _sent(route: int, attempt: int, at: float) -> Known:
    return Known(FactKind.SENT, route, attempt, START + timedelta(seconds=at))


def _life(*facts: Known) -> Any:
    """As much of a payment as its stopwatch looks at."""
    return SimpleNamespace(payment=SimpleNamespace(id="one"), facts=facts)
