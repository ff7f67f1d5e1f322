"""How the database finds rows: by their own keys, whatever its numbers about a table say."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.payment import State
from cashlane.core.record import PaymentRow
from cashlane.home import Databases
from cashlane.store import payments
from cashlane.store.connect import connect
from cashlane.store.payments import Kept
from cashlane.store.statements import statements

AT = datetime(2022, 1, 14, tzinfo=UTC)


ROWS = {
    "bucket": "{1}", "key_bucket": "{1}", "hold_bucket": "{1}", "kind": "{1}", "party": "{1}",
    "outlet": "{1}", "till": "{1}", "key": f"{{{UUID(int=1)}}}", "hold": f"{{{UUID(int=1)}}}",
    "id": f"{{{UUID(int=1)}}}", "payment": f"{{{UUID(int=1)}}}", "business_date": "{2022-01-14}",
    "biller": "{1}", "bill_ref": "{b}", "until": "{2022-01-14}", "paid_at": "{2022-01-14}",
    "amount": "{1}", "owed": "{1}", "parts": "{f}", "buckets": "{1}", "kinds": "{1}",
}  # fmt: skip
OWN_WAY = {
    "payments.sql": ("lock_books", "known_asks", "latest_shifts", "known_visits", "lock_payments",
                     "open_errands", "read_payments", "known_facts"),
    "errands.sql": ("take", "finish", "put_off", "try_later", "release"),
    "claims.sql": ("hold", "standing", "mark_paid", "free", "lapsed"),
}  # fmt: skip


def _plan(ways: Databases, file: str, name: str) -> str:
    """How the hub would carry a statement out, whatever the batch."""
    moment = {"now": AT, "lease": timedelta(seconds=1), "due_at": AT, "most": 8, "until": AT}
    arguments = ROWS | {"before": AT, "most": 8} | (moment if file == "errands.sql" else {})
    with connect(ways.hub) as hub:
        rows = hub.execute("EXPLAIN " + statements(file)[name], arguments).fetchall()  # type: ignore[arg-type]
    return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in OWN_WAY.items() for name in names]
)
def test_no_table_is_read_through_because_it_was_empty_when_it_was_counted(
    ways: Databases, file: str, name: str
) -> None:
    """Every night the errands are; the plan of then would look at all of them for each bucket."""
    with connect(ways.admin, autocommit=True) as owner:
        for table in ("errands", "claims", "payments", "asks", "facts", "limits", "shifts"):
            owner.execute(f"VACUUM (ANALYZE) {table}".encode())
    plan = _plan(ways, file, name)
    assert "Seq Scan" not in plan, plan
    assert "Hash Join" not in plan, plan
    if file == "errands.sql" and name != "take":
        assert "errands_due" not in plan, plan


def test_the_oldest_errands_are_found_in_their_order_and_chosen_once(ways: Databases) -> None:
    chosen, leased = _plan(ways, "errands.sql", "take").split("CTE due", 1)[1].split("CTE Scan")
    assert "errands_due" in chosen
    assert "Sort" not in chosen
    assert "Tid Scan" in leased


@pytest.mark.parametrize("name", ["finish", "put_off", "try_later", "release"])
def test_each_errand_is_found_by_its_name(ways: Databases, name: str) -> None:
    plan = _plan(ways, "errands.sql", name)
    assert "Index Cond: ((bucket = d.bucket) AND (id = d.id))" in plan, plan
    assert "Tid Scan on errands e" in plan, plan


def test_lapsed_holds_are_found_where_the_list_of_their_bucket_begins(ways: Databases) -> None:
    plan = _plan(ways, "claims.sql", "lapsed")
    assert "Index Cond: ((bucket = b.bucket) AND (until <" in plan, plan


def test_a_bill_is_marked_by_its_own_row_and_not_by_the_list_of_held_ones(ways: Databases) -> None:
    plan = _plan(ways, "claims.sql", "mark_paid")
    assert "claims_pkey" in plan
    assert "claims_held" not in plan


def test_what_was_read_is_remembered_and_the_oldest_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(payments, "KEPT_MOST", 4)
    kept, rows = Kept(), [_payment(number) for number in range(5)]
    kept.put(rows[:2])
    kept.put(rows[2:3])
    assert kept.among(_names(rows)) == {row.id: row for row in rows[:3]}
    later = structs.replace(rows[0], state=State.SENT)
    kept.put([later])
    assert kept.among(_names(rows)) == {row.id: row for row in (later, rows[2])}
    kept.put(rows[3:])
    assert kept.among(_names(rows)) == {row.id: row for row in rows[3:]}


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
