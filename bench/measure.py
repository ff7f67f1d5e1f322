"""Measuring side by side: ours and a yardstick in turns, so that a noisy machine harms both."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles

from msgspec import Struct

PAIRS_LEAST = 5
SECONDS_LEAST = 20
"""Fewer pairs or shorter turns are for trying the bench; what is published has these at least."""


class Spread(Struct, frozen=True):
    """A median and the range that holds the middle half."""

    median: float
    low: float
    high: float

    @property
    def iqr(self) -> float:
        """The width of that range."""
        return self.high - self.low


def spread(values: Sequence[float]) -> Spread:
    """The median and the quartiles of what was measured."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return Spread(median(values), low, high)


class Pair(Struct, frozen=True):
    """What a yardstick and ours did in one turn each, one after the other."""

    yardstick: float
    ours: float

    @property
    def ratio(self) -> float:
        """Ours in terms of the yardstick."""
        return self.ours / self.yardstick


def in_turns(pairs: int, yardstick: Callable[[], float], ours: Callable[[], float]) -> list[Pair]:
    """So many turns of both; which goes first changes from turn to turn."""
    done = []
    for turn in range(pairs):
        if turn % 2:
            mine, theirs = ours(), yardstick()
        else:
            theirs, mine = yardstick(), ours()
        done.append(Pair(theirs, mine))
    return done
