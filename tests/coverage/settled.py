"""People for tests, spread over made-up places by the rule that spreads a census."""

from random import Random

from cashlane.core.demand import AGE_BANDS, spread
from cashlane.coverage.planning.wishing import Settled
from cashlane.values.geo import Point
from cashlane.values.money import share_out
from cashlane.world.city import City


def settled_in(city: City, places: int) -> Settled:
    """The city's people at so many of its neighbourhoods."""
    chance = Random(f"settled {city.seed}")
    homes = chance.sample(list(city.neighbourhoods), places)
    people = share_out(
        sum(one.population for one in homes), [chance.randint(20, 100) for _ in AGE_BANDS]
    )
    spots = {
        number: (Point(*(round(one * 1_000_000) for one in home.place)), home.population)
        for number, home in enumerate(homes, 1)
    }
    return Settled(spread(people, spots), "made-up places", True)
