"""What outlets offer, read out of a network in a real database; scenarios; the ground kept and laid
anew; and what the public may see of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from cashlane.core.access import ANYTHING
from cashlane.core.capacity import PACES
from cashlane.core.demand import AGE_BANDS
from cashlane.core.network import Way
from cashlane.core.public_cells import Partition, again, public_count, public_part
from cashlane.coverage.offers import (
    as_on,
    billers_at,
    kinds_left,
    offers_of,
    without_agent,
    without_outlet,
    without_route,
)
from cashlane.coverage.public import cells_of, parted
from cashlane.coverage.standing import Ground
from cashlane.home import Databases
from cashlane.store.guard import kept_partition
from tests.coverage.village import LIST, OPENING, Village, living, settle
from tests.databases import DAY

BOTH = frozenset({"electricity", "electricity/city-power", "water", "water/east-water"})
MONDAY = datetime(2026, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_an_offer_says_what_is_taken_when_and_how_one_gets_in(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        one = offers_of(v.network, OPENING)[1]
        assert (one.kinds, one.step_free) == (BOTH, True)
        assert one.hours is not None
        assert [one.hours >> hour & 1 for hour in range(24)] == [0] * 8 + [1] * 10 + [0] * 6
        assert one.hours.bit_count() == 70
        assert one.capacity == PACES["post"].a_week == 1_080
        assert offers_of(v.network, OPENING)[3].capacity == 1_008

    living(ways, scenario)


def test_an_outlet_does_not_count_before_it_collected(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        told = structs.replace(v.network.premises[1], collecting_since=DAY)
        network = structs.replace(v.network, premises={1: told})
        assert offers_of(as_on(network, DAY), OPENING)[1].kinds == BOTH
        eve = as_on(network, DAY - timedelta(days=1))
        assert offers_of(eve, OPENING)[1].kinds == frozenset()
        assert offers_of(eve, OPENING)[2].kinds, "nobody told since when"

    living(ways, scenario)


def test_what_nobody_told_is_not_taken_for_granted(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        told = structs.replace(v.network.premises[1], hours="", step_free=None)
        network = structs.replace(v.network, premises={1: told})
        assert offers_of(network, OPENING)[1].hours is None
        assert not offers_of(network, OPENING)[1].step_free
        assert offers_of(network, OPENING)[2].hours is None, "nothing was told of it at all"

    living(ways, scenario)


def test_what_is_withdrawn_suspended_or_without_a_way_is_not_offered(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        less = structs.replace(v.network, withdrawn={(1, 2): DAY})
        assert offers_of(less, OPENING)[1].kinds == {"electricity", "electricity/city-power"}
        assert billers_at(less, 1) == (1,)
        closed = without_outlet(v.network, 1)
        assert offers_of(closed, OPENING)[1].kinds == frozenset()
        assert offers_of(closed, OPENING)[2].kinds == BOTH
        signed = Way(1, "signed", 0, 0)
        paper = {
            pair: structs.replace(it, ways=(signed,)) for pair, it in v.network.contracts.items()
        }
        on_paper = structs.replace(v.network, contracts=paper)
        assert not any(one.kinds for one in offers_of(on_paper, OPENING).values())

    living(ways, scenario)


def test_scenarios_take_away_an_agent_or_a_way(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        without = offers_of(without_agent(v.network, 1), OPENING)
        assert [number for number, one in without.items() if one.kinds] == [3]
        one_way = without_route(v.network, 1)
        assert all(one.kinds == BOTH for one in offers_of(one_way, OPENING).values())
        neither = without_route(one_way, 2)
        assert not any(one.kinds for one in offers_of(neither, OPENING).values())

    living(ways, scenario)


def test_a_kind_stays_while_one_service_of_it_does() -> None:
    two = frozenset({"water", "water/east", "water/west"})
    assert kinds_left(two, {"water/east"}) == {"water", "water/west"}
    assert kinds_left(two, {"water/east", "water/west"}) == frozenset()


def test_the_ground_is_kept_until_something_changes(ways: Databases) -> None:
    settle(ways, young=1, old=1)

    async def scenario(v: Village) -> None:
        first = await v.standing.latest(within_s=10)
        assert isinstance(first, Ground)
        assert await v.standing.latest(within_s=10) is first
        v.refresh()
        second = await v.standing.latest(within_s=10)
        assert isinstance(second, Ground)
        assert second is not first
        assert second.version == first.version, "read again, and the same"
        assert second.reach is first.reach, "nothing moved"
        v.network = without_outlet(v.network, 1)
        third = await v.standing.latest(within_s=10)
        assert isinstance(third, Ground)
        assert third.version != first.version
        await v.walker(400)
        fourth = await v.standing.latest(within_s=10)
        assert isinstance(fourth, Ground)
        assert (len(fourth.walkers), fourth.version != third.version) == (1, True)

    living(ways, scenario)


def test_the_public_sees_whole_groups_of_ten_that_stay_as_they_were_made(ways: Databases) -> None:
    settle(ways, young=30, old=12)

    async def scenario(v: Village) -> None:
        ground = await v.standing.latest(within_s=10)
        assert isinstance(ground, Ground)
        assert cells_of(ground) == {("hp", "0-64", "300"): 30, ("hp", "65+", "300"): 12}
        made = parted(ground)
        assert made is not None
        assert all(group.people >= 10 for group in made.groups)
        kept = await kept_partition(v.pool, LIST, made, at=OPENING)
        assert kept == made
        v.network = without_outlet(v.network, 1)
        later = await v.standing.latest(within_s=10)
        assert isinstance(later, Ground)
        assert cells_of(later) == {("hp", "0-64", "1000"): 30, ("hp", "65+", "1000"): 12}
        other = Partition(made.groups[:1])
        assert await kept_partition(v.pool, LIST, other, at=OPENING) == made, "the first stays"
        shown = again(made, cells_of(later))
        assert shown is not None
        assert sum(group.people for group in shown.groups) == 42
        assert later.coverage.people_within(ANYTHING).shape == (5, len(AGE_BANDS))

    living(ways, scenario)


def test_fewer_than_ten_are_not_told_nor_by_subtraction() -> None:
    assert [public_count(one) for one in (0, 1, 9, 10, 250)] == [0, None, None, 10, 250]
    assert public_part(40, 50) == 40
    assert public_part(45, 50) is None, "the other five would be told"
    assert public_part(50, 50) == 50
    assert public_part(4, 50) is None
    assert public_part(0, 4) is None
