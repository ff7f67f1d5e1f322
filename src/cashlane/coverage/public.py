"""Coverage for everybody: people by district, age and walk, as one fixed partition whose groups
show ten people or more."""

from collections.abc import Mapping

from cashlane.core.access import ANYTHING
from cashlane.core.demand import elders
from cashlane.core.public_cells import Cell, Partition, partition
from cashlane.coverage.reach import BEYOND_M
from cashlane.coverage.standing import Ground

YOUNG, OLD = "0-64", "65+"
AGES = (YOUNG, OLD)
BEYOND = "beyond"


def bands_in(ground: Ground) -> tuple[str, ...]:
    """The bands of walks by their metres, the shortest first; then what is beyond the last."""
    return (*(str(metres) for metres in ground.reach.method.bands_m), BEYOND)


def districts_in(ground: Ground) -> tuple[str, ...]:
    """The districts in which somebody lives."""
    return tuple(sorted({one.district for one in ground.places.values()}))


def cells_of(ground: Ground) -> Mapping[Cell, int]:
    """People by district, age and the band of the walk to their nearest counter for any bill."""
    walks, bands = ground.coverage.walks_m(ANYTHING).tolist(), ground.reach.band
    first = ground.coverage.nearest_pairs(ANYTHING)
    named, found = bands_in(ground), dict[Cell, int]()
    for row, point in enumerate(ground.reach.points):
        district = ground.places[point.number].district
        band = BEYOND if walks[row] == BEYOND_M else named[int(bands[first[row]])]
        old = elders(point.people)
        for age, people in ((YOUNG, sum(point.people) - old), (OLD, old)):
            cell = (district, age, band)
            found[cell] = found.get(cell, 0) + people
    return found


def parted(ground: Ground) -> Partition | None:
    """The groups as they would be made now; None where there are too few people for any figure."""
    return partition(cells_of(ground), districts_in(ground), AGES, bands_in(ground))
