"""What stood still after it was written down does not leave late: others have asked about it."""

import math

import pytest

from cashlane.core.payment import FactKind, State
from cashlane.switch import relay, send, steps
from tests.simulation.kernel import PROCESS, Process
from tests.simulation.programs import Worker
from tests.simulation.test_dead_biller import BANK, City

STILL_S = 900.0
"""Long enough for the other program to hear twice that there is no such payment."""


def _credits(monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a payment stands at its biller when its first sender had stood still."""
    monkeypatch.setattr(relay, "IDLE_S", (1.0,))
    city = City(0)
    city.faults.on = False
    Worker("other", city.around, Process("other", city.kernel), ())
    payment, stood = city.take_one(), []

    def stand_still(label: str) -> None:
        process = PROCESS.get()
        if label == "send:committed" and not stood and process is not None:
            stood.append(process)
            process.stand_still(STILL_S)

    steps.listen(stand_still)
    try:
        city.kernel.run(until=2 * STILL_S, over=lambda: False)
    finally:
        steps.listen(None)
    assert stood
    assert city.states() == {State.CONFIRMED: 1}
    facts = city.tables.facts[payment.id]
    assert (FactKind.PASSED_ON, BANK, 1) in facts
    return city.biller.standing_credits(payment.id)


def test_what_others_have_drawn_conclusions_from_does_not_leave(monkeypatch) -> None:
    assert _credits(monkeypatch) == 1


def test_else_it_would_be_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "LEAVES_WITHIN_S", math.inf)
    assert _credits(monkeypatch) == 2
