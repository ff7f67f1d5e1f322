"""Coverage: what outlets offer, laid over who can walk there. A value: changing an offer gives
another coverage beside it, so that any two scenarios or dates are compared."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from cashlane.core.access import Layer, Offer
from cashlane.coverage.distances import Ints
from cashlane.coverage.reach import Reach
from cashlane.coverage.tally import Tally, change, count

CHANGES_MOST = 150
"""More changed outlets than this are counted faster afresh than one by one."""


class Nearest(Struct, frozen=True):
    """An outlet by its number, and the walk to it."""

    outlet: int
    walk_m: int


class Dependent(Struct, frozen=True):
    """A demand point by its number, to whose people an outlet is the nearest; and where they would
    go without it, None where nothing else is in reach."""

    point: int
    walk_m: int
    otherwise: Nearest | None


class Coverage:
    """Who reaches a counter in each of the layers."""

    def __init__(
        self, reach: Reach, layers: Sequence[Layer], offers: Mapping[int, Offer], tally: Tally
    ) -> None:
        self.reach, self.layers, self.offers, self._tally = reach, tuple(layers), offers, tally
        self._at = {layer: at for at, layer in enumerate(self.layers)}

    def people_within(self, layer: Layer) -> Ints:
        """People by band and age who walk no farther than the band."""
        within: Ints = np.cumsum(self._tally.people[self._at[layer], :-1], axis=0)
        return within

    def walks_m(self, layer: Layer) -> Ints:
        """Each point's walk to its nearest outlet; BEYOND_M where none is in reach."""
        walks: Ints = self.reach.walk_m[self.nearest_pairs(layer)]
        return walks

    def nearest_pairs(self, layer: Layer) -> Ints:
        """Each point's pair with its nearest outlet, as the reach counts pairs."""
        pairs: Ints = self._tally.first[self._at[layer]]
        return pairs

    def nearest(self, layer: Layer, row: int) -> tuple[Nearest, ...]:
        """The nearest outlet and the next nearest to the point in this row of the reach, as far as
        they are in reach."""
        at = self._at[layer]
        found = (self._named(pairs[at, row]) for pairs in (self._tally.first, self._tally.second))
        return tuple(one for one in found if one is not None)

    def _named(self, pair: np.int64) -> Nearest | None:
        if pair == self.reach.none:
            return None
        outlet = self.reach.outlets[self.reach.outlet[pair]]
        return Nearest(outlet, int(self.reach.walk_m[pair]))

    def shares(self, layer: Layer) -> Ints:
        """By two-step floating catchment: payments a week that the counters near each point have
        room for, for every SHARE of the payers who share them."""
        shares: Ints = self._tally.share[self._at[layer]]
        return shares

    def depending(self, layer: Layer) -> Ints:
        """By outlet, in the reach's order, and age: people to whom it is the nearest."""
        pairs = self.nearest_pairs(layer)
        here = pairs != self.reach.none
        found = np.zeros((len(self.reach.outlets), self.reach.people.shape[1]), dtype=np.int64)
        np.add.at(found, self.reach.outlet[pairs[here]], self.reach.people[here])
        return found

    def dependents(self, layer: Layer, outlet: int) -> tuple[Dependent, ...]:
        """Everybody to whom an outlet is the nearest, by the number of their demand point."""
        at, pairs = self._at[layer], self.reach.pairs_of(self.reach.index[outlet])
        rows = self.reach.point[pairs]
        mine = self._tally.first[at, rows] == pairs
        found = [
            Dependent(self.reach.points[row].number, int(self.reach.walk_m[pair]),
                      self._named(self._tally.second[at, row]))
            for row, pair in zip(rows[mine], pairs[mine], strict=True)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: one.point))

    def changed(self, offers: Iterable[Offer]) -> "Coverage":
        """The coverage with some outlets' offers in place of their old ones."""
        new = list(offers)
        for one in new:
            assert one.place == self.offers[one.outlet].place, "who moved makes another reach"
        laid = {**self.offers, **{one.outlet: one for one in new}}
        if len(new) > CHANGES_MOST:
            return lay(self.reach, self.layers, laid.values())
        tally, before = self._tally.copied(), dict(self.offers)
        for one in new:
            change(self.reach, self.layers, tally, old=before[one.outlet], new=one)
            before[one.outlet] = one
        return Coverage(self.reach, self.layers, laid, tally)


def lay(reach: Reach, layers: Sequence[Layer], offers: Iterable[Offer]) -> Coverage:
    """Count everything afresh. Every outlet of the reach has an offer, if only an empty one."""
    by_number = {offer.outlet: offer for offer in offers}
    assert by_number.keys() == reach.index.keys(), "offers and reach name other outlets"
    return Coverage(reach, layers, by_number, count(reach, layers, by_number))
