"""Making a failing run small: without this class of fault, without these citizens, fewer faults."""

from collections.abc import Callable

from msgspec import structs

from tests.simulation.faults import CLASSES
from tests.simulation.trial import Plan, simulate

RUNS_MOST = 250
Fails = Callable[[Plan], bool]


def kind_of(violation: str) -> str:
    """What rule a violation breaks, without its moment and names."""
    return violation.split()[1]


def same_fault(kinds: set[str]) -> Fails:
    """Whether a run breaks one of these rules."""
    return lambda plan: bool(kinds & {kind_of(one) for one in simulate(plan).violations})


class _Shrinking:
    """Tries smaller plans and keeps those that still fail."""

    def __init__(self, plan: Plan, fails: Fails) -> None:
        self.plan = plan
        self._fails = fails
        self._runs = 0

    def tries(self, plan: Plan) -> bool:
        """Keep this plan if it fails too."""
        if self._runs >= RUNS_MOST:
            return False
        self._runs += 1
        if not self._fails(plan):
            return False
        self.plan = plan
        return True

    def drop_classes(self) -> None:
        """Without each class of fault that is not needed."""
        for name in CLASSES:
            self.tries(structs.replace(self.plan, dropped=self.plan.dropped | {name}))

    def drop_citizens(self) -> None:
        """By halves, then quarters, and so on."""
        kept = sorted(self.plan.keep or range(1, self.plan.payments + 1))
        size = max(1, len(kept) // 2)
        while size >= 1:
            at = 0
            while at < len(kept):
                fewer = kept[:at] + kept[at + size :]
                if fewer and self.tries(structs.replace(self.plan, keep=frozenset(fewer))):
                    kept = fewer
                else:
                    at += size
            size //= 2

    def drop_events(self) -> None:
        """Only the first so many faults, found by bisection."""
        least, most = 0, simulate(self.plan).faults
        while least < most:
            middle = (least + most) // 2
            if self.tries(structs.replace(self.plan, faults_most=middle)):
                most = middle
            else:
                least = middle + 1
        self.tries(structs.replace(self.plan, faults_most=most))


def shrink(plan: Plan, fails: Fails) -> Plan:
    """The smallest plan found that still fails."""
    shrinking = _Shrinking(plan, fails)
    shrinking.drop_classes()
    shrinking.drop_citizens()
    shrinking.drop_events()
    return shrinking.plan
