"""How values are shown, drawn and rested on: tables of values, no server."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from cashlane.core.approval import Kind
from cashlane.core.approval import State as ApprovalState
from cashlane.core.network import NO_STAND_IN, Network
from cashlane.core.payment import FactKind, State
from cashlane.core.postings import Posting
from cashlane.core.record import AskKind, ErrandKind
from cashlane.core.roles import Role
from cashlane.store.people import What
from cashlane.trial.charter import city_charter
from cashlane.values.money import CNY
from cashlane.web.operator.door import line_of
from cashlane.web.operator.duties import EVENTS, KINDS, ROLES, STANDINGS
from cashlane.web.operator.pictures import bars, share, tens
from cashlane.web.operator.show import STATES, TONES, Show
from cashlane.web.operator.timeline import ASKS, ERRANDS, FACTS, POSTINGS
from cashlane.web.shared.resting import REST, Resting
from cashlane.world.city import make_city

NOW = datetime(2022, 1, 14, 0, 0, 1, 43_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def network() -> Network:
    charter = city_charter(make_city(3))
    return Network(
        version=1,
        currency=CNY,
        zone=charter.zone,
        billers={one.number: one for one in charter.billers},
        routes={one.number: one for one in charter.routes},
        agents={one.number: one for one in charter.agents},
        outlets={},
        tills={},
        contracts={},
        fees={},
        withdrawn=frozenset(),
        stand_in=NO_STAND_IN,
    )


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(0), "0 秒", "0 s"),
        (timedelta(seconds=-3), "0 秒", "0 s"),
        (timedelta(seconds=59), "59 秒", "59 s"),
        (timedelta(seconds=60), "1 分", "1 min"),
        (timedelta(seconds=61), "1 分 1 秒", "1 min 1 s"),
        (timedelta(hours=2, seconds=5), "2 小时 5 秒", "2 h 5 s"),
        (timedelta(days=3, hours=4, minutes=5), "3 天 4 小时", "3 d 4 h"),
    ],
)
def test_a_length_of_time_in_its_two_largest_units(
    network: Network, span: timedelta, zh: str, en: str
) -> None:
    assert Show("zh", network, NOW).span(span) == zh
    assert Show("en", network, NOW).span(span) == en
    assert Show("en", network, NOW).since(NOW - span) == en


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "+0 ms"),
        (timedelta(milliseconds=43), "+43 ms"),
        (timedelta(milliseconds=-7), "−7 ms"),
        (timedelta(milliseconds=4_399), "+4.3 s"),
        (timedelta(seconds=125), "+2 min 5 s"),
        (timedelta(seconds=-60), "−1 min"),
    ],
)
def test_a_distance_in_time_has_a_sign(network: Network, span: timedelta, said: str) -> None:
    assert Show("en", network, NOW).after(span) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (123_456, "1,234.56"),
        (-100, "−1.00"),
        (10**11, "1,000,000,000.00"),
    ],
)
def test_amounts_have_their_thousands_apart(network: Network, amount: int, said: str) -> None:
    assert Show("zh", network, NOW).money(amount) == said


def test_moments_are_told_in_the_networks_zone(network: Network) -> None:
    show = Show("zh", network, NOW)
    assert show.clock(NOW) == "08:00:01"
    assert show.full(NOW) == "2022-01-14 08:00:01.043 +08:00"
    assert show.zone(NOW) == "Asia/Shanghai UTC+08:00"
    assert show.day(date(2022, 1, 14)) == "2022-01-14"


@pytest.mark.parametrize(
    ("named", "kinds"),
    [(STATES, State), (TONES, State), (ASKS, AskKind), (FACTS, FactKind), (POSTINGS, Posting),
     (ERRANDS, ErrandKind), (ROLES, Role), (KINDS, Kind), (STANDINGS, ApprovalState)],
)  # fmt: skip
def test_everything_that_can_happen_has_a_name(named: dict, kinds: type) -> None:
    assert set(named) == set(kinds)


def test_everything_done_to_an_account_has_a_name() -> None:
    assert set(EVENTS) == set(get_args(What))


def test_a_line_keeps_no_letters_that_cannot_be_seen() -> None:
    assert line_of("a\x00b\r\n c\u202e d ", 5) == "a b c"


def test_bars_reach_the_top_and_never_vanish() -> None:
    drawn = bars([0, 1, 500, 1000], top=1000, height=20)
    assert (drawn.width, drawn.height) == (16, 20)
    assert [(bar.x, bar.y, bar.height, bar.over) for bar in drawn.bars] == [
        (4, 19, 1, True), (8, 10, 10, True), (12, 0, 20, False),
    ]  # fmt: skip
    assert bars([0, 0], top=0, height=20).bars == []


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(0, 0, 0), (0, 9, 0), (1, 1000, 1), (1, 2, 50), (2, 2, 100)]
)
def test_a_share_is_seen_unless_it_is_nothing(part: int, whole: int, width: int) -> None:
    assert share(part, whole, 100) == width


def test_a_picture_is_heard_in_tens() -> None:
    assert tens(list(range(60))) == [45, 145, 245, 345, 445, 545]


class Stopwatch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_many_who_ask_at_once_cost_one_look_and_a_costly_look_rests_longer() -> None:
    watch, looks = Stopwatch(), 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        watch.at += 1.0
        return looks

    async def scenario() -> None:
        resting = Resting(look, watch, least_s=2.0)
        assert await asyncio.gather(*(resting.latest() for _ in range(10))) == [1] * 10
        watch.at += REST - 0.1
        assert await resting.latest() == 1
        watch.at += 0.2
        assert await resting.latest() == 2

    asyncio.run(scenario())


def test_a_look_that_failed_is_tried_again_at_once() -> None:
    answers = iter([OSError("gone"), "here"])

    async def look() -> object:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def scenario() -> None:
        resting = Resting(look, Stopwatch(), least_s=2.0)
        with pytest.raises(OSError, match="gone"):
            await resting.latest()
        assert await resting.latest() == "here"

    asyncio.run(scenario())
