"""Who loses by a change: two coverages of one reach laid side by side, for the guard's rule."""

from collections.abc import Iterable

import numpy as np

from cashlane.core.access import ANYTHING, Layer
from cashlane.core.guard import Loss, Substitute
from cashlane.coverage.laid import Coverage


def losses(before: Coverage, after: Coverage) -> list[Loss]:
    """Everybody who walks farther than before, by layer and demand point."""
    assert before.reach is after.reach, "what lies on other ground cannot be compared"
    reach, found = before.reach, []
    for layer in before.layers:
        was, now = before.walks_m(layer), after.walks_m(layer)
        for row in np.flatnonzero(now > was).tolist():
            point = reach.points[row]
            left = after.nearest(layer, row)[:1]
            after_m, other = (left[0].walk_m, left[0].outlet) if left else (None, None)
            found.append(Loss(layer, point.number, point.people, int(was[row]), after_m, other))
    return found


def substitutes(before: Coverage, after: Coverage, found: Iterable[Loss]) -> list[Substitute]:
    """The outlets that those who lose one go to, with the payers to whom each was the nearest and
    is now; by number. They are counted for any bill, or where an outlet stays open for some, for
    the kind of bill or service that most people lose."""
    losses = list(found)
    layer = _telling(losses)
    if layer is None:
        return []
    taking_over = {loss.substitute for loss in losses if loss.layer == layer} - {None}
    was, now = _payers_by_outlet(before, layer), _payers_by_outlet(after, layer)
    return [
        Substitute(outlet, was.get(outlet, 0), now[outlet], after.offers[outlet].capacity)
        for outlet in sorted(one for one in taking_over if one is not None)
    ]


def _telling(losses: Iterable[Loss]) -> Layer | None:
    """The layer, whatever the hour and with steps, that tells who goes where."""
    people: dict[Layer, int] = {}
    for loss in losses:
        if loss.layer.hour is None and not loss.layer.step_free:
            people[loss.layer] = people.get(loss.layer, 0) + sum(loss.people)
    if ANYTHING in people:
        return ANYTHING
    return max(people, key=lambda layer: (people[layer], layer.kind or ""), default=None)


def _payers_by_outlet(coverage: Coverage, layer: Layer) -> dict[int, int]:
    """Payers by the outlet that is nearest to them in a layer."""
    pairs = coverage.nearest_pairs(layer)
    here = pairs != coverage.reach.none
    counted = np.bincount(
        coverage.reach.outlet[pairs[here]], weights=coverage.reach.payers[here],
        minlength=len(coverage.reach.outlets),
    ).astype(np.int64)  # fmt: skip
    return dict(zip(coverage.reach.outlets, counted.tolist(), strict=True))
