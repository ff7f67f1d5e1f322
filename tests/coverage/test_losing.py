"""Who loses a counter: in a hundred closures exactly the people that looking at every outlet for
everybody names; and a bug put in on purpose is seen."""

from collections.abc import Iterable, Iterator
from random import Random

import numpy as np
import pytest

from cashlane.core.access import ANYTHING, WALKING, Layer, layers
from cashlane.core.guard import GUARD, Substitute, farther
from cashlane.coverage import tally
from cashlane.coverage.distances import Ints
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.losing import losses, substitutes
from cashlane.coverage.reach import Reach
from tests.coverage.brute import KINDS, Lost, Walks, farther_than, serving, small_city, some_offer

LAYERS = layers(KINDS[:1], (9,))
CLOSURES = 100
FAR_M = (GUARD.far_m, GUARD.elders_far_m)


class Ground:
    """A city of 150 points and 120 outlets, its coverage, and every walk in it."""

    def __init__(self) -> None:
        self.points, self.offers = small_city(
            Random("losing"), points=150, outlets=120, spread_e6=30_000
        )
        reach = Reach(self.points, {n: one.place for n, one in self.offers.items()}, WALKING)
        self.coverage = lay(reach, LAYERS, self.offers.values())
        self.walks = Walks(WALKING, self.points, self.offers)
        self.before = {layer: serving(self.offers, layer) for layer in LAYERS}

    def named_by_us(self, after: Coverage, far_m: int) -> dict[Layer, set[Lost]]:
        """By the coverage as it was changed."""
        named: dict[Layer, set[Lost]] = {layer: set() for layer in LAYERS}
        for one in losses(self.coverage, after):
            if one.before_m <= far_m and (one.after_m is None or one.after_m > far_m):
                named[one.layer].add((one.point, one.people, one.before_m, one.after_m))
        return named

    def named_by_hand(self, after: Coverage, far_m: int) -> dict[Layer, set[Lost]]:
        """By looking at every outlet for everybody."""
        return {
            layer: set(
                farther_than(self.walks, self.points, before, serving(after.offers, layer), far_m)
            )
            for layer, before in self.before.items()
        }

    def differ(self, changes: Iterable[Coverage]) -> int:
        """In how many changes the two do not name exactly the same."""
        return sum(
            any(self.named_by_us(one, far_m) != self.named_by_hand(one, far_m) for far_m in FAR_M)
            for one in changes
        )


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground()


def closures(ground: Ground) -> Iterator[Coverage]:
    """One to three outlets that serve close, a hundred times."""
    chance = Random("closures")
    working = sorted(ground.before[ANYTHING])
    for _ in range(CLOSURES):
        closing = chance.sample(working, chance.choice((1, 1, 2, 3)))
        yield ground.coverage.changed([ground.offers[number].closed() for number in closing])


def test_in_a_hundred_closures_exactly_those_are_named_whom_a_count_by_hand_names(
    ground: Ground,
) -> None:
    named = sum(
        sum(map(len, ground.named_by_us(one, GUARD.far_m).values())) for one in closures(ground)
    )
    assert named >= CLOSURES, "closures that harm nobody would show nothing"
    assert ground.differ(closures(ground)) == 0


def test_so_they_are_when_a_service_or_hours_go_while_the_outlet_stays(ground: Ground) -> None:
    chance = Random("withdrawn")
    changes = (
        ground.coverage.changed([some_offer(number, ground.offers[number].place, chance)])
        for number in chance.sample(sorted(ground.offers), 40)
    )
    assert ground.differ(changes) == 0


def _keeps_the_closed(reach: Reach, layer: tally.Tally, pairs: Ints, gone: Ints) -> None:
    """Planted: a closed outlet goes on serving whom it served."""


def _takes_anything(reach: Reach, open_: tally.Bools, layer: Ints, row: Ints, after: Ints) -> Ints:
    """Planted: whoever looks on takes the next outlet, open or not."""
    ends = reach.starts[row + 1]
    return np.where(after + 1 < ends, after + 1, reach.none)


@pytest.mark.parametrize(
    ("name", "bug"), [("_take_away", _keeps_the_closed), ("_next_serving", _takes_anything)]
)
def test_a_planted_bug_is_seen(
    ground: Ground, name: str, bug: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, name, bug)
    assert ground.differ(closures(ground)) > 0


def test_whoever_takes_over_is_named_with_all_its_payers(ground: Ground) -> None:
    closing = max(
        sorted(ground.before[ANYTHING]),
        key=lambda number: len(ground.coverage.dependents(ANYTHING, number)),
    )
    after = ground.coverage.changed([ground.offers[closing].closed()])
    found = losses(ground.coverage, after)
    taking = substitutes(ground.coverage, after, found)
    people = {point.number: point for point in ground.points}
    row = {point.number: at for at, point in enumerate(ground.points)}
    gone = [one.point for one in ground.coverage.dependents(ANYTHING, closing)]
    moved = {one.point for one in found if one.layer == ANYTHING}
    assert moved == set(gone)
    assert sum(one.payers_after - one.payers_before for one in taking) == sum(
        int(ground.coverage.reach.payers[row[point]])
        for point in gone
        if after.nearest(ANYTHING, row[point])
    )
    assert all(isinstance(one, Substitute) and one.outlet != closing for one in taking)
    assert people.keys() >= moved
    assert farther(found, GUARD)[0] >= farther(found, GUARD)[1]
