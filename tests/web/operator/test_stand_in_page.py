"""Standing in at the window: the meter is the books', and other bounds take two persons."""

import asyncio
from collections.abc import Iterator

import pytest

from cashlane.core.chart import Limited
from cashlane.store.connect import connect
from tests.web.operator.conftest import Desk
from tests.web.operator.test_ways import signed_in, until
from tests.web.operator.visitor import Page, Visitor, visiting

BOUNDS = {
    "biller-city-power": "yes", "payment_most": "500", "till_most": "5,000",
    "outlet_most": "20000.00", "agent_most": "500000", "biller_most": "800000", "hours": "6",
    "reason": "the line is weak this week",
}  # fmt: skip


async def propose(v: Visitor, **words: str) -> Page:
    form = (await v.get("/window/stand-in")).form
    return await v.post("/window/stand-in", BOUNDS | words | {"form": form})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"biller-city-power": ""}, "billers (at least one)"),
        ({"payment_most": "0"}, "a payment"),
        ({"till_most": "5.001"}, "a till"),
        ({"outlet_most": "much"}, "an outlet"),
        ({"agent_most": ""}, "an agent"),
        ({"biller_most": "-1"}, "a biller"),
        ({"hours": "169"}, "hours"),
        ({"hours": "0"}, "hours"),
        ({"hours": "1.5"}, "hours"),
    ],
)
def test_bounds_that_do_not_fit_stay_typed(desk: Desk, words: dict[str, str], told: str) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await propose(v, **words)
        assert page.status == 400
        assert told in page.text.partition('role="alert">')[2].partition("</p>")[0]
        assert "the line is weak this week</textarea>" in page.text

    asyncio.run(visiting(desk, scenario))


@pytest.fixture
def switched_off(desk: Desk) -> Iterator[None]:
    """Whatever was switched on is off again for the tests that come after."""
    yield

    async def scenario(v: Visitor) -> None:
        await _decided(desk, {"act": "off"}, "switched off")

    asyncio.run(visiting(desk, scenario))


async def _decided(desk: Desk, words: dict[str, str], shown: str) -> str:
    """One proposes, another approves, and the processes know it; what the proposal said."""
    found: list[str] = []

    async def one(v: Visitor) -> None:
        made = await propose(await signed_in(v, "operator-1"), **words)
        assert (made.status, made.leads_to[:22]) == (303, "/window/approvals/apr_"), made.text
        found.extend((made.leads_to, (await v.get(made.leads_to)).text))

    async def other(v: Visitor) -> None:
        await signed_in(v, "operator-lead-1")
        values = {"verdict": "approve", "reason": "", "form": (await v.get(found[0])).form}
        assert (await v.post(found[0], values)).status == 303
        await until(v, "/window/stand-in", shown, there=True)

    await visiting(desk, one)
    await visiting(desk, other)
    return found[1]


@pytest.mark.usefixtures("switched_off")
def test_one_proposes_another_approves_and_the_bounds_are_in_force(desk: Desk) -> None:
    told = asyncio.run(_decided(desk, {}, "switched on"))
    assert "Stand in for city-power while no way is open: a payment 500.00" in told
    assert "the line is weak this week" in told

    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await v.get("/window/stand-in")
        chosen = 'name="biller-city-power" value="yes" checked'
        for words in ("at most 500.00", "at most 20,000.00", "6 h", chosen, 'value="5000.00"'):
            assert words in page.text, words

    asyncio.run(visiting(desk, scenario))


@pytest.fixture
def exposed(desk: Desk) -> Iterator[None]:
    """Money that is out for City Power, as the books keep it, for as long as a test looks."""
    rows = [(Limited.STAND_IN_BILLER, 1, 76_500_00), (Limited.STAND_IN_AGENT, 1, 300_00),
            (Limited.STAND_IN_TILL, 1, 120_00), (Limited.STAND_IN_TILL, 2, 180_00)]  # fmt: skip
    put = "INSERT INTO limits VALUES (63, %s, %s, %s, 99999999, '2000-01-01', 0)"
    with connect(desk.street.house.databases().admin) as hub:
        for row in rows:
            hub.execute(put, row)
    yield
    with connect(desk.street.house.databases().admin) as hub:
        hub.execute("DELETE FROM limits WHERE bucket = 63 AND kind > 1")


@pytest.mark.usefixtures("exposed")
def test_the_meter_shows_what_is_out(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await until(v, "/window/stand-in", "<strong>76,500.00</strong>", there=True)
        till = page.text.partition("the fullest till")[2].partition("</tr>")[0]
        assert "180.00" in till
        assert '<td class="number">2</td>' in till
        post = page.text.partition(">City Post<")[2].partition("</tr>")[0]
        assert "300.00" in post

    asyncio.run(visiting(desk, scenario))
