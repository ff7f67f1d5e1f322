"""The people of a replay: a sample of those who pay at counters, and how far they walk.

Worlds that count people alike share one crowd, so that they differ by their facts alone.
"""

from datetime import date
from functools import lru_cache

from msgspec import Struct

from cashlane.trial.replay.given import Channel, Given
from cashlane.trial.replay.ground import Ground, ground_of
from cashlane.trial.replay.phases import Service
from cashlane.world.nearest import Nearest
from cashlane.world.outline import metres
from cashlane.world.payers import OVER_70, draw_comings, draw_payers

Spot = tuple[int, int]
"""An outlet's number, and metres to it in a straight line."""


class Sample(Struct, frozen=True):
    """A seed, and how many of a million payers are looked at."""

    seed: int
    ppm: int


class Scale(Struct, frozen=True):
    """How many payers were looked at, of how many there are."""

    looked_at: int
    whole: int

    def up(self, count: int) -> int:
        """What a count among those looked at is among all (rounded half up)."""
        return (count * self.whole + self.looked_at // 2) // self.looked_at


class _Basis(Struct, frozen=True):
    """All that a crowd depends on."""

    channels: tuple[Channel, ...]
    first: date
    last: date
    bills_a_month: int
    scale: Scale
    seed: int


def crowd_of(facts: Given, sample: Sample) -> "Crowd":
    """The crowd of a world, one payer at least; parts of a payer are none (rounded down)."""
    whole = max(1, facts.homes * facts.offline_percent // 100)
    scale = Scale(max(1, whole * sample.ppm // 1_000_000), whole)
    bills = facts.bills_a_month
    basis = _Basis(facts.channels, facts.first_day, facts.last_day, bills, scale, sample.seed)
    return _crowd(basis)


@lru_cache(maxsize=2)
def _crowd(basis: _Basis) -> "Crowd":
    return Crowd(basis)


class Crowd:
    """Who pays, where each usually goes, who comes on which day, and where else they could go.

    `usual` are the counters nearest to each payer when all take cash; `comings` are payers by
    day, in the order of coming.
    """

    def __init__(self, basis: _Basis) -> None:
        count = basis.scale.looked_at
        ground = ground_of(basis.channels, basis.seed)
        self.scale = basis.scale
        self.payers = draw_payers(ground.city, seed=basis.seed, count=count)
        self.comings = draw_comings(
            count,
            seed=basis.seed,
            first=basis.first,
            last=basis.last,
            bills_a_month=basis.bills_a_month,
        )
        self._ground = ground
        everywhere = self._open(bytes([Service.AS_ALWAYS]) * len(ground.places), Service.AS_ALWAYS)
        self.usual = [spot for spot in map(everywhere.to, self._homes()) if spot is not None]
        assert len(self.usual) == count, "there is an outlet somewhere"
        self._others: dict[bytes, list[Spot | None]] = {}

    def over_70(self, payer: int) -> bool:
        """Whether a payer is 70 or older."""
        return self.payers[payer].age_band == OVER_70

    def other(self, payer: int, services: bytes) -> Spot | None:
        """The counter nearest to a payer's home of those that take cash as always."""
        if services not in self._others:
            open_ones = self._open(services, Service.AS_ALWAYS)
            self._others[services] = [open_ones.to(home) for home in self._homes()]
        return self._others[services][payer]

    def between(self, one: int, other: int) -> int:
        """Metres between two outlets in a straight line (rounded half up)."""
        places = self._ground.places
        return int(metres(places[one - 1].place, places[other - 1].place) + 0.5)

    def far_over_70(self, services: bytes, far_m: int) -> int:
        """Payers over 70 in the sample without a counter that takes cash within a distance."""
        open_ones = self._open(services, Service.BY_SPARE)
        old = (at for at in range(len(self.payers)) if self.over_70(at))
        spots = (open_ones.to(self.payers[at].home) for at in old)
        return sum(spot is None or spot[1] > far_m for spot in spots)

    def _homes(self) -> list[tuple[float, float]]:
        return [payer.home for payer in self.payers]

    def _open(self, services: bytes, least: Service) -> Nearest:
        places = zip(self._ground.places, services, strict=True)
        return Nearest((place.number, place.place) for place, how in places if how >= least)


def ground_under(facts: Given, sample: Sample) -> Ground:
    """The ground that a crowd walks on."""
    return ground_of(facts.channels, sample.seed)
