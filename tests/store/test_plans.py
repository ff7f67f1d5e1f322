"""How the database finds rows: by their own keys, whatever its numbers about a table say."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import structs

from cashlane.core.payment import State
from cashlane.core.record import PaymentRow
from cashlane.home import Databases
from cashlane.store import payments
from cashlane.store.connect import connect
from cashlane.store.payments import Kept
from cashlane.store.statements import statements

AT = datetime(2022, 1, 14, tzinfo=UTC)


def test_a_bill_is_marked_by_its_own_row_and_not_by_the_list_of_held_ones(ways: Databases) -> None:
    explained = "EXPLAIN " + statements("claims.sql")["mark_paid"]
    with connect(ways.hub) as hub:
        hub.execute("SET enable_seqscan = off")  # the table is empty
        rows = hub.execute(explained, {"marks": "[]"}).fetchall()  # type: ignore[arg-type]
    plan = "\n".join(line for (line,) in rows)
    assert "claims_pkey" in plan
    assert "claims_held" not in plan


def test_what_was_read_is_remembered_and_the_oldest_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(payments, "KEPT_MOST", 2)
    kept, rows = Kept(), [_payment(number) for number in range(3)]
    kept.put(rows[:2])
    assert kept.among(_names(rows)) == {row.id: row for row in rows[:2]}
    kept.put(rows[2:])
    assert kept.among(_names(rows)) == {row.id: row for row in rows[1:]}
    later = structs.replace(rows[2], state=State.SENT)
    kept.put([later])
    assert kept.among(_names(rows[2:])) == {later.id: later}


def _names(rows: list[PaymentRow]) -> list[tuple[int, date, UUID]]:
    return [(row.bucket, row.business_date, row.id) for row in rows]


def _payment(number: int) -> PaymentRow:
    return PaymentRow(
        bucket=1, business_date=AT.date(), id=UUID(int=number), outlet=1, till=1, shift=1,
        cashier=None, agent=1, biller=1, bill_ref="b", account="a", period="202201",
        hold=UUID(int=number), visit=None, owed=100, amount=100, fee_schedule=1,
        fee_by_biller=False, fee_agent=0, fee_network=0, fee_route=0, cash_due=100, rounding=0,
        rounding_party=0, carried=0, tendered=100, change=0, receipt=number + 1, route=1,
        stood_in=False, state=State.CASH_IN, posted=1, accepted_at=AT,
    )  # fmt: skip
