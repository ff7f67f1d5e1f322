"""The figures behind a coverage: counted afresh, or put right where one outlet's offer changed.

Both ways give the same figures to the last person, since nothing here is ever rounded twice.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cashlane.core.access import Layer, Offer, serves
from cashlane.coverage.distances import Ints
from cashlane.coverage.reach import Reach

SHARE = 1_000_000_000
"""Room at a counter is told for so many payers."""

Bools = NDArray[np.bool_]


class Tally(Struct):
    """All that changes with offers.

    By layer and outlet: whether it is `serving`. By layer and point: the pairs of the `first` and
    the `second` outlet that serve, and the `share` of counters (see _shares). By layer, band and
    age: `people` by the band of their nearest outlet; the last band is out of reach.
    """

    serving: Bools
    first: Ints
    second: Ints
    share: Ints
    people: Ints

    def copied(self) -> "Tally":
        """The same figures, to be changed."""
        return Tally(
            self.serving.copy(), self.first.copy(), self.second.copy(), self.share.copy(),
            self.people.copy(),
        )  # fmt: skip


def count(reach: Reach, layers: Sequence[Layer], offers: Mapping[int, Offer]) -> Tally:
    """Everything from the beginning."""
    ordered = [offers[outlet] for outlet in reach.outlets]
    room = np.array([room_for_each(reach, offer) for offer in ordered], dtype=np.int64)
    near: Ints = np.flatnonzero(reach.walk_m[:-1] <= reach.method.catchment_m)
    size = len(layers), len(reach.points)
    tally = Tally(
        np.array([[serves(one, layer) for one in ordered] for layer in layers], dtype=np.bool_),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros((len(layers), len(reach.method.bands_m) + 1, reach.people.shape[1]), np.int64),
    )
    for at, serving in enumerate(tally.serving):
        tally.first[at], tally.second[at] = _two_nearest(reach, serving)
        np.add.at(tally.people[at], reach.band[tally.first[at]], reach.people)
        tally.share[at] = _shares(reach, near[serving[reach.outlet[near]]], room)
    return tally


def room_for_each(reach: Reach, offer: Offer) -> int:
    """Step one of the floating catchment: what an outlet can take a week for every SHARE of the
    payers in its catchment (rounded down; none where nobody lives)."""
    payers = int(reach.payers_around[reach.index[offer.outlet]])
    return offer.capacity * SHARE // payers if payers else 0


def _shares(reach: Reach, pairs: Ints, room: Ints) -> Ints:
    """Step two: what the outlets in a point's catchment have for each, added up."""
    found = np.zeros(len(reach.points), dtype=np.int64)
    np.add.at(found, reach.point[pairs], room[reach.outlet[pairs]])
    return found


def _two_nearest(reach: Reach, serving: Bools) -> tuple[Ints, Ints]:
    """For each point the first two of its pairs whose outlet serves."""
    open_pairs = np.append(np.flatnonzero(serving[reach.outlet]), [reach.none, reach.none])
    at = np.searchsorted(open_pairs[:-2], reach.starts[:-1])
    first, second = open_pairs[at], open_pairs[at + 1]
    ends = reach.starts[1:]
    return np.where(first < ends, first, reach.none), np.where(second < ends, second, reach.none)


def change(reach: Reach, layers: Sequence[Layer], tally: Tally, *, old: Offer, new: Offer) -> None:
    """Put one outlet's new offer in place of its old one, in this tally."""
    outlet = reach.index[new.outlet]
    pairs = reach.pairs_of(outlet)
    before = tally.serving[:, outlet].copy()
    now = np.array([serves(new, layer) for layer in layers], dtype=np.bool_)
    tally.serving[:, outlet] = now
    near = reach.point[pairs[reach.walk_m[pairs] <= reach.method.catchment_m]]
    room = now * room_for_each(reach, new) - before * room_for_each(reach, old)
    tally.share[:, near] += room[:, None]
    rows = reach.point[pairs]
    first = tally.first[:, rows]
    _take_away(reach, tally, pairs, np.flatnonzero(before & ~now))
    _put_in(reach, tally, pairs, np.flatnonzero(now & ~before))
    _count_anew(reach, tally, rows, first)


def _take_away(reach: Reach, tally: Tally, pairs: Ints, layers: Ints) -> None:
    """In some layers an outlet serves no longer: whom it was first or second for looks on."""
    block = np.ix_(layers, reach.point[pairs])
    first, second = tally.first[block], tally.second[block]
    at, column = np.nonzero((first == pairs) | (second == pairs))
    layer, row, gone = layers[at], reach.point[pairs[column]], pairs[column]
    first, second = first[at, column], second[at, column]
    tally.first[layer, row] = np.where(first == gone, second, first)
    tally.second[layer, row] = _next_serving(reach, tally.serving, layer, row, second)


def _next_serving(reach: Reach, serving: Bools, layer: Ints, row: Ints, after: Ints) -> Ints:
    """For each layer and point the first pair after one whose outlet serves."""
    ends = reach.starts[row + 1]
    at = np.minimum(after + 1, ends)
    looking = np.flatnonzero(at < ends)
    while looking.size:
        found = serving[layer[looking], reach.outlet[at[looking]]]
        looking = looking[~found]
        at[looking] += 1
        looking = looking[at[looking] < ends[looking]]
    return np.where(at < ends, at, reach.none)


def _put_in(reach: Reach, tally: Tally, pairs: Ints, layers: Ints) -> None:
    """In some layers an outlet serves again: it may be nearer than the two that did."""
    block = np.ix_(layers, reach.point[pairs])
    first, second = tally.first[block], tally.second[block]
    tally.first[block] = np.minimum(first, pairs)
    tally.second[block] = np.minimum(second, np.maximum(first, pairs))


def _count_anew(reach: Reach, tally: Tally, rows: Ints, before: Ints) -> None:
    """Count people over whose nearest outlet lies in another band now; `before` are the pairs of
    their nearest outlets by layer and row."""
    now = reach.band[tally.first[:, rows]]
    old = reach.band[before]
    layer, column = np.nonzero(now != old)
    moved = reach.people[rows[column]]
    np.subtract.at(tally.people, (layer, old[layer, column]), moved)
    np.add.at(tally.people, (layer, now[layer, column]), moved)
