"""The store as the rooms see it - books, errands, claims - over the simulated server.

Each class stands where its namesake of the real store stands; what they answer is compared with
a real PostgreSQL in test_parity.py.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from types import TracebackType
from uuid import UUID

from msgspec import structs

from cashlane.core.chart import Limited
from cashlane.core.known import Book, Loaded, Wanted
from cashlane.core.life import PaymentLife
from cashlane.core.network import Day
from cashlane.core.payment import Known
from cashlane.core.record import AskRow, ErrandKey, ErrandKind, ErrandRow, PaymentRow, Record
from cashlane.store.claims import Claim, Lapsed, Mark, Named, Standing
from tests.simulation.server import Server, Session
from tests.simulation.tables import Tables, written_rows


class SimBooks:
    """Stands for store.payments.Books."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def unit(self) -> "SimUnit":
        """One transaction."""
        return SimUnit(self._server)


class SimUnit:
    """Stands for store.payments.Unit."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tables = server.tables
        self._session: Session

    async def __aenter__(self) -> "SimUnit":
        self._session = self._server.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if kind is not None:
            self._server.forget(self._session)
        else:
            await self._server.commit(self._session)

    async def load_known(self, wanted: Wanted) -> Loaded:
        """Lock the business day, the limited accounts and the payments; then read the rest."""
        server, session = self._server, self._session
        await server.trip()
        server.share_day(session)
        await server.lock(session, (("limit", b, int(k), p) for b, k, p in _once(wanted.books)))
        await server.lock(session, (("payment", b, p.int) for b, _, p in _once(wanted.payments)))
        return self._read(wanted)

    def _read(self, wanted: Wanted) -> Loaded:
        tables = self._tables
        latest = tables.latest_day()
        loaded = Loaded(
            day=Day(latest, tables.days[latest]) if latest else Day(date.min, open=False),
            asks={}, holds={}, books=_books(tables, wanted), shifts=_shifts(tables, wanted),
            lives={}, visits={(o, v) for b, o, v in wanted.visits if (b, o, v) in tables.visits},
            errands={name[1] for name in wanted.errands if name in tables.kinds},
        )  # fmt: skip
        for row in _asks(tables, wanted):
            loaded.asks[row.outlet, row.key] = row
            if row.hold is not None:
                loaded.holds[row.hold] = row
        names = list(wanted.payments)
        for row in loaded.asks.values():
            if row.payment is not None and row.payment_date is not None:
                names.append((row.bucket, row.payment_date, row.payment))
        for name in _once(names):
            if name in tables.payments:
                loaded.lives[name[2]] = _life(tables, tables.payments[name])
        return loaded

    async def read_lives(self, wanted: Sequence[tuple[int, date, UUID]]) -> list[PaymentLife]:
        """Payments and their facts as they stand."""
        await self._server.trip()
        rows = self._tables.payments
        return [_life(self._tables, rows[name]) for name in _once(wanted) if name in rows]

    async def read_fixed(self, wanted: Sequence[tuple[int, date, UUID]]) -> dict[UUID, PaymentRow]:
        """Payments as they were fixed at their acceptance."""
        await self._server.trip()
        rows = self._tables.payments
        return {name[2]: rows[name] for name in wanted if name in rows}

    async def record(self, record: Record, *, batch: UUID, now: datetime) -> None:
        """Write a decision: all of it or nothing."""
        if record.is_empty():
            return
        await self._server.trip()
        self._server.share_day(self._session)
        await self._server.lock(self._session, written_rows(record))
        self._tables.check(record)
        self._session.staged.append(lambda: self._tables.apply(record))


def _once(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(set(rows)) if len(rows) > 1 else list(rows)


def _books(tables: Tables, wanted: Wanted) -> dict[tuple[Limited, int], Book]:
    found = {}
    for bucket, kind, party in wanted.books:
        row = tables.limits.get((bucket, kind, party))
        if row is not None:
            found[kind, party] = Book(bucket, row.balance, row.most, row.receipts_day, row.receipts)
    return found


def _shifts(tables: Tables, wanted: Wanted) -> dict:
    return {
        till: max(found, key=lambda shift: (shift.business_date, shift.number))
        for bucket, till in wanted.tills
        if (found := tables.shifts.get((bucket, till)))
    }


def _asks(tables: Tables, wanted: Wanted) -> list[AskRow]:
    by_key = [row for name in wanted.keys if (row := tables.asks.get(name)) is not None]
    by_hold = [row for name in wanted.holds if (row := tables.holds.get(name)) is not None]
    return by_key + by_hold


def _life(tables: Tables, row: PaymentRow) -> PaymentLife:
    facts = tables.facts.get(row.id, {})
    return PaymentLife(
        row,
        tuple(Known(one.kind, one.route, one.attempt, one.written_at) for one in facts.values()),
    )


class SimErrands:
    """Stands for store.errands.Errands."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tables = server.tables

    async def take(
        self, kinds: Sequence[ErrandKind], buckets: Sequence[int], *, now: datetime,
        lease: timedelta, most: int,
    ) -> list[ErrandRow]:  # fmt: skip
        """Lease due errands, passing over what others hold."""
        server = self._server
        if server.faults.away():
            await server.trip()
        found = list(self._tables.due(kinds, buckets, now, most, server.is_locked))
        rows = [errand.row for errand in found]
        if not rows:
            return []
        session = server.begin()
        try:
            await server.lock(session, (("errand", row.bucket, row.id.int) for row in rows))
        except BaseException:
            server.forget(session)
            raise

        def leased() -> None:
            for row in rows:
                self._tables.lease((row.bucket, row.id), until=now + lease)

        session.staged.append(leased)
        await server.commit(session)
        return rows

    async def finish(self, done: Sequence[ErrandKey]) -> None:
        """Delete errands that are done and wrote nothing into the books."""

        def drop() -> None:
            for one in done:
                self._tables.drop((one.bucket, one.id))

        await self._change(done, drop)

    async def put_off(self, errands: Sequence[ErrandKey], *, due_at: datetime) -> None:
        """Give errands back to be taken later."""

        def put() -> None:
            for one in errands:
                name = (one.bucket, one.id)
                errand = self._tables.errand(name)
                if errand is not None:
                    row = structs.replace(errand.row, due_at=due_at)
                    self._tables.give_back(name, until=None, row=row)

        await self._change(errands, put)

    async def try_later(self, errands: Sequence[ErrandKey], *, due_at: datetime) -> None:
        """Give errands back after a try that came to nothing; the try is counted."""

        def put() -> None:
            for one in errands:
                name = (one.bucket, one.id)
                errand = self._tables.errand(name)
                if errand is not None:
                    count = errand.row.count + 1
                    row = structs.replace(errand.row, due_at=due_at, count=count)
                    self._tables.give_back(name, until=None, row=row)

        await self._change(errands, put)

    async def release(self, errands: Sequence[ErrandKey], *, until: datetime) -> None:
        """Give errands back without losing their turn; nobody takes them before a moment."""

        def lease() -> None:
            for one in errands:
                name = (one.bucket, one.id)
                errand = self._tables.errand(name)
                if errand is not None:
                    self._tables.give_back(name, until=until, row=errand.row)

        await self._change(errands, lease)

    async def _change(self, names: Sequence[ErrandKey], change) -> None:
        if not names:
            return
        session = self._server.begin()
        try:
            await self._server.trip()
            rows = sorted({(one.bucket, one.id) for one in names})
            await self._server.lock(session, (("errand", b, e.int) for b, e in rows))
        except BaseException:
            self._server.forget(session)
            raise
        session.staged.append(change)
        await self._server.commit(session)

    async def waiting(self) -> list[tuple[ErrandKind, int, datetime]]:
        """How many errands wait by kind, and since when the oldest is due."""
        return [
            (kind, len(found), min(one.row.due_at for one in found.values()))
            for kind, found in self._tables.errands.items()
            if found
        ]


class SimClaims:
    """Stands for store.claims.Claims."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tables = server.tables

    async def hold(self, wanted: Sequence[Claim]) -> dict[tuple[int, str], Standing]:
        """Try to hold bills; answer how each stands afterwards."""
        first: dict[tuple[int, str], Claim] = {}
        for claim in wanted:
            first.setdefault((claim.biller, claim.bill_ref), claim)
        stand: dict[tuple[int, str], Standing] = {}

        def act() -> None:
            for claim in first.values():
                self._tables.hold(claim)
            stand.update(self._standing(list(first.values())))

        await self._act(list(first.values()), act)
        return stand

    async def mark_paid(self, marks: Sequence[Mark]) -> set[UUID]:
        """Mark bills as paid by the holders of their holds; answer the holds that were marked."""
        done: set[UUID] = set()
        await self._act(marks, lambda: done.update(self._tables.mark_paid(marks)))
        return done

    async def free(self, marks: Sequence[Mark]) -> set[UUID]:
        """Give bills back; answer the holds whose bill was let go."""
        let_go: set[UUID] = set()
        await self._act(marks, lambda: let_go.update(self._tables.free(marks)))
        return let_go

    async def _act(self, named: Sequence[Claim | Mark], act) -> None:
        """One statement of its own: its rows are locked, so that what it answers is kept so."""
        session = self._server.begin()
        try:
            await self._server.trip()
            rows = sorted({(one.bucket, one.biller, one.bill_ref) for one in named})
            await self._server.lock(session, (("claim", *row) for row in rows))
        except BaseException:
            self._server.forget(session)
            raise
        session.staged.append(act)
        await self._server.commit(session)

    async def lapsed(self, before: datetime, *, most: int) -> list[Lapsed]:
        """Holds whose time was over before a moment, oldest first."""
        if self._server.faults.away():
            await self._server.trip()
        found = [
            (row.until, Lapsed(*name, row.outlet, row.till, row.hold))
            for name, row in self._tables.held.items()
            if row.until is not None and row.hold is not None
            and row.until < before
        ]  # fmt: skip
        found.sort(key=lambda one: one[0])
        return [lapsed for _, lapsed in found[:most]]

    async def standing(self, wanted: Sequence[Named | Mark]) -> dict[tuple[int, str], Standing]:
        """How bills stand, without touching them."""
        await self._server.trip()
        return self._standing(wanted)

    def _standing(self, wanted: Sequence[Claim | Named | Mark]) -> dict[tuple[int, str], Standing]:
        found = {}
        for one in wanted:
            row = self._tables.claims.get((one.bucket, one.biller, one.bill_ref))
            if row is not None:
                found[one.biller, one.bill_ref] = Standing(
                    one.biller, one.bill_ref, row.state, row.outlet, row.till, row.until,
                    row.hold, row.payment, row.paid_at, frozenset(row.parts),
                )  # fmt: skip
        return found
