"""The timetable of misfortune: deaths and standstills at labelled steps, outages, wrong clocks."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from cashlane.switch.steps import LABELS
from tests.simulation.faults import Faults, Span
from tests.simulation.kernel import PROCESS, Died, Process

SAFETY_S = 1_500.0
"""So long faults happen; citizens come in the first two thirds of it."""
RARE = ("sweep:lapsed", "sweep:burnt", "sweep:freed", "sweep:marked")
LABELS_A_SEED = 11
OFTEN_MOST = 40
STANDS_AT = {
    "send:answered": (8, 10.0), "chase:answered": (8, 10.0), "hear:written": (3, 0.0),
    "mark:leased": (3, 0.0), "send:leased": (2, 0.0),
}  # fmt: skip
"""How often a program may stand still at a step, and how much longer than elsewhere. With an answer
in its hands it does so until another has asked for itself."""


class Deaths:
    """Orders programs to die at the n-th passing of labelled steps."""

    def __init__(self, faults: Faults, draw: Random, after: Callable[[Process], None]) -> None:
        self._faults = faults
        self._after = after
        self._passed: Counter[str] = Counter()
        self.at: Counter[str] = Counter()
        often = [label for label in LABELS if label not in RARE]
        chosen = [*draw.sample(often, LABELS_A_SEED), *draw.sample(RARE[:3], 2), RARE[3]]
        self._orders = {
            label: 1 if label in RARE else draw.randint(1, OFTEN_MOST) for label in chosen
        }
        self._stops = {
            (label, draw.randint(1, OFTEN_MOST)): draw.uniform(10, 60) + more_s
            for label, (times, more_s) in STANDS_AT.items() for _ in range(times)
        }  # fmt: skip

    def step(self, label: str) -> None:
        """A step is passed - or the program dies here."""
        self._passed[label] += 1
        stop_s = self._stops.get((label, self._passed[label]))
        if stop_s is not None and self._faults.has["pause"]:
            self._stand_still(label, stop_s)
        if self._orders.get(label) != self._passed[label] or not self._faults.has["crash"]:
            return
        process = PROCESS.get()
        if process is None or not self._faults.happens("crash"):
            return
        self.at[label] += 1
        process.tell(f"dies at {label}")
        process.die()
        self._after(process)
        raise Died(label)

    def _stand_still(self, label: str, seconds: float) -> None:
        """What is known here is written down only when others have found out for themselves."""
        process = PROCESS.get()
        if process is not None and self._faults.happens("pause"):
            process.stand_still(seconds)
            process.tell(f"stands still at {label} for {seconds:.0f} s")


def plan_spans(faults: Faults, draw: Random, routes: int) -> None:
    """Outages of this seed, each from a moment to another."""
    for route in range(1, routes + 1):
        for what, name, most in (
            (f"cut-there:{route}", "partition", 120), (f"cut-back:{route}", "partition", 120),
            (f"clog:{route}", "clog", 60), (f"route-down:{route}", "route-down", 400),
        ):  # fmt: skip
            since, length = draw.uniform(20, SAFETY_S * 0.8), draw.uniform(5, most)
            if draw.random() < 0.5:
                faults.plan(name, Span(since, since + length, what))
    for _ in range(draw.randint(1, 3)):
        since = draw.uniform(20, SAFETY_S * 0.8)
        faults.plan("store-away", Span(since, since + draw.uniform(1, 40), "store-away"))


LONG_MOST_S = 7_200.0
"""So long a way may be away: well into the calm."""


def plan_outages(faults: Faults, draw: Random, routes: Sequence[int]) -> None:
    """Ways fall silent, shut their doors or are gone: mostly for minutes, sometimes for hours."""
    for what, name in (("silent", "silent"), ("shut", "shut"), ("route-down", "long-down")):
        for route in draw.sample(routes, 2):
            since, minutes = draw.uniform(20, SAFETY_S * 0.3), draw.uniform(120, 700)
            length = draw.uniform(700, LONG_MOST_S) if draw.random() < 0.2 else minutes
            faults.plan(name, Span(since, since + length, f"{what}:{route}", lasting=True))


class Walls:
    """How far each program's wall is out of true."""

    def __init__(self, faults: Faults, draw: Random, names: tuple[str, ...]) -> None:
        self._faults = faults
        self._jumps: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
        self._drift = {name: draw.uniform(-1e-4, 1e-4) for name in names}
        if not faults.has["clock"]:
            return
        for name in names:
            for _ in range(draw.randint(1, 6)):
                since = draw.uniform(0, SAFETY_S * 0.8)
                far = draw.choice((1.0, 30.0, 400.0, 3_600.0, 86_400.0))
                if faults.happens("clock"):
                    until = since + draw.uniform(10, 400)
                    self._jumps[name].append((since, until, draw.choice((-far, far, far))))

    def offset_of(self, name: str) -> Callable[[float], float]:
        """Seconds to add to the truth, by the moment; none in the calm."""
        faults, drift, jumps = self._faults, self._drift[name], self._jumps[name]

        def offset(now: float) -> float:
            if not faults.on:
                return 0.0
            # One jump at a time, the last one planned: two of a day would be a week before long.
            far = [far for since, until, far in jumps if since <= now < until]
            return now * drift + (far[-1] if far else 0.0)

        return offset
