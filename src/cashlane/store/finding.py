"""Finding payments, bills and baskets by the names that people hold in their hands.

Whatever was found, a payment is then read by its own id, which carries bucket and date.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from cashlane.core.chart import Limited
from cashlane.core.network import Outlet
from cashlane.core.payment import IN_DOUBT, State
from cashlane.core.record import AskKind, ErrandKind, Verdict, VisitRow
from cashlane.store.claims import HELD
from cashlane.store.connect import Pool, transaction
from cashlane.store.pulse import CARRYING
from cashlane.store.shelf import Shelf, Shelved
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS, payment_home

_SQL = statements("finding.sql")
_EVERY = list(range(BUCKETS))


class Listed(Struct, frozen=True):
    """A payment in a list; amounts in minor units."""

    id: UUID
    business_date: date
    accepted_at: datetime
    outlet: int
    till: int
    biller: int
    route: int
    receipt: int
    state: State
    contradicted: bool
    amount: int
    cash_due: int
    account: str
    visit: UUID | None
    archived: bool = False


class Doubtful(Struct, frozen=True):
    """A payment in doubt: how often its route was asked, and when work on it is due next."""

    payment: Listed
    asked: int
    due_at: datetime


class Decided(Struct, frozen=True):
    """What was decided under a key."""

    outlet: int
    key: UUID
    kind: AskKind
    verdict: Verdict
    payment: UUID | None
    business_date: date
    asked_at: datetime
    actor: str
    detail: str | None
    hold: UUID | None


class BillClaim(Struct, frozen=True):
    """How a bill stands in the network. `paid_total` in minor units."""

    state: int
    outlet: int
    till: int
    until: datetime | None
    hold: UUID | None
    payment: UUID | None
    paid_at: datetime | None
    paid_total: int


class FiledBill(Struct, frozen=True):
    """A bill of a biller's file; `amount` in minor units."""

    account: str
    period: str
    amount: int
    due_on: date | None
    customer: str
    file: str


class ShiftSeen(Struct, frozen=True):
    """A till's shift and who opened it; None where a machine did."""

    till: int
    number: int
    cashier: UUID | None
    login: str | None
    opened_at: datetime
    closed_at: datetime | None


class Drawer(Struct, frozen=True):
    """The cash in an outlet and its bound, in minor units."""

    balance: int
    most: int


class Finding:
    """Reads as the watching role; archived payments by their ids and papers, from files."""

    def __init__(self, pool: Pool, shelf: Shelf) -> None:
        self._pool = pool
        self._shelf = shelf

    async def listed(self, payments: Sequence[UUID]) -> list[Listed]:
        """Payments by their ids, newest first; what does not exist is left out.

        Raises AwayError where one is archived and cannot be read.
        """
        homes = [payment_home(one) for one in payments]
        values = {
            "buckets": [bucket for bucket, _ in homes],
            "days": [day for _, day in homes],
            "ids": list(payments),
        }
        live = [_listed(row) for row in await self._rows("listed", values)]
        missing = set(payments) - {one.id for one in live}
        shelved = [await self._shelf.payment(ident) for ident in missing]
        old = [_shelved(one) for one in shelved if one is not None]
        return sorted([*live, *old], key=lambda one: one.id, reverse=True)

    async def by_receipt(self, outlet: Outlet, day: date, number: int) -> list[UUID]:
        """The payment of a number on paper. Raises AwayError likewise."""
        place = {"bucket": outlet.bucket, "outlet": outlet.number, "day": day}
        found = await self._ids("receipt", place | {"receipt": number})
        if found:
            return found
        old = await self._shelf.receipt(outlet.bucket, outlet=outlet.number, day=day, number=number)
        return [] if old is None else [old.payment.id]

    async def by_key(self, key: UUID, *, most: int) -> list[Decided]:
        """What was decided under a caller's key, at any outlet."""
        return [decided(row) for row in await self._rows("key", {"key": key, "most": most})]

    async def by_hold(self, hold: UUID, *, most: int) -> list[Decided]:
        """What was decided about a hold."""
        values = {"every": _EVERY, "hold": hold, "most": most}
        return [decided(row) for row in await self._rows("hold", values)]

    async def held_under(self, hold: UUID) -> list[tuple[int, str]]:
        """Biller and bill that are held under this hold now."""
        rows = await self._rows("held", {"every": _EVERY, "hold": hold, "held": HELD})
        return [(biller, ref) for biller, ref in rows]

    async def visit(self, visit: UUID) -> VisitRow | None:
        """A basket by its id."""
        rows = await self._rows("visit", {"visit": visit})
        return VisitRow(*rows[0]) if rows else None

    async def of_visit(self, visit: VisitRow, *, most: int) -> list[UUID]:
        """A basket's payments. Raises AwayError likewise."""
        place = {"bucket": visit.bucket, "outlet": visit.outlet, "day": visit.business_date}
        found = await self._ids("of_visit", place | {"visit": visit.id, "most": most})
        if found:
            return found
        old = await self._shelf.of_outlet(
            visit.bucket, outlet=visit.outlet, day=visit.business_date
        )
        return sorted(one.payment.id for one in old if one.payment.visit == visit.id)[:most]

    async def by_account(self, account: str, *, biller: int, most: int) -> list[UUID]:
        """The latest payments on an account number; of any biller where it is 0."""
        values = {"every": _EVERY, "account": account, "biller": biller, "most": most}
        return await self._ids("account", values)

    async def claim(self, bucket: int, biller: int, ref: str) -> BillClaim | None:
        """How a bill stands; None where nobody ever held it."""
        rows = await self._rows("claim", {"bucket": bucket, "biller": biller, "ref": ref})
        return BillClaim(*rows[0]) if rows else None

    async def filed(self, biller: int, ref: str) -> FiledBill | None:
        """A bill as its biller's last file has it."""
        rows = await self._rows("filed", {"biller": biller, "ref": ref})
        return FiledBill(*rows[0]) if rows else None

    async def of_outlet(self, outlet: Outlet, day: date, *, below: int, most: int) -> list[UUID]:
        """An outlet's payments of a day with receipt numbers below one, newest first.

        Raises AwayError likewise.
        """
        place = {"bucket": outlet.bucket, "outlet": outlet.number, "day": day}
        found = await self._ids("outlet", place | {"below": below, "most": most})
        if found:
            return found
        old = [one.payment for one in await self._of_day(outlet, day)]
        return [one.id for one in reversed(old) if one.receipt < below][:most]

    async def outlet_tally(self, outlet: Outlet, day: date) -> Mapping[State, tuple[int, int]]:
        """Count and cash of an outlet's day, by state."""
        place = {"bucket": outlet.bucket, "outlet": outlet.number, "day": day}
        rows = await self._rows("outlet_tally", place)
        if rows:
            return {State(state): (count, cash) for state, count, cash in rows}
        tally: dict[State, tuple[int, int]] = {}
        for one in await self._of_day(outlet, day):
            count, cash = tally.get(one.payment.state, (0, 0))
            tally[one.payment.state] = (count + 1, cash + one.payment.cash_due)
        return dict(sorted(tally.items()))

    async def _of_day(self, outlet: Outlet, day: date) -> list[Shelved]:
        return await self._shelf.of_outlet(outlet.bucket, outlet=outlet.number, day=day)

    async def shifts(
        self, outlet: Outlet, tills: Sequence[int], day: date, *, most: int
    ) -> list[ShiftSeen]:
        """An outlet's shifts of a day, in the order of their beginning."""
        place = {"bucket": outlet.bucket, "tills": list(tills), "day": day, "most": most}
        return [ShiftSeen(*row) for row in await self._rows("shifts", place)]

    async def drawer(self, outlet: Outlet) -> Drawer | None:
        """The cash that lies in an outlet."""
        place = {"bucket": outlet.bucket, "outlet": outlet.number, "kind": Limited.DRAWER}
        rows = await self._rows("drawer", place)
        return Drawer(*rows[0]) if rows else None

    async def doubts(self, *, after: UUID, biller: int, route: int, most: int) -> list[Doubtful]:
        """Payments in doubt, oldest first, from behind an id; of all where a number is 0."""
        values = {
            "every": _EVERY, "kinds": list(CARRYING), "states": sorted(IN_DOUBT),
            "enquire": ErrandKind.ENQUIRE, "after": after, "biller": biller, "route": route,
            "most": most,
        }  # fmt: skip
        rows = await self._rows("doubts", values)
        return [Doubtful(_listed(row[:-2]), row[-2] or 0, row[-1]) for row in rows]

    async def _ids(self, name: str, values: dict[str, Any]) -> list[UUID]:
        return [ident for (ident,) in await self._rows(name, values)]

    async def _rows(self, name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        async with transaction(self._pool) as work:
            return await (await work.execute(_SQL[name], values, prepare=True)).fetchall()


def _listed(row: tuple[Any, ...]) -> Listed:
    values = list(row)
    values[8] = State(values[8])
    return Listed(*values)


def _shelved(one: Shelved) -> Listed:
    row = one.payment
    return Listed(
        row.id, row.business_date, row.accepted_at, row.outlet, row.till, row.biller, row.route,
        row.receipt, row.state, one.contradicted, row.amount, row.cash_due, row.account, row.visit,
        archived=True,
    )  # fmt: skip


def decided(row: tuple[Any, ...]) -> Decided:
    """A row of asks, in the order in which the statements name its columns."""
    outlet, key, kind, verdict, *rest = row
    return Decided(outlet, key, AskKind(kind), Verdict(verdict), *rest)
