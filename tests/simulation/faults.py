"""What may go wrong, drawn anew for each seed: some classes not at all, others badly.

Every draw is made whether or not its class is left out, so that leaving one out shifts nothing.
"""

from collections import Counter
from collections.abc import Callable
from random import Random

from msgspec import Struct

from tests.simulation.chance import Chance

RATES: dict[str, tuple[float, float]] = {
    "loss": (0.0, 0.30),
    "answer-lost": (0.0, 0.30),
    "duplicate": (0.0, 0.50),
    "delay": (0.0, 0.40),
    "refused": (0.0, 0.30),
    "corrupt": (0.0, 0.01),
    "forward": (0.0, 0.15),
    "line-loss": (0.0, 0.10),
    "line-answer-lost": (0.0, 0.10),
    "line-duplicate": (0.0, 0.20),
    "line-delay": (0.0, 0.20),
    "desk": (0.0, 0.10),
    "commit-unanswered": (0.0, 0.35),
    "commit-undone": (0.0, 0.02),
    "commit-unserialised": (0.0, 0.05),
    "slow-store": (0.0, 0.05),
}
"""Classes that are drawn message by message, and between which rates a seed puts them."""
EVENTS: dict[str, float] = {
    "partition": 0.4,
    "clog": 0.4,
    "route-down": 0.3,
    "silent": 0.35,
    "shut": 0.5,
    "long-down": 0.25,
    "store-away": 0.4,
    "crash": 0.85,
    "kill": 0.5,
    "pause": 0.5,
    "till-crash": 0.5,
    "clock": 0.6,
    "memory-loss": 0.4,
    "mark-stuck": 0.3,
    "midnight": 0.3,
    "elsewhere": 0.5,
    "double-scan": 0.6,
    "wrong-amount": 0.5,
    "impatient": 0.6,
    "thief": 0.4,
    "walk-away": 0.7,
    "fetches-cash": 0.5,
    "changes-mind": 0.7,
    "blocked-bill": 0.7,
    "shared-bill": 0.6,
}
"""Classes that come as single events or kinds of people, and how many seeds have them."""
CLASSES = (*RATES, *EVENTS)
WITHOUT = 0.25
"""The share of seeds that are spared a class of RATES: a fault alone shows what many hide."""


class Span(Struct, frozen=True):
    """A time in which something is so, in virtual seconds; `lasting` goes on into the calm."""

    since: float
    until: float
    what: str
    lasting: bool = False


class Faults:
    """The weather of one seed."""

    def __init__(self, chance: Chance, *, dropped: frozenset[str], most: int) -> None:
        draw = chance.of("weather")
        self.rates: dict[str, float] = {}
        for name, (least, top) in RATES.items():
            spared, rate = draw.random() < WITHOUT, least + draw.random() ** 2 * (top - least)
            self.rates[name] = 0.0 if spared or name in dropped else rate
        self.has = {
            name: draw.random() < share and name not in dropped for name, share in EVENTS.items()
        }
        self._most = most
        self.on = True
        self.count = 0
        self.seen: Counter[str] = Counter()
        self._by_what: dict[str, list[Span]] = {}

    def hits(self, name: str, draw: Random) -> bool:
        """Whether a fault of this class happens to this message."""
        hit = draw.random() < self.rates[name]
        return hit and self.happens(name)

    def happens(self, name: str) -> bool:
        """Note that a fault happens; False where faults are over, or enough have happened."""
        if not self.on or self.count >= self._most:
            return False
        self.count += 1
        self.seen[name] += 1
        return True

    def plan(self, name: str, span: Span) -> None:
        """Something is so from one moment to another, where this seed has such things."""
        if self.has[name] and self.happens(name):
            self._by_what.setdefault(span.what, []).append(span)

    def knows(self, what: str) -> bool:
        """Whether there is any such time in this seed."""
        return what in self._by_what

    def during(self, what: str, now: float) -> Span | None:
        """The span of this kind that lies over this moment."""
        for span in self._by_what.get(what, ()):
            if span.since <= now < span.until and (self.on or span.lasting):
                return span
        return None


class ServerFaults:
    """What goes wrong with the store."""

    def __init__(self, faults: Faults, time: Callable[[], float], draw: Random) -> None:
        self._faults = faults
        self._time = time
        self._draw = draw

    def away(self) -> bool:
        """Nobody can reach it."""
        faults = self._faults
        if not faults.knows("store-away") or faults.during("store-away", self._time()) is None:
            return False
        return faults.happens("store-away")

    def fate(self) -> str:
        """What becomes of a commit."""
        faults, draw = self._faults, self._draw
        if faults.hits("commit-unanswered", draw):
            return "unanswered"
        if faults.hits("commit-undone", draw):
            return "undone"
        return "unserialised" if faults.hits("commit-unserialised", draw) else "kept"

    def trip_s(self) -> float:
        """How long a message to it takes now: a millisecond, or too long."""
        if self._faults.hits("slow-store", self._draw):
            return self._draw.random() * 3.0
        return 0.0002 + self._draw.random() * 0.002
