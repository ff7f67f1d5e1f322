"""Outlets are switched on by two persons: one from its page, or all that are off at once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from cashlane.adapters.clock import SystemClock
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.store.days import latest_day
from cashlane.store.network import add_service_state
from tests.web.operator.conftest import Desk
from tests.web.operator.test_ways import signed_in, until
from tests.web.operator.visitor import Visitor, visiting

OFF = ("e-0101", "e-0102", "e-0103")
"""Outlets that no other test looks at."""


@pytest.fixture
def off(desk: Desk) -> Iterator[list[int]]:
    """Three outlets are off, as a list leaves those that are new to it."""
    house = desk.street.house
    numbers = [one.number for one in network_of(house).outlets.values() if one.code in OFF]
    now = SystemClock(clock_offset(house)).now()
    with connect(house.databases().hub) as hub:
        day = latest_day(hub)
        assert day is not None
        for number in numbers:
            add_service_state(
                hub, outlet=number, biller=0, since=day.business_date,
                recorded_at=now - timedelta(hours=1), state="off", reason="new", actor="test",
            )  # fmt: skip
    yield numbers
    with connect(house.databases().admin) as admin:
        admin.execute("DELETE FROM service_states WHERE outlet = ANY(%s)", (numbers,))


def _suspended(desk: Desk, numbers: list[int]) -> list[bool]:
    outlets = network_of(desk.street.house).outlets
    return [outlets[number].suspended for number in numbers]


async def _approved(v: Visitor, path: str) -> None:
    values = {"verdict": "approve", "reason": "", "form": (await v.get(path)).form}
    assert (await v.post(path, values)).status == 303
    await until(v, path, "In effect", there=True)


def test_one_proposes_from_the_outlets_page_and_another_approves(
    desk: Desk, off: list[int]
) -> None:
    found: list[str] = []

    async def one(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await until(v, "/window/outlet/e-0101", "Propose to switch it on", there=True)
        words = {"outlet": "e-0101", "reason": "its line was tested", "form": page.form}
        made = await v.post("/window/outlets/on", words)
        assert (made.status, made.leads_to[:22]) == (303, "/window/approvals/apr_"), made.text
        told = (await v.get(made.leads_to)).text
        assert "Switch on from" in told
        assert "e-0101" in told
        assert "its line was tested" in told
        found.append(made.leads_to)

    async def other(v: Visitor) -> None:
        await signed_in(v, "operator-lead-1")
        await _approved(v, found[0])

    asyncio.run(visiting(desk, one))
    assert _suspended(desk, off) == [True, True, True], "nobody alone"
    asyncio.run(visiting(desk, other))
    assert _suspended(desk, off) == [False, True, True]


def test_all_that_are_off_are_switched_on_together(desk: Desk, off: list[int]) -> None:
    found: list[str] = []

    async def one(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        here = "/window/outlets?only=off&agent=chain-e"
        page = await until(v, here, "Propose to switch on these 3", there=True)
        words = {"only": "off", "agent": "chain-e", "reason": "", "form": page.form}
        made = await v.post("/window/outlets/on", words)
        assert made.status == 303, made.text
        found.append(made.leads_to)

    async def other(v: Visitor) -> None:
        await signed_in(v, "operator-lead-1")
        await _approved(v, found[0])

    asyncio.run(visiting(desk, one))
    asyncio.run(visiting(desk, other))
    assert not any(_suspended(desk, off))


def test_who_may_not_propose_cannot_and_nothing_is_no_proposal(desk: Desk) -> None:
    async def auditor(v: Visitor) -> None:
        await signed_in(v, "auditor-1")
        form = (await v.get("/window/outlets")).form
        refused = await v.post("/window/outlets/on", {"outlet": "e-0104", "form": form})
        assert refused.status == 403

    async def operator(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        form = (await v.get("/window/outlets")).form
        for words in ({"outlet": "nowhere-1"}, {"only": "off", "agent": "nobody"}):
            refused = await v.post("/window/outlets/on", words | {"form": form})
            assert refused.status in (400, 404), words

    asyncio.run(visiting(desk, auditor))
    asyncio.run(visiting(desk, operator))
