"""Which way a payment takes: contract, notices, health, shares, and the spare that is kept warm."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.health import TENTH, WHOLE, Condition, Health, Scope, newborn
from cashlane.core.network import Contract, Way
from cashlane.core.routing import (
    CLEAR,
    WARM_MOST,
    Outlook,
    RouteNotice,
    WayState,
    is_shut,
    is_whole,
    lot_of,
    onward,
    pick,
    way_states,
)
from cashlane.values.text import Text

NOW = datetime(2022, 1, 14, 4, 0, tzinfo=UTC)
LEAD, SPARE, SIGNED = (
    Way(1, "certified", 0, 0), Way(2, "certified", 20_000, 0), Way(3, "signed", 0, 0),
)  # fmt: skip
CONTRACT = Contract(7, 5, (LEAD, SPARE, SIGNED), 1, 1_000_000)
OWN = Scope(1, 5, 7)


def outlook(**conditions: Condition) -> Outlook:
    """`route1=...` of the whole route, `agent1=...` of agent 7's access to biller 5 on it."""
    health = {}
    for name, condition in conditions.items():
        kind, route = name[:-1], int(name[-1])
        scope = {"route": Scope(route, 0, 0), "biller": Scope(route, 5, 0),
                 "agent": Scope(route, 5, 7)}[kind]  # fmt: skip
        health[scope] = structs.replace(newborn(scope, NOW), condition=condition)
    return Outlook(health, ())


def notice(
    kind: str, *, biller: int = 0, agent: int = 0, since: int = -1, until: int | None = 1
) -> RouteNotice:
    """In hours from now, about route 1."""
    ends = None if until is None else NOW + timedelta(hours=until)
    return RouteNotice(
        UUID(int=1), 1, biller, agent, kind, NOW + timedelta(hours=since), ends,  # type: ignore[arg-type]
        "technical", Text("升级", "an upgrade"), "test", NOW,
    )  # fmt: skip


def shares(out: Outlook) -> list[int]:
    return [state.share for state in way_states(CONTRACT, out, NOW)]


def test_a_way_that_is_only_signed_takes_nothing() -> None:
    assert [state.way for state in way_states(CONTRACT, CLEAR, NOW)] == [LEAD, SPARE]


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({}, [WHOLE, WHOLE]),
        ({"route1": Condition.SICK}, [0, WHOLE]),
        ({"biller1": Condition.SICK}, [0, WHOLE]),
        ({"agent1": Condition.SICK}, [0, WHOLE]),
        ({"route1": Condition.RETURNING_TENTH}, [TENTH, WHOLE]),
        ({"route1": Condition.RETURNING_HALF, "agent1": Condition.SICK}, [0, WHOLE]),
        ({"route1": Condition.RETURNING_TENTH, "route2": Condition.SICK}, [WHOLE, 0]),
        ({"route1": Condition.SICK, "route2": Condition.SICK}, [0, 0]),
    ],
)
def test_the_sickest_thing_known_about_a_way_decides(
    conditions: dict[str, Condition], wanted: list[int]
) -> None:
    assert shares(outlook(**conditions)) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (notice("withdrawn", until=None), [0, WHOLE]),
        (notice("withdrawn", biller=5, agent=7, until=None), [0, WHOLE]),
        (notice("withdrawn", biller=6), [WHOLE, WHOLE]),
        (notice("withdrawn", agent=8), [WHOLE, WHOLE]),
        (notice("withdrawn", since=1, until=None), [WHOLE, WHOLE]),
        (notice("maintenance", since=-2, until=-1), [WHOLE, WHOLE]),
        (notice("shut"), [0, WHOLE]),
    ],
)
def test_notices_close_what_they_cover_while_they_hold(
    said: RouteNotice, wanted: list[int]
) -> None:
    assert shares(Outlook({}, (said,))) == wanted


def test_an_operators_own_word_outranks_health_and_partners() -> None:
    sick = outlook(route1=Condition.SICK)
    assert shares(Outlook(sick.health, (notice("withdrawn"), notice("open")))) == [WHOLE, WHOLE]


def test_a_closed_way_says_why_and_since_when() -> None:
    state, _ = way_states(CONTRACT, Outlook({}, (notice("maintenance"),)), NOW)
    assert (state.closed, state.until) == ("maintenance", NOW + timedelta(hours=1))
    assert state.sentence == Text("升级", "an upgrade")
    state, _ = way_states(CONTRACT, outlook(agent1=Condition.SICK), NOW)
    assert (state.closed, state.since) == ("refuses", NOW)


def _drawn(out: Outlook) -> Counter[int]:
    states = way_states(CONTRACT, out, NOW)
    ways = (pick(states, lot, NOW) for lot in range(0, WHOLE, 100))
    return Counter(way.route for way in ways if way is not None)


def _proven(ago: timedelta) -> Outlook:
    scope = Scope(2, 5, 7)
    return Outlook({scope: structs.replace(newborn(scope, NOW), proven_at=NOW - ago)}, ())


def test_a_spare_is_kept_warm_by_its_share_and_by_more_when_it_was_idle() -> None:
    assert _drawn(_proven(timedelta(days=1))) == {1: 9_800, 2: 200}
    assert _drawn(_proven(timedelta(days=8))) == {1: 9_500, 2: 500}
    assert _drawn(CLEAR)[2] == WARM_MOST // 100


def test_a_returning_way_takes_its_share_and_the_spare_the_rest() -> None:
    back = outlook(route1=Condition.RETURNING_TENTH)
    assert _drawn(back) == {1: 1_000, 2: 9_000}
    assert _drawn(outlook(route1=Condition.SICK)) == {2: 10_000}


def test_a_spare_is_warm_for_thirty_days_after_its_last_payment() -> None:
    def spare(out: Outlook) -> str:
        return way_states(CONTRACT, out, NOW)[1].spare(NOW)

    assert spare(_proven(timedelta(days=30))) == "warm"
    assert spare(_proven(timedelta(days=31))) == "certified"
    assert spare(CLEAR) == "certified"
    assert WayState(SIGNED, 0, None, None, None, None, NOW).spare(NOW) == "signed"


@pytest.mark.parametrize(
    ("out", "planned", "tried", "wanted"),
    [
        (CLEAR, 1, set(), 1),
        (CLEAR, 2, set(), 2),
        (CLEAR, 1, {1}, 2),
        (CLEAR, 1, {1, 2}, None),
        (outlook(route1=Condition.SICK), 1, set(), 2),
        (outlook(route1=Condition.RETURNING_TENTH), 1, set(), 1),
        (outlook(route1=Condition.SICK), 1, {2}, None),
    ],
)
def test_what_has_not_left_keeps_its_way_while_that_is_open(
    out: Outlook, planned: int, tried: set[int], wanted: int | None
) -> None:
    assert onward(way_states(CONTRACT, out, NOW), planned, tried, 999_999, NOW) == wanted


def test_a_bills_lot_is_the_same_for_whoever_draws_it() -> None:
    day = date(2022, 1, 14)
    lots = [lot_of(1, f"b{n}", day) for n in range(2_000)]
    assert lots == [lot_of(1, f"b{n}", day) for n in range(2_000)]
    assert all(0 <= lot < WHOLE for lot in lots)
    assert 900 < sum(lot < WHOLE // 2 for lot in lots) < 1_100
    assert lot_of(1, "b1", day) != lot_of(1, "b1", day + timedelta(days=1))


@pytest.mark.parametrize(
    ("out", "wanted"),
    [
        (CLEAR, False),
        (outlook(route1=Condition.SICK), True),
        (outlook(route1=Condition.PROVING), True),
        (outlook(route1=Condition.RETURNING_TENTH), False),
        (outlook(agent1=Condition.SICK), False),
        (Outlook({}, (notice("withdrawn"),)), True),
        (Outlook({}, (notice("withdrawn", agent=7),)), False),
        (Outlook(outlook(route1=Condition.SICK).health, (notice("open"),)), False),
        (Outlook({}, (notice("withdrawn"), notice("open"))), False),
        (Outlook({}, (notice("maintenance", since=1, until=2), notice("shut"))), True),
    ],
)
def test_a_route_is_shut_when_it_takes_nothing_from_anybody(out: Outlook, wanted: bool) -> None:
    assert is_shut(out, 1, NOW) is wanted


def test_health_is_a_value() -> None:
    known: Health = newborn(OWN, NOW)
    assert known == newborn(OWN, NOW)


@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("kind", ["route", "biller", "agent"])
@pytest.mark.parametrize("ways", [(LEAD, SPARE, SIGNED), (LEAD,)])
def test_what_is_whole_is_whole_in_the_list_of_ways(
    condition: Condition, kind: str, ways: tuple[Way, ...]
) -> None:
    contract = structs.replace(CONTRACT, ways=ways)
    out = outlook(**{f"{kind}1": condition})
    listed = {state.way.route for state in way_states(contract, out, NOW) if state.share == WHOLE}
    whole = {route for route in (1, 2, 3, 4) if is_whole(contract, route, out, NOW)}
    assert whole <= listed
    assert (1 in whole) == (condition is Condition.WELL)
    assert (2 in whole) == (SPARE in ways)
    assert not whole & {3, 4}
