"""A city's past: every row that payments accepted and confirmed on earlier days have left.

What a payment is worth to whom is said by the network's own rules, once for each sort of payment;
names, moments and counts are dealt out here, the same from the same seed.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from cashlane.core.bill import Bill, Biller
from cashlane.core.network import Network, Outlet
from cashlane.core.outlet import Permit, may_take
from cashlane.core.payment import FactKind, State
from cashlane.core.postings import Posting
from cashlane.core.quote import HOLD_MINUTES, Quote, price
from cashlane.core.record import AskKind, PaymentRow, PostingRow, Verdict, posting_row
from cashlane.core.routing import CLEAR
from cashlane.store.claims import PAID
from cashlane.switch.mark import claim_bucket
from cashlane.values.ids import Ids

OPENS, CLOSES = time(8), time(20)
"""Hours in which counters take cash."""
CUT = time(23, 30)
TOGETHER = 40
"""Payments that share a moment, as one batch of a busy hour does."""
UNTIL = timedelta(minutes=HOLD_MINUTES)
SENT_AFTER, CONFIRMED_AFTER = timedelta(milliseconds=60), timedelta(milliseconds=240)
AMOUNTS = tuple(range(101, 1_100, 25))
"""Bills in minor units: small, so that a year of them fits into one drawer that is never emptied;
odd, so that some are rounded to a coin."""
BILLS_EACH = 3
"""Bills that an account has had paid at the counter."""
PERIOD = "202109"
PAY, SEND, HEAR = "pay", "send", "hear"

COLUMNS = {
    "asks": "outlet, bucket, key, hash, hold, payment, payment_date, business_date, asked_at, kind,"
            " verdict, actor",
    "payments": "outlet, bucket, till, id, hold, receipt, business_date, bill_ref, account,"
                " accepted_at, state_at, shift, state, posted, stood_in, period, agent, biller,"
                " route, carried_by, owed, amount, cash_due, tendered, change, fee_schedule,"
                " fee_agent, fee_network, fee_route, rounding, carried, rounding_party,"
                " fee_by_biller",
    "facts": "bucket, payment, payment_date, business_date, happened_at, written_at, kind, attempt,"
             " route, source, detail",
    "postings": "bucket, till, shift, payment, business_date, kind, accounts, parties, amounts",
    "claims": "bucket, bill_ref, outlet, till, until, hold, payment, paid_at, parts, state, biller,"
              " paid_total",
    "shifts": "outlet, bucket, till, business_date, number, opened_at, closed_at",
    "batches": "bucket, rows, id, written_at, digest",
    "business_days": "business_date, state, opened_at, cut_at",
}  # fmt: skip
"""The tables that the past has rows in, and the order of a row's columns here: first what is each
payment's own, then what its sort has in common."""

Lines = dict[str, list[str]]
"""Rows by table, as COPY reads them."""


class Account(Struct):
    """What a drawer's row must say after all that was taken: cash, and the last receipt."""

    cash: int = 0
    day: date = date.min
    receipts: int = 0


class Sort(Struct, frozen=True):
    """Payments that differ in nothing but names and moments: the ends of their rows."""

    biller: int
    cash_due: int
    payment: str
    cash_in: str
    confirm: str
    sent: str
    confirmed: str
    claim: str
    amount: int


class Place(Struct, frozen=True):
    """A counter's house: where, in which bucket, its tills, and the sorts of payment it takes."""

    outlet: int
    bucket: int
    tills: tuple[int, ...]
    agent: str
    sorts: tuple[Sort, ...]


class Taken(Struct, frozen=True):
    """One payment's own names."""

    place: Place
    till: int
    sort: Sort
    id: str
    dashed: str
    hold: str
    key: str
    bill_ref: str
    account: str
    receipt: int


class Moments(Struct, frozen=True):
    """When payments were taken together, until when their bills were held, when they left and when
    their biller's word came: as COPY reads moments."""

    day: str
    taken: str
    until: str
    sent: str
    heard: str


class Past(Struct):
    """Deals out payments; `accounts` are what drawers have come to so far, by outlet."""

    network: Network
    places: Sequence[Place]
    ids: Ids
    chance: Random
    households: int
    accounts: dict[int, Account] = field(default_factory=dict)
    count: int = 0

    def day(self, day: date, payments: int) -> Iterator[Lines]:
        """One business day's rows, a share of them at a time; the day's own first."""
        opened, closed, cut = (self._at(day, hour) for hour in (OPENS, CLOSES, CUT))
        yield {"business_days": [f"{day}\tcut\t{opened}\t{cut}"]}
        moments = -(-payments // TOGETHER)
        seen: set[int] = set()
        for number in range(moments):
            together = min(TOGETHER, payments - number * TOGETHER)
            yield self._moment(
                day, opened + (closed - opened) * (number + 1) / (moments + 1), together, seen, cut
            )

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, ZoneInfo(self.network.zone)).astimezone(UTC)

    def _moment(self, day: date, now: datetime, count: int, seen: set[int], cut: datetime) -> Lines:
        """Payments that were taken together, sent together and confirmed together."""
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        at = Moments(
            str(day), str(now), str(now + UNTIL), str(now + SENT_AFTER), str(now + CONFIRMED_AFTER)
        )
        taken = [self._take(day, now) for _ in range(count)]
        lines = _rows(taken, at)
        new = {one.till: one.place for one in taken if one.till not in seen}
        seen |= set(new)
        lines["shifts"] = [
            f"{place.outlet}\t{place.bucket}\t{till}\t{day}\t1\t{at.taken}\t{cut}"
            for till, place in new.items()
        ]
        drawers = {one.place.outlet for one in taken}
        written = ((PAY, at.taken, 5 * count + len(new) + len(drawers)),
                   (SEND, at.sent, 4 * count), (HEAR, at.heard, 4 * count))  # fmt: skip
        home = taken[0].place.bucket
        lines["batches"] = [
            f"{home}\t{rows}\t{self.ids.fresh(now).hex}\t{moment}\t{_digest(what, lines)}"
            for what, moment, rows in written
        ]
        return lines

    def _take(self, day: date, now: datetime) -> Taken:
        chance, ids = self.chance, self.ids
        place = chance.choice(self.places)
        sort = chance.choice(place.sorts)
        drawer = self.accounts.setdefault(place.outlet, Account())
        drawer.receipts = drawer.receipts + 1 if drawer.day == day else 1
        drawer.day = day
        drawer.cash += sort.cash_due
        self.count += 1
        payment = ids.payment(now, business_date=day, bucket=place.bucket)
        account = f"{chance.randrange(self.households):012d}"
        return Taken(
            place, chance.choice(place.tills), sort, payment.hex, str(payment), ids.fresh(now).hex,
            ids.fresh(now).hex, f"{account}-{self.count:08d}", account, drawer.receipts,
        )  # fmt: skip


def _rows(taken: Sequence[Taken], at: Moments) -> Lines:
    """What each of them left."""
    asks, payments, facts, postings, claims = [], [], [], [], []
    day, now, told = at.day, at.taken, f"{at.day}\t{at.day}"
    sent, heard = f"{at.sent}\t{at.sent}", f"{at.heard}\t{at.heard}"
    for one in taken:
        place, sort, payment, till = one.place, one.sort, one.id, one.till
        home = f"{place.outlet}\t{place.bucket}"
        asks.append(
            f"{home}\t{one.key}\t{payment}\t{one.hold}\t{payment}\t{told}\t{now}"
            f"\t{_PAY}\t{_ACCEPTED}\t{place.agent}"
        )
        payments.append(
            f"{home}\t{till}\t{payment}\t{one.hold}\t{one.receipt}\t{day}\t{one.bill_ref}"
            f"\t{one.account}\t{now}\t{at.heard}{sort.payment}"
        )
        posted = f"{place.bucket}\t{till}\t1\t{payment}\t{day}"
        postings += (posted + sort.cash_in, posted + sort.confirm)
        known = f"{place.bucket}\t{payment}\t{told}"
        facts += (f"{known}\t{sent}{sort.sent}", f"{known}\t{heard}{sort.confirmed}")
        parts = f'{{"{one.dashed}": {sort.amount}}}'
        claims.append(
            f"{claim_bucket(sort.biller, one.bill_ref)}\t{one.bill_ref}\t{place.outlet}\t{till}"
            f"\t{at.until}\t{one.hold}\t{payment}\t{now}\t{parts}{sort.claim}"
        )
    return {"asks": asks, "payments": payments, "facts": facts, "postings": postings,
            "claims": claims}  # fmt: skip


_PAY, _ACCEPTED = int(AskKind.PAY), int(Verdict.ACCEPTED)


def _digest(what: str, lines: Lines) -> str:
    """Of the write's own rows, as a batch's digest is; in COPY's words for bytes."""
    parts = {PAY: ("asks", "payments"), SEND: ("facts",), HEAR: ("facts", "postings")}[what]
    digest = hashlib.sha256(what.encode())
    for table in parts:
        digest.update("\n".join(lines[table]).encode())
    return rf"\\x{digest.hexdigest()}"


# -- sorts ----------------------------------------------------------------------------------------


def past_of(network: Network, *, day: date, seed: int, households: int) -> Past:
    """A past that ends before a business day, nothing dealt out yet."""
    chance = Random(seed)
    noon = datetime.combine(day, time(12), ZoneInfo(network.zone))
    sorts: dict[int, tuple[Sort, ...]] = {}
    tills: dict[int, list[int]] = {}
    for till in network.tills.values():
        tills.setdefault(till.outlet, []).append(till.number)
    places = []
    for outlet in network.outlets.values():
        if outlet.agent not in sorts:
            sorts[outlet.agent] = tuple(_sorts(network, outlet, noon))
        code = network.agents[outlet.agent].code
        places.append(
            Place(outlet.number, outlet.bucket, tuple(tills[outlet.number]), f"{code} head office",
                  sorts[outlet.agent])
        )  # fmt: skip
    return Past(network, places, Ids(chance.getrandbits), chance, households)


def _sorts(network: Network, outlet: Outlet, now: datetime) -> Iterator[Sort]:
    """Every biller that this outlet's company may take money for, in every amount."""
    for biller in network.billers.values():
        permit = may_take(network, outlet, biller, now, CLEAR)
        if isinstance(permit, Permit):
            for amount in AMOUNTS:
                bill = Bill(biller.number, f"{amount}", "", PERIOD, amount, None, "")
                quote = price(network, biller, permit, bill, amount=amount, now=now)
                assert isinstance(quote, Quote), quote
                yield _sort(network, outlet, biller, quote, now)


def _sort(network: Network, outlet: Outlet, biller: Biller, quote: Quote, now: datetime) -> Sort:
    """One payment that the rules would make, and of its rows all that is not its own."""
    payment = _payment(outlet, quote, now)
    cash_in, confirm = (
        posting_row(payment, kind, on=now.date(), carried_by=payment.route, refunded_by=0)
        for kind in (Posting.CASH_IN, Posting.CONFIRM)
    )
    route = network.routes[payment.route].code
    return Sort(
        biller=biller.number,
        cash_due=payment.cash_due,
        payment=_line(
            payment.shift, int(payment.state), payment.posted, payment.stood_in, payment.period,
            payment.agent, payment.biller, payment.route, payment.carried_by, payment.owed,
            payment.amount, payment.cash_due, payment.tendered, payment.change,
            payment.fee_schedule, payment.fee_agent, payment.fee_network, payment.fee_route,
            payment.rounding, payment.carried, payment.rounding_party, payment.fee_by_biller,
        ),
        cash_in=_ledger(cash_in),
        confirm=_ledger(confirm),
        sent=_line(int(FactKind.SENT), 1, payment.route, "switch", None),
        confirmed=_line(int(FactKind.CONFIRMED), 1, payment.route, f"route:{route}", "t"),
        claim=_line(PAID, biller.number, payment.amount),
        amount=payment.amount,
    )  # fmt: skip


def _payment(outlet: Outlet, quote: Quote, now: datetime) -> PaymentRow:
    to_agent, to_network, to_route = quote.fee.parts
    return PaymentRow(
        bucket=outlet.bucket, business_date=now.date(), id=_NOBODY, outlet=outlet.number, till=0,
        shift=1, cashier=None, agent=outlet.agent, biller=quote.biller, bill_ref="", account="",
        period=quote.period, hold=_NOBODY, visit=None, owed=quote.owed, amount=quote.amount,
        fee_schedule=quote.fee.schedule, fee_by_biller=quote.fee.bearer == "biller",
        fee_agent=to_agent, fee_network=to_network, fee_route=to_route, cash_due=quote.cash_due,
        rounding=quote.rounding, rounding_party=quote.rounding_party, carried=quote.carried,
        tendered=quote.cash_due, change=0, receipt=1, route=quote.route, stood_in=False,
        state=State.CONFIRMED, posted=Posting.CASH_IN.bit | Posting.CONFIRM.bit, accepted_at=now,
        carried_by=quote.route,
    )  # fmt: skip


_NOBODY = UUID(int=0)


def _ledger(row: PostingRow) -> str:
    """The only place here that knows how the ledger keeps a posting."""
    return _line(int(row.kind), *(_array(one) for one in (row.accounts, row.parties, row.amounts)))


def _array(values: Iterable[int]) -> str:
    return f"{{{','.join(str(int(one)) for one in values)}}}"


def _line(*values: Any) -> str:
    """The end of a row, as COPY reads it."""
    return "".join("\t" + (_NULL if value is None else str(value)) for value in values)


_NULL = r"\N"
