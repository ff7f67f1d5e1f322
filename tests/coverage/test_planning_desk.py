"""The planning desk: a real process, the same plan as without one, one at a time, ended at will."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec import structs

from cashlane.core.demand import elders, payers
from cashlane.core.network import Network
from cashlane.coverage.planning import desk as desk_module
from cashlane.coverage.planning.desk import KEPT_MOST, PlanningDesk, Task
from cashlane.coverage.planning.plan import CELLS_MOST, Candidate, Effort, Wish, plan
from cashlane.coverage.planning.wishing import (
    Choice,
    Settled,
    in_district,
    of_agent,
    suspended,
    wish_for,
)
from cashlane.coverage.planning.worker import Job
from cashlane.values.geo import Point
from cashlane.values.text import Text
from cashlane.world.city import make_city
from tests.coverage.settled import settled_in
from tests.coverage.test_planning import city
from tests.rolls.counter import network as counter_network

NOW = datetime(2026, 11, 24, tzinfo=UTC)
QUICK = Effort(5_000, 0)
CHOICE = Choice((1,), "walk", 1_000, 5, "people")
SMALL = structs.replace(city(1, points=60, candidates=30), budget=5)
LONG = structs.replace(city(2, points=2_000, candidates=3_000), budget=400)
"""Some ten seconds of work, so that there is something to end."""


def asked(desk: PlanningDesk, key: str, wish: Wish) -> Task:
    return desk.begin(key, CHOICE, wish, QUICK, by="operator-1", now=NOW)


async def over(task: Task, within_s: float = 60) -> None:
    """Wait until it is under way no longer."""
    async with asyncio.timeout(within_s):
        while task.state == "running":
            await asyncio.sleep(0.05)


async def its_process(desk: PlanningDesk) -> asyncio.subprocess.Process:
    """The process of the plan under way."""
    while desk._process is None:
        await asyncio.sleep(0.01)
    return desk._process


def played(scenario: Callable[[PlanningDesk], Awaitable[Any]]) -> None:
    async def play() -> None:
        desk = PlanningDesk()
        await scenario(desk)

    asyncio.run(play())


def test_a_process_plans_what_the_function_plans() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        task = asked(desk, "a", SMALL)
        await over(task)
        assert task.state == "done"
        assert task.plan == plan(SMALL, QUICK, lambda progress: None)
        assert desk.running is None

    played(scenario)


def test_a_wish_reaches_the_process_unharmed() -> None:
    job = Job(SMALL, QUICK)
    assert msgspec.json.decode(msgspec.json.encode(job), type=Job) == job


def test_the_same_question_has_the_same_plan_and_another_waits() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        first = asked(desk, "a", LONG)
        assert asked(desk, "a", LONG) is first
        assert asked(desk, "b", SMALL) is first, "what is under way is told"
        assert desk.find("b") is None
        desk.end("b")
        assert first.state == "running", "no other plan is touched"
        desk.end("a")
        desk.end("a")
        assert first.state == "ended"
        second = asked(desk, "b", SMALL)
        await over(second)
        assert second.plan is not None
        assert asked(desk, "b", SMALL) is second, "a plan that is done is not made again"
        assert first.plan is None

    played(scenario)


def test_an_ended_process_is_gone_and_its_question_may_be_asked_again() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        task = asked(desk, "a", LONG)
        process = await its_process(desk)
        desk.end("a")
        async with asyncio.timeout(5):
            assert await process.wait() == -9
        again = asked(desk, "a", SMALL)
        assert again is not task
        await over(again)
        assert (task.state, again.state) == ("ended", "done")

    played(scenario)


def test_its_gap_is_told_while_it_is_under_way() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        task = asked(desk, "a", LONG)
        async with asyncio.timeout(60):
            while task.state == "running" and (task.progress is None or not task.progress.rounds):
                await asyncio.sleep(0.05)
        assert task.progress is not None
        assert task.progress.gap_ppm is not None
        desk.end("a")

    played(scenario)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "WITHIN_S", 0.3)

    async def scenario(desk: PlanningDesk) -> None:
        task = asked(desk, "a", LONG)
        process = await its_process(desk)
        await over(task, 10)
        assert task.state == "late"
        assert process.returncode == -9

    played(scenario)


def test_a_process_that_breaks_off_is_told_as_that() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        nothing = structs.replace(SMALL, candidates=[Candidate(1, SMALL.places[0], 99)], budget=1)
        task = asked(desk, "a", nothing)
        await over(task)
        assert (task.state, task.plan) == ("failed", None)

    played(scenario)


def test_only_the_latest_plans_are_kept() -> None:
    async def scenario(desk: PlanningDesk) -> None:
        for number in range(KEPT_MOST + 2):
            desk.end(asked(desk, str(number), LONG).key)
        assert len(desk.latest) == KEPT_MOST
        assert desk.latest[0].key == str(KEPT_MOST + 1)
        assert desk.find("0") is None
        await asyncio.sleep(0.5)

    played(scenario)


SETTLED = settled_in(make_city(1), 50)


def test_a_wish_is_for_those_who_were_asked_for(network: Network) -> None:
    for who, count in (("people", sum), ("payers", payers), ("elders", elders)):
        outlets = of_agent(network, 1)
        wish = wish_for(network, SETTLED, Choice(outlets, "cover", 500, 7, who))
        assert isinstance(wish, Wish)
        assert list(wish.weights) == [count(one.people) for one in SETTLED.points]
        assert (wish.goal, wish.within_m, wish.budget) == ("cover", 500, 7)
        assert {one.number for one in wish.candidates} == set(outlets) & set(network.places)
        others = [one for one in network.outlets.values() if one.agent != 1 and not one.suspended]
        assert len(wish.standing) == len({one.number for one in others} & set(network.places))


@pytest.fixture(scope="module")
def network() -> Network:
    """Four outlets of two agents; one is suspended, one is on no map."""
    made = counter_network()
    one = next(iter(made.outlets.values()))
    outlets = {
        number: structs.replace(
            one, number=number, code=f"o-{number}", agent=1 if number < 3 else 2,
            suspended=number == 2, district="East" if number % 2 else "West",
        )
        for number in (1, 2, 3, 4)
    }  # fmt: skip
    places = {number: Point(121_400_000 + 900 * number, 31_200_000) for number in (1, 2, 3)}
    return structs.replace(made, outlets=outlets, places=places)


def test_which_outlets_are_meant(network: Network) -> None:
    assert suspended(network) == (2,)
    assert of_agent(network, 2) == (3, 4)
    assert in_district(network, (1, 2, 3, 4), "East") == (1, 3)
    assert in_district(network, (1, 2), "") == (1, 2)


def test_what_cannot_be_planned_is_said(network: Network) -> None:
    def said(settled: Settled, choice: Choice) -> str:
        found = wish_for(network, settled, choice)
        assert isinstance(found, Text)
        return found.en

    choice = Choice((1, 2), "walk", 500, 1, "people")
    assert "demand import" in said(Settled((), "", False), choice)
    assert "no outlet" in said(SETTLED, structs.replace(choice, outlets=(4,)))
    empty = structs.replace(SETTLED.points[0], people=(0,) * 19)
    assert "nobody" in said(Settled((empty,), "", False), choice)
    many = Settled(SETTLED.points * (CELLS_MOST // 100 + 1), "", False)
    assert "too many" in said(many, choice)
