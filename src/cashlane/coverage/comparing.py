"""Comparing: two scenarios or two dates on the same ground, layer by layer."""

import numpy as np
from msgspec import Struct

from cashlane.core.access import Layer
from cashlane.coverage.distances import Ints
from cashlane.coverage.laid import Coverage


class Difference(Struct, frozen=True):
    """What a layer has more in the second than in the first: people by band and age who walk no
    farther; and the demand points, by number, that walk farther or less far than before."""

    layer: Layer
    people: Ints
    farther: tuple[int, ...]
    nearer: tuple[int, ...]


def compared(first: Coverage, second: Coverage) -> tuple[Difference, ...]:
    """The difference in every layer, in the layers' order."""
    assert first.reach is second.reach, "what lies on other ground cannot be compared"
    assert first.layers == second.layers, "other questions cannot be compared"
    return tuple(_difference(first, second, layer) for layer in first.layers)


def _difference(first: Coverage, second: Coverage, layer: Layer) -> Difference:
    was, now = first.walks_m(layer), second.walks_m(layer)
    numbers = [point.number for point in first.reach.points]
    return Difference(
        layer,
        second.people_within(layer) - first.people_within(layer),
        tuple(numbers[row] for row in np.flatnonzero(now > was).tolist()),
        tuple(numbers[row] for row in np.flatnonzero(now < was).tolist()),
    )
