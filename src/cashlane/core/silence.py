"""Silence: outlets that are enabled and take no cash. What stands on a list may have stopped long
ago without telling anybody, so that every count of outlets has two figures."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from cashlane.core.network import Outlet

LATELY_DAYS = 14
"""An outlet that took no cash for so long is enabled on paper only: even a quiet one sees somebody
in two weeks, by the reported mean of fourteen payments a day."""

Voice = Literal["off", "silent", "working"]


class Heard(Struct, frozen=True):
    """An outlet and the last business date on which it took cash; None where it never did.

    `alarmed`: its silence is a surprise by its own rate, whatever the date is.
    """

    outlet: Outlet
    last: date | None
    voice: Voice
    alarmed: bool


class Sum(Struct, frozen=True):
    """Outlets on record, enabled, and of those the ones that took cash lately."""

    outlets: int
    enabled: int
    took_cash: int

    @property
    def silent(self) -> int:
        """Enabled, and nobody paid there lately."""
        return self.enabled - self.took_cash


def heard(outlet: Outlet, last: date | None, on: date, *, alarmed: bool) -> Heard:
    """How an outlet stands on a business date; one with an alarm is not called working."""
    if outlet.suspended:
        return Heard(outlet, last, "off", alarmed=False)
    lately = last is not None and last > on - timedelta(days=LATELY_DAYS)
    return Heard(outlet, last, "working" if lately and not alarmed else "silent", alarmed)


def sums(outlets: Iterable[Heard]) -> Mapping[int, Sum]:
    """The two counts of each agent, by its number."""
    found: dict[int, tuple[int, int, int]] = {}
    for one in outlets:
        whole, enabled, cash = found.get(one.outlet.agent, (0, 0, 0))
        found[one.outlet.agent] = (
            whole + 1, enabled + (one.voice != "off"), cash + (one.voice == "working"),
        )  # fmt: skip
    return {agent: Sum(*counts) for agent, counts in sorted(found.items())}
