"""Demand: where people live who may want to pay over a counter, and how old they are."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from cashlane.values.geo import Point
from cashlane.values.money import share_out

AGE_BANDS = (
    "0", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49",
    "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-84", "85+",
)  # fmt: skip
"""The nineteen age bands in which a census counts people."""
ELDERS_FROM = AGE_BANDS.index("65-69")
"""The first band of those who are counted as elders: 65 and more."""
PAYER_PPM = (
    0, 0, 0, 0, 0, 142_300, 142_300, 166_200, 166_200, 244_400, 244_400,
    318_500, 318_500, 558_400, 558_400, 679_000, 679_000, 679_000, 679_000,
)  # fmt: skip
"""Who pays over a counter, in parts per million: adults who had not paid by phone in two years by
the central bank's consumer survey of 2021. Nobody under 20 pays bills of their own (assumed)."""


class DemandPoint(Struct, frozen=True):
    """Some people at one place, counted by the bands of AGE_BANDS."""

    number: int
    place: Point
    people: tuple[int, ...]

    def __post_init__(self) -> None:
        assert len(self.people) == len(AGE_BANDS), "people are counted by the census's bands"
        assert all(count >= 0 for count in self.people)


def elders(people: Sequence[int]) -> int:
    """Those of 65 and more."""
    return sum(people[ELDERS_FROM:])


def payers(people: Sequence[int]) -> int:
    """Those who are likely to pay over a counter, rounded down."""
    pairs = zip(people, PAYER_PPM, strict=True)
    return sum(count * ppm for count, ppm in pairs) // 1_000_000


def spread(
    people: Sequence[int], places: Mapping[int, tuple[Point, int]]
) -> tuple[DemandPoint, ...]:
    """A district's people of a census spread over its places by their weights (homes, say), age
    band by age band, so that the points add up to the district exactly.

    Where a place is not known better than by its district's shape, the points are made up, and
    whoever loads them says so.
    """
    numbers = sorted(places)
    weights = [places[number][1] for number in numbers]
    by_age = [share_out(count, weights) for count in people]
    return tuple(
        DemandPoint(number, places[number][0], counted)
        for number, counted in zip(numbers, zip(*by_age, strict=True), strict=True)
    )
