"""Coverage and planning: how long a whole city takes, one closed counter, a plan.

Pure calculation, so nothing is started for it. Seconds are a processor's, on one thread (set
OPENBLAS_NUM_THREADS=1): what others do on the machine meanwhile does not count.
"""

from collections.abc import Callable, Iterator
from random import Random
from statistics import median
from time import process_time
from typing import TypeVar

from bench.results import Book, Figure
from cashlane.core.access import ALWAYS, WALKING, Offer, layers
from cashlane.core.demand import AGE_BANDS, DemandPoint
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.planning.plan import Candidate, Effort, Goal, Plan, Wish, plan
from cashlane.coverage.reach import Reach
from cashlane.values.geo import Point
from cashlane.values.money import share_out
from cashlane.world.city import City, make_city

POINTS, SEED, CLOSURES = 2_000, 1, 100
KINDS = ("electricity", "water", "gas")
TUESDAY = range(24, 48)
LAYERS = layers(KINDS, tuple(TUESDAY))
GOALS: tuple[Goal, ...] = ("walk", "cover")
_T = TypeVar("_T")


def timed(act: Callable[[], _T]) -> tuple[_T, float]:
    """What an act answers, and the seconds of a processor that it took."""
    begun = process_time()
    answer = act()
    return answer, process_time() - begun


def demand_points(city: City, count: int) -> list[DemandPoint]:
    """The city's people spread over so many points of its neighbourhoods, with all age bands."""
    chance = Random(f"demand {city.seed}")
    homes = chance.choices(
        city.neighbourhoods, [one.population for one in city.neighbourhoods], k=count
    )
    people = share_out(sum(area.population for area in city.districts), [1] * count)
    return [
        DemandPoint(number, _near(home.place, chance), _ages(total, chance))
        for number, (home, total) in enumerate(zip(homes, people, strict=True), 1)
    ]  # fmt: skip


def _near(place: tuple[float, float], chance: Random) -> Point:
    return Point(*(round(one * 1_000_000) + round(chance.gauss(0, 3_000)) for one in place))


def _ages(total: int, chance: Random) -> tuple[int, ...]:
    return share_out(total, [chance.randint(20, 100) for _ in AGE_BANDS])


def offers(city: City) -> Iterator[Offer]:
    """What each outlet offers: hours of its chain, one counter in four with a step, one in ten
    without gas."""
    chance = Random(f"offers {city.seed}")
    for one in city.outlets:
        place = Point(*(round(degrees * 1_000_000) for degrees in one.place))
        day = sum(1 << hour for hour in range(one.opens, min(one.closes, 24)))
        hours = sum(day << 24 * weekday for weekday in range(7)) & ALWAYS
        kinds = frozenset(KINDS if chance.randrange(10) else KINDS[:2])
        yield Offer(
            one.number, place, kinds, hours, bool(chance.randrange(4)), chance.randint(200, 900)
        )


def city_coverage() -> tuple[Coverage, float]:
    """The coverage of the whole synthetic city, and the seconds it took from bare places."""
    city = make_city(SEED)
    points, all_offers = demand_points(city, POINTS), list(offers(city))

    def whole() -> Coverage:
        reach = Reach(points, {one.outlet: one.place for one in all_offers}, WALKING)
        return lay(reach, LAYERS, all_offers)

    return timed(whole)


def coverage_delta(whole: Coverage) -> list[float]:
    """Seconds for each of CLOSURES closed counters, one by one from the whole city."""
    chance = Random("closures")
    closing = [
        whole.offers[number].closed() for number in chance.sample(sorted(whole.offers), CLOSURES)
    ]
    return [timed(lambda one=one: whole.changed([one]))[1] for one in closing]


def wish(goal: Goal, *, points: int, candidates: int, most: int) -> Wish:
    """Some of the city's outlets to be restored, nothing else being open."""
    city = make_city(SEED)
    people = demand_points(city, points)
    chance = Random("candidates")
    places = chance.sample(list(offers(city)), candidates)
    return Wish(
        goal, WALKING.bands_m[2], most, [one.place for one in people],
        [sum(one.people) for one in people], [],
        [Candidate(one.outlet, one.place, 1) for one in places], WALKING,
    )  # fmt: skip


def planned(asked: Wish, *, gap_ppm: int) -> tuple[Plan, float]:
    """A plan and the seconds it took."""
    return timed(lambda: plan(asked, Effort(gap_ppm, 0), lambda progress: None))


def plan_2500x400(goal: Goal) -> tuple[Plan, float]:
    """Forty of 400 outlets for 2,500 points."""
    return planned(wish(goal, points=2_500, candidates=400, most=40), gap_ppm=1_000)


def plan_4407(goal: Goal, most: int) -> tuple[Plan, float]:
    """Some of all the city's outlets for 2,000 points."""
    return planned(wish(goal, points=POINTS, candidates=4_407, most=most), gap_ppm=5_000)


TIMES = 5
"""Runs of what is quick; the median is told."""


def coverage_full(book: Book) -> Figure:
    """All layers, bands and ages of the city, from bare places."""
    seconds = [city_coverage()[1] for _ in range(TIMES)]
    middle = median(seconds)
    return book.alone(
        "coverage_full", middle, "s", bar="<= 2 s", holds=max(seconds) <= 2,
        also={"most_s": max(seconds), "outlets": 4_407, "points": POINTS, "layers": len(LAYERS)},
    )  # fmt: skip


def coverage_closed(book: Book) -> Figure:
    """The same after one closure, for each of CLOSURES counters."""
    whole, _ = city_coverage()
    milliseconds = [1_000 * seconds for seconds in coverage_delta(whole)]
    return book.alone(
        "coverage_delta", median(milliseconds), "ms", bar="<= 50 ms",
        holds=max(milliseconds) <= 50, also={"most_ms": max(milliseconds), "closures": CLOSURES},
    )  # fmt: skip


def _plan_figure(book: Book, name: str, made: dict[str, tuple[Plan, float]], most_s: int) -> Figure:
    seconds = {key: took for key, (_, took) in made.items()}
    gaps = {f"gap_ppm_{key}": float(one.gap_ppm) for key, (one, _) in made.items()}
    return book.alone(
        name, max(seconds.values()), "s", bar=f"<= {most_s} s, gap <= 2 %",
        holds=max(seconds.values()) <= most_s and max(gaps.values()) <= 20_000,
        also={f"s_{key}": took for key, took in seconds.items()} | gaps,
    )  # fmt: skip


def plan_small(book: Book) -> Figure:
    """2,500 points, 400 candidates, 40 of them, for both goals."""
    made = {goal: plan_2500x400(goal) for goal in GOALS}
    return _plan_figure(book, "plan_2500x400", made, 5)


def plan_whole(book: Book) -> Figure:
    """2,000 points, all outlets as candidates, few and many of them, for both goals."""
    made = {f"{goal}_{most}": plan_4407(goal, most) for goal in GOALS for most in (40, 200, 1_000)}
    return _plan_figure(book, "plan_4407", made, 60)


FIGURES: dict[str, Callable[[Book], Figure]] = {
    "coverage_full": coverage_full, "coverage_delta": coverage_closed,
    "plan_2500x400": plan_small, "plan_4407": plan_whole,
}  # fmt: skip
