"""Silence that is a surprise: ghosts are found within two business days, whoever works is hardly
ever asked, closed days and outages are told apart, and the quiet are waited for."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from random import Random

import pytest
from msgspec import structs

from cashlane.core.barred import barred
from cashlane.core.network import Agent, Network, Outlet
from cashlane.core.premises import UNTOLD
from cashlane.core.routing import CLEAR
from cashlane.core.silence_alarm import ODDS_LEAST, Pace, Silence, one_in
from cashlane.core.usual_days import FULL, Counted, UsualDays
from cashlane.values.text import Text
from cashlane.world.city import City, make_city
from tests.core.silent_city import FIRST, Life, network_of, rates_of
from tests.core.ways import ill
from tests.rolls.counter import OPENING, network

GHOSTS = 50
WEEKS = 6
CITY_OUTLETS = 4_407
EXPECTED_A_WEEK = CITY_OUTLETS * 7 / ODDS_LEAST


@cache
def city() -> City:
    return make_city(7)


@cache
def city_network() -> Network:
    return network_of(city())


def small(rates: Mapping[int, float], hours: str = "") -> Life:
    """One agent's outlets at these rates, one set of hours for all."""
    outlets = {
        one: Outlet(one, f"o-{one}", Text("网点", "outlet"), 1, "b", "d", 1, 100, suspended=False)
        for one in rates
    }
    premises = {one: structs.replace(UNTOLD, hours=hours) for one in rates}
    made = structs.replace(network(), outlets=outlets, premises=premises, country="CN")
    return Life(made, rates, seed=3)


def many(rate: float, outlets: int = 40) -> dict[int, float]:
    return dict.fromkeys(range(1, outlets + 1), rate)


# -- the promise -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fifty_ghosts_are_all_found_within_two_business_days(seed: int) -> None:
    life = Life(city_network(), rates_of(city()), seed)
    planted = Random(f"ghosts {seed}").sample(sorted(city_network().outlets), GHOSTS)
    # Half of them are listed on the day on which the others stop, and never took any cash.
    never = planted[: GHOSTS // 2]
    begins = FIRST + timedelta(days=28)
    life.on_since = dict.fromkeys(never, begins)
    life.live(28)
    life.ghosts = set(planted)
    life.live(2)
    assert set(planted) <= life.alarms()


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_city_that_works_hardly_ever_hears_a_false_alarm(seed: int) -> None:
    assert _false_alarms(rates_of(city()), seed) <= _bound()


@pytest.mark.parametrize("seed", [21, 22])
def test_nor_does_one_full_of_quiet_outlets(seed: int) -> None:
    """From a payment a fortnight to a hundred a day, half of them below six a day."""
    chance = Random(f"quiet {seed}")
    rates = {
        one: min(100.0, max(0.07, chance.lognormvariate(1.8, 1.3)))
        for one in city_network().outlets
    }
    assert _false_alarms(rates, seed) <= _bound()


def _false_alarms(rates: Mapping[int, float], seed: int) -> int:
    """Alarms raised within some weeks although nobody stopped; each until its outlet is heard."""
    life = Life(city_network(), rates, seed)
    life.live(28)
    standing, raised = life.alarms(), 0
    for _ in range(7 * WEEKS):
        life.live(1)
        now = life.alarms()
        raised += len(now - standing)
        standing = now
    return raised


def _bound() -> int:
    """What is expected at most, and three times its spread."""
    expected = EXPECTED_A_WEEK * WEEKS
    return int(expected + 3 * expected**0.5)


# -- its parts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("payments", "days", "silent", "odds"), [
    (2, 1_000, 1_000, 2), (3, 1_000, 1_000, 4), (29, 28_000, 1_000, 2),
    (393, 28_000, 1_000, 942_034), (1, 28_000, 28_000, 1), (0, 0, 28_000, 1),
    (50, 0, 1_000, 1), (10**9, 28_000, 0, 1),
])  # fmt: skip
def test_how_rare_a_silence_is(payments: int, days: int, silent: int, odds: int) -> None:
    assert one_in(Pace(payments, days), silent) == odds


def test_the_quiet_are_waited_for_until_a_day_that_is_named() -> None:
    life = small(many(12.0) | {41: 1.0})
    life.steady = True
    life.live(28)
    life.ghosts = {41}
    life.live(1)
    said = life.look()[41]
    assert (said.verdict, said.basis) == ("expected", "own")
    assert said.alarm_on is not None
    while life.days[-1] < said.alarm_on - timedelta(days=1):
        life.live(1)
        assert life.look()[41].verdict == "expected"
    life.live(1)
    assert life.look()[41].verdict == "alarm"


def test_one_that_nobody_visits_is_not_told_by_silence() -> None:
    life = small(many(12.0) | {41: 0.0})
    life.live(28)
    life.last[41] = life.days[-2]
    life.taken[-2][41] = 1
    said = life.look()[41]
    assert (said.verdict, said.alarm_on, said.one_in) == ("expected", None, 1)


def test_a_single_payment_on_the_first_day_is_no_excuse() -> None:
    life = small(many(12.0) | {41: 0.0})
    life.on_since = {41: FIRST + timedelta(days=28)}
    life.live(29)
    life.last[41] = life.days[-1]
    life.taken[-1][41] = 1
    assert life.look()[41].verdict == "taking"
    life.live(2)
    said = life.look()[41]
    assert (said.verdict, said.basis) == ("alarm", "agent")


def test_whoever_is_known_to_be_quiet_is_not_judged_by_others() -> None:
    """Its one payment was early in the window: what it has before that is little, and no excuse
    for asking; one that was switched on after it is new again."""
    life = small(many(12.0) | {41: 0.0})
    life.live(28)
    life.last[41] = life.days[2]
    life.taken[2][41] = 1
    said = life.look()[41]
    assert (said.verdict, said.basis, said.alarm_on) == ("expected", "own", None)
    life.on_since = {41: life.days[3]}
    assert (life.look()[41].verdict, life.look()[41].basis) == ("alarm", "agent")


def test_a_small_agent_borrows_the_quiet_tenth_of_the_network() -> None:
    life = small(many(12.0) | {41: 0.0})
    other = structs.replace(life.network.outlets[41], agent=2)
    life.network = structs.replace(life.network, outlets=life.network.outlets | {41: other})
    life.live(28)
    said = life.look()[41]
    assert (said.verdict, said.basis) == ("alarm", "network")


def test_where_nobody_has_a_rate_nothing_is_said() -> None:
    life = small(many(12.0))
    life.live(2)
    life.ghosts = {1}
    life.live(1)
    found = life.look()
    assert (found[1].verdict, found[1].one_in) == ("untold", 1)
    assert {one.verdict for one in found.values() if one.outlet != 1} == {"taking"}


def test_what_is_off_or_shut_is_not_asked() -> None:
    life = small(many(12.0))
    life.live(28)
    life.ghosts = {1, 2, 3}
    off = structs.replace(life.network.outlets[1], suspended=True)
    life.network = structs.replace(life.network, outlets=life.network.outlets | {1: off})
    life.live(2)
    said = life.look(closed={2})
    assert [said[one].verdict for one in (1, 2, 3)] == ["off", "shut", "alarm"]


def test_a_word_counts_like_a_sign_of_life() -> None:
    life = small(many(12.0))
    life.live(28)
    life.ghosts = {1}
    life.live(2)
    assert life.look()[1].verdict == "alarm"
    life.explained = {1: life.days[-1]}
    assert (life.look()[1].verdict, life.look()[1].days) == ("taking", 0)
    life.live(2)
    assert life.look()[1].verdict == "alarm"


def test_days_on_which_it_is_closed_do_not_count() -> None:
    life = small(many(12.0), hours="Mo-Fr 09:00-17:00; PH off")
    life.begin(date(2022, 5, 2))
    life.live(32)
    life.ghosts = {1}
    # The Dragon Boat Festival, a Friday that is a public holiday, and the weekend after it.
    life.live(3)
    assert life.days[-3:] == [date(2022, 6, 3), date(2022, 6, 4), date(2022, 6, 5)]
    assert life.look()[1].days == 0
    life.live(1)
    assert 0 < life.look()[1].days <= FULL


def test_a_feast_on_which_nobody_comes_proves_nothing() -> None:
    life = small(many(12.0))
    life.live(28)
    life.ghosts = {1}
    life.live(2, busy=0.02)
    assert life.look()[1].verdict == "expected"
    assert life.look()[1].days < FULL // 10


def test_an_outage_is_no_silence_but_an_agent_that_stops_is() -> None:
    life = small(many(12.0))
    # The same city has another agent, so that the day itself is a usual one.
    life.network = structs.replace(life.network, outlets=life.network.outlets | {
        one: structs.replace(life.network.outlets[1], number=one, agent=2)
        for one in range(101, 301)
    })  # fmt: skip
    life._rates = many(12.0) | dict.fromkeys(range(101, 301), 12.0)
    life.live(28)
    life.ghosts = set(range(1, 41))
    life.live(2)
    assert life.alarms() == life.ghosts
    life.shut = {(1, day) for day in life.days[-2:]}
    assert life.alarms() == set()
    assert life.look()[1].days == 0


def _usual(days: tuple[date, ...], taken: dict[int, list[int]], shut: object = ()) -> UsualDays:
    return UsualDays(Counted(days, taken, frozenset(shut)), zone="Asia/Shanghai", country="CN")  # type: ignore[call-overload]


def test_weekdays_are_told_apart_once_there_are_enough() -> None:
    days = tuple(FIRST + timedelta(days=at) for at in range(28))
    taken = [50 if day.weekday() == 6 else 100 for day in days]
    usual = _usual(days, {1: taken})
    sunday, monday = FIRST + timedelta(days=6), FIRST
    worth = usual.worth(1, "")
    assert worth.through(monday) - worth.before(monday) == FULL
    assert worth.through(sunday) - worth.before(sunday) == 500
    assert [worth for _, worth in usual.ahead(1, "")][:7] == [FULL] * 6 + [538]
    # Too few days, or too few payments: every day is worth as much.
    assert _usual(days[:7], {1: taken[:7]}).worth(2, "").whole == 6 * FULL + 500
    assert [worth for _, worth in _usual(days, {1: [1] * 28}).ahead(1, "")] == [FULL] * 28
    # A network that works on weekdays alone has nothing to say about Sundays.
    weekdays = tuple(day for day in days if day.weekday() < 5)
    assert [worth for _, worth in _usual(weekdays, {1: [100] * 20}).ahead(1, "")][:2] == [FULL] * 2


def test_before_the_first_day_is_counted_there_is_none() -> None:
    usual = _usual((), {})
    assert (usual.last, usual.worth(1, "").whole, list(usual.ahead(1, ""))) == (None, 0, [])
    # Nobody took anything: no day is less than another, and an outage cannot be measured.
    quiet = _usual((FIRST,), {1: [0]}, {(1, FIRST), (2, FIRST)})
    assert [quiet.worth(agent, "").whole for agent in (1, 2, 3)] == [0, 0, FULL]


def test_nothing_can_be_paid_where_every_way_is_closed_or_every_service_withdrawn() -> None:
    net = network()
    gone = {(1, biller): FIRST for biller in (1, 2, 3, 4)} | {(2, 1): FIRST, (3, 0): FIRST}
    assert barred(net, CLEAR, OPENING).outlets == frozenset()
    some = structs.replace(net, withdrawn=gone)
    assert barred(some, CLEAR, OPENING).outlets == {1}
    assert barred(some, CLEAR, OPENING).agents == frozenset()
    out = barred(net, ill(1), OPENING)
    assert (out.agents, out.outlets) == ({1}, {1})
    alone = structs.replace(net, agents=net.agents | {9: Agent(9, "new", Text("新", "new"), "chain",
                                                               "g", "own")})  # fmt: skip
    assert barred(alone, CLEAR, OPENING).agents == {9}


def test_a_verdict_of_an_outlet_that_is_not_on_record_is_left_out() -> None:
    life = small(many(12.0))
    life.live(28)
    gone = {one: it for one, it in life.network.outlets.items() if one != 1}
    every: dict[int, Silence] = life.look()
    life.network = structs.replace(life.network, outlets=gone)
    for each in life.taken:
        each.pop(1, None)
    assert set(every) - set(life.look()) == {1}
