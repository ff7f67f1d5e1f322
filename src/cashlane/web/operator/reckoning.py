"""The network's own volumes, and the sums of a scenario: counted at rests, worked out beside the
loop that takes payments."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cashlane.core.agreed_fee import with_agreed_fee
from cashlane.core.clock import Clock
from cashlane.core.closing import Closing, Sum, closing, neediest, sums
from cashlane.core.economic_figures import Figure
from cashlane.core.economics import Account
from cashlane.core.network import Network
from cashlane.core.programme import EMPTY, NO_WORK, Book, Work, work_of
from cashlane.core.scenario import (
    KIND_NAMES,
    Counter,
    Kind,
    Scenario,
    Taken,
    accounts,
    last_full_month,
    measured,
)
from cashlane.store.connect import Lost
from cashlane.store.volumes import Volumes
from cashlane.web.shared.resting import Resting

COUNTED_LEAST_S = 3_600.0
"""A month that is over changes no more; a network's first full month is known within an hour."""
TOLD_LEAST_S = 10.0
"""A list of programmes or of who came is in the sums within this time."""


class Month(Struct, frozen=True):
    """A month's payments by outlet."""

    first: date
    taken: Mapping[int, Taken]


class Counters(Struct, frozen=True):
    """The outlets that take cash, and the figures that each kind of them begins with. `month` is
    the one whose payments were counted; None where they are assumed. `told` is the month whose
    visits to programmes are in it, None where nobody told of any; `synthetic` where these are made
    up."""

    rows: Sequence[Counter]
    starts: Mapping[Kind, Mapping[str, Figure]]
    month: date | None
    told: date | None
    synthetic: bool


class Outcome(Struct, frozen=True):
    """What a scenario comes to. `order`: the outlets by what they lose."""

    accounts: Mapping[int, Account]
    closing: Closing
    kinds: Mapping[Kind, Sum]
    agents: Mapping[int, Sum]
    order: Sequence[int]


class Reckoning:
    """Works out scenarios, one at a time: however many people slide, counters come first."""

    def __init__(
        self, volumes: Volumes, book: Callable[[], Awaitable[Book]],
        network: Callable[[], Network], clock: Clock,
    ) -> None:  # fmt: skip
        self._volumes, self._network, self._clock = volumes, network, clock
        self._book = Resting(book, clock.elapsed, least_s=TOLD_LEAST_S)
        self._months = Resting(self._count, clock.elapsed, least_s=COUNTED_LEAST_S)
        self._one = asyncio.Lock()

    async def counters(self) -> Counters:
        """The network's outlets as they stand now, with the latest full month that was counted."""
        network, month, book = self._network(), await self._months.latest(), await self._told()
        today = network.local(self._clock.now()).date()
        return _counters(network, month, book, work_of(book, today))

    async def _told(self) -> Book:
        """Nothing of programmes where it could not be read in time; the page says so."""
        try:
            return await self._book.latest()
        except Lost:
            return EMPTY

    async def outcomes(self, counters: Counters, scenarios: Sequence[Scenario]) -> list[Outcome]:
        """What each scenario comes to."""
        network = self._network()
        async with self._one:
            return await asyncio.to_thread(
                lambda: [_outcome(network, counters, one) for one in scenarios]
            )

    async def _count(self) -> Month | None:
        """None where no month is full yet, was archived, or could not be counted in time: then
        payments are assumed, and the page says so."""
        try:
            span = await self._volumes.span()
            month = last_full_month(*span) if span else None
            taken = await self._volumes.taken(*month) if month else {}
        except Lost:
            return None
        return Month(month[0], taken) if month and taken else None


def _counters(
    network: Network, month: Month | None, book: Book, works: Mapping[int, Work]
) -> Counters:
    rows, taken = [], dict[Kind, list[Taken]]()
    for number, outlet in sorted(network.outlets.items()):
        kind = network.agents[outlet.agent].kind
        if outlet.suspended:
            continue
        own = month.taken.get(number, Taken(0, 0)) if month else None
        counted = own.payments if own else None
        rows.append(Counter(number, kind, counted, works.get(number, NO_WORK)))
        taken.setdefault(kind, []).extend([own] if own else [])
    starts = {
        kind: with_agreed_fee(
            measured(kind, taken[kind], month.first if month else date.min), network, kind
        )
        for kind in KIND_NAMES
        if kind in taken
    }
    counted_in, told_of = month.first if month else None, book.month if works else None
    return Counters(rows, starts, counted_in, told_of, book.synthetic)


def _outcome(network: Network, counters: Counters, scenario: Scenario) -> Outcome:
    found = accounts(counters.rows, scenario)
    kinds = {row.outlet: row.kind for row in counters.rows}
    agents = {outlet: network.outlets[outlet].agent for outlet in found}
    return Outcome(found, closing(found), sums(found, kinds), sums(found, agents), neediest(found))
