"""The judge of a storm: what tills were told, beside the network's books and the billers' own.

It shares nothing with the rules of the street; it looks at rows, and at what others have.
"""

import json
import urllib.request
from typing import Any
from uuid import UUID

from msgspec import Struct

from cashlane.core.payment import State
from cashlane.store.connect import connect
from cashlane.values.ids import spell
from tests.storms.processes import Storm

STANDS = (1, 2, 3, 4, 5, 6, 8)
"""States in which a bill's payment stands: nobody may pay the bill besides."""
UNDONE = frozenset({State.RETURNED, State.VOIDED, State.REFUNDED})
"""States in which the cash went back over the counter."""
SETTLE_S = 150.0
_PAYMENTS = """
SELECT a.key, p.id, p.biller, p.bill_ref, o.code, p.cash_due, p.amount, p.state
  FROM payments p JOIN outlets o ON o.number = p.outlet
  LEFT JOIN asks a ON a.bucket = p.bucket AND a.payment = p.id AND a.kind = 1 AND a.verdict = 1
"""
_CLAIMS = "SELECT biller, bill_ref, payment FROM claims WHERE state = 2"
_CASH = "SELECT coalesce(sum(balance), 0)::bigint FROM limits WHERE kind = 1"
_ENTERED = "SELECT coalesce(sum(amount), 0)::bigint FROM entries WHERE account = 1"


class Row(Struct, frozen=True):
    """A payment of ours, with the key it was asked for under."""

    key: UUID | None
    id: UUID
    biller: int
    bill_ref: str
    outlet: str
    cash: int
    amount: int
    state: int

    @property
    def name(self) -> str:
        """As it is told."""
        return spell("pay", self.id)


class Judgement(Struct):
    """What came of a storm. Nothing lost, nothing doubled, no other fault: it was weathered."""

    acknowledged: int
    lost: list[str]
    doubled: list[str]
    others: list[str]
    cash_told: int
    cash_booked: int

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong."""
        cash = [f"cash: told {self.cash_told}, booked {self.cash_booked}"]
        unequal = cash if self.cash_told != self.cash_booked else []
        return [*self.lost, *self.doubled, *self.others, *unequal]

    def line(self) -> str:
        """The figures in one line."""
        return (
            f"acknowledged {self.acknowledged}, lost {len(self.lost)}, doubled"
            f" {len(self.doubled)}, other faults {len(self.others)}, cash told"
            f" {self.cash_told / 100:,.2f} booked {self.cash_booked / 100:,.2f}"
        )


def judge(street: Storm, *, settle_s: float = SETTLE_S) -> Judgement:
    """Wait until everything is settled, then compare everybody's books."""
    waits = street.settle(settle_s)
    with connect(street.house.databases().watch) as watch:
        rows = [Row(*row) for row in watch.execute(_PAYMENTS)]
        claims = {(biller, ref): payment for biller, ref, payment in watch.execute(_CLAIMS)}
        (booked,) = watch.execute(_CASH).fetchone() or (0,)
        (entered,) = watch.execute(_ENTERED).fetchone() or (0,)
    theirs = credited(street)
    others = [*_untold(street, rows), *_hand_outs(street, rows), *_claims(rows, claims)]
    others += [*_their_books(street, rows, theirs), *(f"finding {it}" for it in street.findings())]
    if waits:
        others.append(f"unsettled after {settle_s:.0f} s: {waits}")
    if booked != entered:
        others.append(f"drawers {booked}, entries {entered}")
    return Judgement(
        acknowledged=len(street.memory.receipts),
        lost=list(_lost(street, rows)),
        doubled=[*_doubled(rows), *_credited_twice(theirs)],
        others=others,
        cash_told=street.memory.cash,
        cash_booked=booked,
    )


def _lost(street: Storm, rows: list[Row]):
    """Receipts that were told and are not in the books as told."""
    stored = {str(row.key): (row.name, row.bill_ref, row.outlet, row.cash) for row in rows}
    for key, told in street.memory.receipts.items():
        if stored.get(key) != (told.payment, told.bill_ref, told.outlet, told.cash):
            yield f"lost: {told.payment} of {told.bill_ref}, stored {stored.get(key)}"


def _doubled(rows: list[Row]):
    """Bills with two payments that stand, and keys with two payments."""
    bills: dict[tuple[int, str], list[str]] = {}
    keys: dict[UUID | None, list[str]] = {}
    for row in rows:
        keys.setdefault(row.key, []).append(row.name)
        if row.state in STANDS:
            bills.setdefault((row.biller, row.bill_ref), []).append(row.name)
    for what, found in (*bills.items(), *keys.items()):
        if len(found) > 1:
            yield f"doubled: {what} has {found}"


def _credited_twice(theirs: dict[str, list[dict[str, Any]]]):
    """Bills that a biller's own book has credited twice."""
    for biller, book in theirs.items():
        seen: dict[str, list[str]] = {}
        for posting in book:
            seen.setdefault(posting["bill_ref"], []).append(posting["payment"])
        yield from (f"doubled: {biller} has {ref} from {found}" for ref, found in seen.items()
                    if len(found) > 1)  # fmt: skip


def _untold(street: Storm, rows: list[Row]):
    """Every till insisted, so what nobody was told, or what was closed, must not be there."""
    memory = street.memory
    for row in rows:
        if str(row.key) in memory.closed:
            yield f"{row.name} stands under a closed key"
        elif str(row.key) not in memory.receipts:
            yield f"{row.name} was told to nobody"


def _hand_outs(street: Storm, rows: list[Row]):
    """Cash went back for exactly the payments that are undone."""
    undone = {row.name for row in rows if row.state in UNDONE}
    given = set(street.memory.handed_out)
    yield from (f"{name} is undone, and no cash went back" for name in undone - given)
    yield from (f"cash of {name} went back, and it stands" for name in given - undone)


def _claims(rows: list[Row], claims: dict[tuple[int, str], UUID]):
    """A bill is marked paid if and only if a payment of it stands, and by that payment."""
    standing = {(row.biller, row.bill_ref): row.id for row in rows if row.state in STANDS}
    for bill in {*standing, *claims}:
        if standing.get(bill) != claims.get(bill):
            yield f"claim: {bill} paid by {standing.get(bill)}, marked for {claims.get(bill)}"


def _their_books(
    street: Storm, rows: list[Row], theirs: dict[str, list[dict[str, Any]]]
):  # fmt: skip
    """Each biller's own book has exactly what we call confirmed, to the fen."""
    ours = {row.name: row.amount for row in rows if row.state == State.CONFIRMED}
    them = {it["payment"]: it["amount"] for book in theirs.values() for it in book}
    for name in {*ours, *them}:
        if ours.get(name) != them.get(name):
            yield f"{name}: confirmed {ours.get(name)} here, credited {them.get(name)} there"


def credited(street: Storm) -> dict[str, list[dict[str, Any]]]:
    """What stands credited in each biller's own book."""
    billers = {code: at for code, at in street.parties.items() if code in street.billers}
    return {
        code: [row for row in _book(at) if row["state"] == "posted"] for code, at in billers.items()
    }


def _book(address: str):
    after: int | None = 0
    while after is not None:
        with urllib.request.urlopen(f"{address}/books?after={after}&limit=1000") as answer:
            page = json.load(answer)
        yield from page["postings"]
        after = page["next"]
