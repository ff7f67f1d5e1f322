"""The same figures by looking at every outlet for every point, in plain Python: slow, and with a
reading of its own of what a distance, a walk and an open counter are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import cos, isqrt, radians
from random import Random

from cashlane.core.access import ALWAYS, Layer, Method, Offer
from cashlane.core.demand import AGE_BANDS, DemandPoint
from cashlane.values.geo import Point

KINDS = ("electricity", "water", "gas")
MIDDLE = Point(121_470_000, 31_230_000)


def small_city(
    chance: Random, *, points: int, outlets: int, spread_e6: int
) -> tuple[list[DemandPoint], dict[int, Offer]]:
    """People and offers all over a square; some outlets lie on one spot, some are closed."""
    people = [
        DemandPoint(
            number, _somewhere(chance, spread_e6), tuple(chance.randint(0, 400) for _ in AGE_BANDS)
        )
        for number in range(1, points + 1)
    ]
    offers = {
        number: some_offer(number, _somewhere(chance, spread_e6), chance)
        for number in range(1, outlets + 1)
    }
    offers[2] = some_offer(2, offers[1].place, chance)
    return people, offers


def _somewhere(chance: Random, spread_e6: int) -> Point:
    return Point(
        MIDDLE.longitude_e6 + chance.randint(-spread_e6, spread_e6),
        MIDDLE.latitude_e6 + chance.randint(-spread_e6, spread_e6),
    )


def some_offer(number: int, place: Point, chance: Random) -> Offer:
    """Anything an outlet may offer, nothing included."""
    kinds = frozenset(kind for kind in KINDS if chance.random() < 0.8)
    hours = chance.choice(
        (0, None, ALWAYS, chance.getrandbits(168), 0xFFFF00 * ((1 << 168) - 1) // 0xFFFFFF)
    )
    return Offer(number, place, kinds, hours, chance.random() < 0.6, chance.randint(0, 900))


def open_in(offer: Offer, layer: Layer) -> bool:
    """Whether somebody with this question is served there."""
    if not offer.kinds or offer.hours == 0:
        return False
    if layer.kind is not None and layer.kind not in offer.kinds:
        return False
    if layer.hour is not None and offer.hours is None:
        return False
    if layer.hour is not None and f"{offer.hours:0168b}"[::-1][layer.hour] == "0":
        return False
    return offer.step_free or not layer.step_free


def walk(method: Method, here: Point, there: Point) -> int:
    """By the documented formula: a sphere of mean radius, degrees of longitude narrowed as in the
    middle of the strip of a thousandth of a degree, all in whole numbers rounded down."""
    strip = (here.latitude_e6 + there.latitude_e6) // 2 // 1_000
    narrow = round(1_000_000 * cos(radians((strip + 0.5) / 1_000)))
    east = abs(here.longitude_e6 - there.longitude_e6) * narrow // 1_000_000
    north = abs(here.latitude_e6 - there.latitude_e6)
    return (isqrt(east**2 + north**2) * 111_195 // 1_000_000) * method.detour_ppm // 1_000_000


class Walks:
    """Every walk, measured once."""

    def __init__(
        self, method: Method, points: Sequence[DemandPoint], offers: Mapping[int, Offer]
    ) -> None:
        self._all = {
            point.number: sorted(
                (walk(method, point.place, offer.place), number) for number, offer in offers.items()
            )
            for point in points
        }
        self.reach_m = method.bands_m[-1]

    def to_open(self, point: int, serving: frozenset[int]) -> list[tuple[int, int]]:
        """Walks and numbers of all outlets in reach that serve, the nearest first."""
        return [
            (far, number)
            for far, number in self._all[point]
            if far <= self.reach_m and number in serving
        ]


def serving(offers: Mapping[int, Offer], layer: Layer) -> frozenset[int]:
    """The outlets that are open to somebody with this question."""
    return frozenset(number for number, offer in offers.items() if open_in(offer, layer))


def people_within(
    walks: Walks, bands: Iterable[int], points: Sequence[DemandPoint], at: frozenset[int]
) -> list[list[int]]:
    """By band and age."""
    nearest = {point.number: walks.to_open(point.number, at)[:1] for point in points}
    return [
        [
            sum(
                point.people[age]
                for point in points
                if any(far <= band for far, _ in nearest[point.number])
            )
            for age in range(len(AGE_BANDS))
        ]
        for band in bands
    ]


Lost = tuple[int, tuple[int, ...], int, int | None]
"""A point, its people, their walk before and after (None: out of reach)."""


def farther_than(
    walks: Walks,
    points: Sequence[DemandPoint],
    before: frozenset[int],
    after: frozenset[int],
    far_m: int,
) -> Iterator[Lost]:
    """Whose walk was at most so far and is no longer, by the outlets that serve."""
    for point in points:
        was = walks.to_open(point.number, before)
        now = walks.to_open(point.number, after)
        if was and was[0][0] <= far_m and not (now and now[0][0] <= far_m):
            yield point.number, point.people, was[0][0], now[0][0] if now else None
