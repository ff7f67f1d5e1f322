"""Two stores side by side: a real PostgreSQL and the simulated one, given the same operations.

What either answers, and what is stored in the end, must be the same; else the simulation would
prove nothing about the street.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import psycopg
from msgspec import structs

from cashlane.core.chart import Limited
from cashlane.core.known import Loaded, Wanted
from cashlane.core.life import PaymentLife
from cashlane.core.network import Network
from cashlane.core.record import Record
from cashlane.store.claims import Claims
from cashlane.store.connect import DayNotOpen, Lost, Moved, Pool
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.store.routes import Routes
from cashlane.values.ids import Ids
from tests.simulation.books import SimBooks, SimClaims, SimErrands
from tests.simulation.chance import Chance
from tests.simulation.kernel import Kernel
from tests.simulation.server import Server
from tests.simulation.tables import Defect, LimitRow, Tables
from tests.simulation.ways import SimWays

WORDS = {Moved: "moved", DayNotOpen: "day not open", Lost: "lost"}
MONEY = (
    "asks", "visits", "shifts", "payments", "facts", "postings", "errands", "claims", "batches",
    "business_days", "route_changes", "route_health",
)  # fmt: skip


class Calm:
    """A server that nothing happens to."""

    def away(self) -> bool:
        return False

    def fate(self) -> str:
        return "kept"

    def trip_s(self) -> float:
        return 0.001


class Twin:
    """Does each operation on both stores, and compares what they say."""

    def __init__(self, pool: Pool, network: Network, zero_day: date) -> None:
        self.kernel = Kernel()
        self.tables = Tables(network)
        for outlet in network.outlets.values():
            self.tables.limits[outlet.bucket, int(Limited.DRAWER), outlet.number] = LimitRow(
                0, outlet.drawer_most, zero_day, 0
            )
        server = Server(self.kernel, self.tables, Calm(), Chance(0).of("twin"))
        self._real = (Books(pool), Errands(pool), Claims(pool))
        self._sim = (SimBooks(server), SimErrands(server), SimClaims(server))
        self._ways = (Routes(pool), SimWays(server))
        self.differences: list[str] = []

    async def same(self, what: str, act: Callable[[Any, Any, Any], Awaitable[Any]]) -> Any:
        """Do it on both; the answer of the real one."""
        real = await _said(act(*self._real))
        return self._compared(what, real, self._simulated(_said(act(*self._sim))))

    async def same_ways(self, what: str, act: Callable[[Any], Awaitable[Any]]) -> Any:
        """The same for what is kept about ways."""
        real, sim = self._ways
        return self._compared(what, await _said(act(real)), self._simulated(_said(act(sim))))

    def _compared(self, what: str, real: Any, found: Any) -> Any:
        if _plain(real) != _plain(found):
            self.differences.append(f"{what}:\n  real {_plain(real)}\n  sim  {_plain(found)}")
        return real

    def _simulated(self, work: Awaitable[Any]) -> Any:
        task: asyncio.Future[Any] = self.kernel.create_task(work)
        self.kernel.run(until=float("inf"), over=task.done)
        return task.result()

    async def write(
        self, what: str, wanted: Wanted, decide: Callable[[Loaded], Record], now: datetime,
        ids: Ids, *, keep: bool = True,
    ) -> Any:  # fmt: skip
        """Load, decide and record, as one transaction of each; `keep` False rolls it back."""
        records: list[Record] = []

        async def unit(books: Any, _errands: Any, _claims: Any) -> Any:
            async with books.unit() as unit:
                loaded = await unit.load_known(wanted)
                seen = _plain(loaded)
                if not records:
                    records.append(decide(loaded))
                await unit.record(structs.replace(records[0]), batch=ids.fresh(now), now=now)
                if not keep:
                    raise _Undone
            return seen

        await self.same(what, unit)
        return records[0] if records else None


class _Undone(Exception):
    """A transaction is given up on purpose."""


async def _said(work: Awaitable[Any]) -> Any:
    """The answer, or the kind of trouble."""
    try:
        return await work
    except (Moved, DayNotOpen, Lost) as error:
        return WORDS[type(error)]
    except (psycopg.Error, Defect):
        return "defect"
    except _Undone:
        return "undone"


def _plain(answer: Any) -> Any:
    """Answers without the order that no statement promises."""
    match answer:
        case Loaded():
            return [
                answer.day, sorted(answer.asks.items(), key=str), sorted(map(str, answer.holds)),
                sorted(answer.books.items()), sorted(answer.shifts.items(), key=str),
                sorted((_plain(life) for life in answer.lives.values()), key=str),
                sorted(answer.visits), sorted(answer.errands),
            ]  # fmt: skip
        case PaymentLife():
            return [answer.payment, sorted(answer.facts, key=str)]
        case list() | tuple():
            return sorted(map(_plain, answer), key=str)
        case set() | frozenset():
            return sorted(answer)
        case dict():
            return sorted(((key, _plain(one)) for key, one in answer.items()), key=str)
    return answer


def real_rows(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """What the real store holds in the end."""
    return {name: sorted(connection.execute(query).fetchall(), key=str)
            for name, query in _ROWS.items()}  # fmt: skip


_ROWS = {
    "asks": "SELECT outlet, key, kind, verdict, hold, payment, business_date FROM asks",
    "payments": "SELECT id, business_date, state, posted, carried_by, receipt FROM payments",
    "contradicted": "SELECT id FROM payments WHERE contradicted",
    "facts": "SELECT payment, kind, route, attempt, business_date, detail FROM facts",
    "entries": "SELECT payment, line, business_date, account, party, amount FROM entries",
    "limits": "SELECT party, balance, receipts FROM limits",
    "errands": "SELECT id, kind, due_at, leased_until, count, subject FROM errands",
    "shifts": "SELECT till, business_date, number FROM shifts",
    "claims": "SELECT biller, bill_ref, state, hold, payment, paid_total, outlet, till, until"
    " FROM claims",
    "health": "SELECT route, biller, agent, condition, since, score, heard_at, relapses, proven_at"
    " FROM route_health",
    "changes": "SELECT route, biller, agent, at, before, after FROM route_changes",
    "days": "SELECT business_date, state = 'open' FROM business_days",
}


def simulated_rows(tables: Tables) -> dict[str, list[Any]]:
    """What the simulated store holds in the end, in the same words."""
    errands = [one for kind in tables.errands.values() for one in kind.values()]
    facts = [fact for one in tables.facts.values() for fact in one.values()]
    rows: dict[str, list[Any]] = {
        "asks": [(a.outlet, a.key, int(a.kind), int(a.verdict), a.hold, a.payment, a.business_date)
                 for a in tables.asks.values()],
        "payments": [(p.id, p.business_date, int(p.state), p.posted, p.carried_by, p.receipt)
                     for p in tables.payments.values()],
        "contradicted": [(ident,) for ident in tables.contradicted],
        "facts": [(f.payment, int(f.kind), f.route, f.attempt, f.business_date, f.detail)
                  for f in facts],
        "entries": [(e.payment, e.line, e.business_date, int(e.account), e.party, e.amount)
                    for e in tables.entries.values()],
        "limits": [(party, row.balance, row.receipts)
                   for (_, _, party), row in tables.limits.items()],
        "errands": [(e.row.id, int(e.row.kind), e.row.due_at, e.leased_until, e.row.count,
                     e.row.subject) for e in errands],
        "shifts": [(till, shift.business_date, shift.number)
                   for (_, till), found in tables.shifts.items() for shift in found],
        "claims": [(biller, ref, c.state, c.hold, c.payment, c.paid_total, c.outlet, c.till,
                    c.until) for (_, biller, ref), c in tables.claims.items()],
        "health": [(*structs.astuple(one.scope), int(one.condition), one.since, one.score,
                    one.heard_at, one.relapses, one.proven_at) for one in tables.health.values()],
        "changes": [(*structs.astuple(one.scope), one.at, int(one.before), int(one.after))
                    for one in tables.changes.values()],
        "days": list(tables.days.items()),
    }  # fmt: skip
    return {name: sorted(found, key=str) for name, found in rows.items()}
