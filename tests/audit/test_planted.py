"""Every check is shown to work: a wrong is planted by the superuser, and the audit names it.

The wrong is never committed: the audit reads in the transaction that planted it.
"""

import pytest
from msgspec import Struct

from cashlane.audit.findings import CATALOGUE
from cashlane.audit.verify import verify
from cashlane.home import Databases
from cashlane.store.audit import Reading
from cashlane.store.connect import connect
from cashlane.values.ids import spell

CONFIRMED = """(SELECT id FROM payments p WHERE state = 5 AND biller = 1
    AND receipt BETWEEN 5 AND 30
    AND NOT contradicted AND business_date = '2026-01-14'
    AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.payment = p.id AND f.business_date > '2026-01-14')
    AND (SELECT count(*) FROM facts f WHERE f.payment = p.id) = 2
    AND NOT EXISTS (SELECT 1 FROM errands e WHERE e.payment = p.id) ORDER BY id LIMIT 1)"""
"""A payment of the first day, sent once and confirmed, not the first nor the last of its outlet."""


class Plant(Struct):
    """Statements that spoil the books; the last one answers the place that must be named.

    `{it}` is a confirmed payment. `codes` is all that may be found.
    """

    name: str
    codes: set[str]
    sql: tuple[str, ...]


UNFOLD = "CREATE TEMP TABLE entries ON COMMIT DROP AS SELECT * FROM public.entries"
FOLD = (
    "DELETE FROM postings",
    "INSERT INTO postings SELECT bucket, line / 16, business_date, till, shift, payment,"
    " array_agg(account ORDER BY line), array_agg(party ORDER BY line),"
    " array_agg(amount ORDER BY line)"
    " FROM entries GROUP BY bucket, line / 16, business_date, till, shift, payment",
    "DROP TABLE pg_temp.entries",
)
"""Postings are spoilt line by line: unfolded, changed by the plant, and folded again."""


def one_of(where: str) -> str:
    return f"(SELECT id FROM payments p WHERE {where} ORDER BY id LIMIT 1)"


PLANTS = [
    Plant("an amount raised",
          {"BOOKS_UNBALANCED", "DAY_UNBALANCED", "POSTING_UNBALANCED", "CASH_EQUATION", "DRAWER"},
          ("UPDATE entries SET amount = amount + 1 WHERE payment = {it} AND account = 1"
           " RETURNING payment",)),
    Plant("a fen moved from a fee to the drawer, in balance",
          {"AMOUNTS_NOT_TERMS", "CASH_EQUATION", "DRAWER"},
          ("UPDATE entries SET amount = amount - 1 WHERE payment = {it} AND account = 1",
           "UPDATE entries SET amount = amount + 1 WHERE payment = {it} AND account = 7"
           " RETURNING payment")),
    Plant("another biller credited", {"AMOUNTS_NOT_TERMS"},
          ("UPDATE entries SET party = 2 WHERE payment = {it} AND account = 4 RETURNING payment",)),
    Plant("a party that does not exist", {"AMOUNTS_NOT_TERMS", "PARTY_UNKNOWN"},
          ("UPDATE entries SET party = 77 WHERE payment = {it} AND account = 4"
           " RETURNING payment",)),
    Plant("an entry deleted",
          {"BOOKS_UNBALANCED", "DAY_UNBALANCED", "POSTING_UNBALANCED", "CASH_EQUATION"},
          ("DELETE FROM entries WHERE payment = {it} AND account = 4 RETURNING payment",)),
    Plant("a whole posting deleted", {"ENTRIES_NOT_POSTED"},
          ("DELETE FROM entries WHERE payment = {it} AND line / 16 = 2 RETURNING payment",)),
    Plant("a posting made twice under another number", {"ENTRIES_NOT_POSTED", "ENTRY_DATE"},
          ("INSERT INTO entries (bucket, line, business_date, payment, amount, party, till,"
           " account, shift) SELECT bucket, line + 96, business_date, payment, amount, party, till,"
           " account, shift FROM entries WHERE payment = {it} AND line / 16 = 2"
           " RETURNING payment",)),
    Plant("no entry for the cash",
          {"RECEIPT_WITHOUT_POSTING", "CASH_EQUATION", "DRAWER"},
          ("DELETE FROM entries WHERE payment = " + one_of("state = 1") + " RETURNING payment",)),
    Plant("a payment's row deleted",
          {"POSTING_WITHOUT_PAYMENT", "FACT_WITHOUT_PAYMENT", "ASK_WITHOUT_PAYMENT", "RECEIPT_GAP",
           "CLAIM_WITHOUT_PAYMENT", "CASH_EQUATION"},
          ("DELETE FROM payments WHERE id = {it} RETURNING id",)),
    Plant("a life erased with all its traces", {"RECEIPT_GAP"},
          ("UPDATE limits SET balance = balance - e.amount FROM entries e JOIN payments p"
           " ON p.id = e.payment WHERE e.payment = {it} AND e.account = 1"
           " AND limits.party = p.outlet",
           "DELETE FROM claims WHERE payment = {it}", "DELETE FROM asks WHERE payment = {it}",
           "DELETE FROM entries WHERE payment = {it}", "DELETE FROM facts WHERE payment = {it}",
           "DELETE FROM payments WHERE id = {it} RETURNING business_date::text")),
    Plant("a receipt number given twice", {"RECEIPT_TWICE", "RECEIPT_GAP"},
          ("ALTER TABLE payments DROP CONSTRAINT payments_bucket_outlet_business_date_receipt_key",
           "UPDATE payments SET receipt = receipt - 1 WHERE id = {it}"
           " RETURNING 'number ' || receipt")),
    Plant("a receipt number skipped", {"RECEIPT_GAP"},
          ("UPDATE payments SET receipt = receipt + 9000 WHERE id = {it}"
           " RETURNING '1..' || receipt",)),
    Plant("a receipt counter turned back", {"RECEIPT_COUNTER"},
          ("UPDATE limits SET receipts = receipts - 1 WHERE party = 3"
           " RETURNING 'hm-0001: counter ' || receipts",)),
    Plant("a state changed", {"STATE_NOT_FACTS", "LEFT_BEHIND"},
          ("UPDATE payments SET state = 3 WHERE id = {it} RETURNING id",)),
    Plant("a posting unmarked", {"POSTED_NOT_FACTS", "ENTRIES_NOT_POSTED"},
          ("UPDATE payments SET posted = 1 WHERE id = {it} RETURNING id",)),
    Plant("a contradiction hidden", {"MARK_NOT_FACTS"},
          ("UPDATE payments SET contradicted = false WHERE id = " + one_of("contradicted")
           + " RETURNING id",)),
    Plant("a fact removed", {"STATE_NOT_FACTS", "POSTED_NOT_FACTS", "ENTRY_DATE"},
          ("DELETE FROM facts WHERE payment = {it} AND kind = 5 RETURNING payment",)),
    Plant("a fact of another month's payment", {"FACT_WITHOUT_PAYMENT"},
          ("UPDATE facts SET payment_date = '2026-02-14' WHERE payment = {it} AND kind = 1"
           " RETURNING payment",)),
    Plant("a drawer raised", {"DRAWER"},
          ("UPDATE limits SET balance = balance + 1 WHERE party = 2"
           " RETURNING 'post-0002: stored'",)),
    Plant("an exposure that nobody took", {"EXPOSURE"},
          ("INSERT INTO limits VALUES (9, 4, 2, 5000, 9000, '2000-01-01', 0)"
           " RETURNING 'bound 4 of 2: stored 5000, rebuilt 0'",)),
    Plant("a posting moved back to the day that was cut", {"ENTRY_DATE"},
          ("UPDATE entries SET business_date = '2026-01-14' WHERE line / 16 = 2 AND payment = "
           "(SELECT payment FROM entries WHERE line / 16 = 2 AND business_date = '2026-01-15'"
           " AND payment IN (SELECT id FROM payments WHERE business_date = '2026-01-14')"
           " ORDER BY payment LIMIT 1) RETURNING payment",)),
    Plant("a posting on two dates", {"ENTRY_DATE", "DAY_UNBALANCED"},
          ("UPDATE entries SET business_date = '2026-01-15' WHERE payment = {it} AND account = 4"
           " RETURNING payment",)),
    Plant("a fact written to a day after its cut", {"AFTER_CUT", "BATCH_MISSING"},
          ("UPDATE facts SET written_at = written_at + interval '1 day' WHERE payment = {it}"
           " AND kind = 1 RETURNING payment",)),
    Plant("a fact on a day that never was", {"DAY_MISSING"},
          ("UPDATE facts SET business_date = '2026-01-20' WHERE payment = {it} AND kind = 1"
           " RETURNING '2026-01-20: 1 rows'",)),
    Plant("a business day forgotten", {"DAY_MISSING"},
          ("DELETE FROM business_days WHERE business_date = '2026-01-15' RETURNING '2026-01-15'",)),
    Plant("an ask deleted", {"PAYMENT_WITHOUT_ASK"},
          ("DELETE FROM asks WHERE payment = {it} RETURNING payment",)),
    Plant("an ask turned to another payment", {"ASK_WITHOUT_PAYMENT", "PAYMENT_WITHOUT_ASK"},
          ("UPDATE asks SET payment = '00000000-0000-7000-8000-000000000000'"
           " WHERE payment = {it} RETURNING 'ask ' || key",)),
    Plant("a payment asked for twice", {"PAYMENT_WITHOUT_ASK", "ASK_WITHOUT_PAYMENT"},
          ("INSERT INTO asks SELECT bucket, outlet, gen_random_uuid(), hash, NULL, payment,"
           " payment_date, business_date, asked_at, kind, verdict, actor, detail FROM asks"
           " WHERE payment = {it} RETURNING payment",)),
    Plant("a void without its fact", {"ACT_WITHOUT_FACT"},
          ("DELETE FROM facts WHERE kind = 7 AND payment = " + one_of("state = 9")
           + " RETURNING payment",)),
    Plant("a bill paid twice", {"BILL_PAID_TWICE", "CLAIM_WITHOUT_PAYMENT", "CLAIM_TOTAL"},
          ("UPDATE payments SET bill_ref = (SELECT bill_ref FROM payments WHERE id = "
           + one_of("state = 5 AND biller = 1 AND receipt BETWEEN 31 AND 60") + ") WHERE id = {it}"
           " RETURNING 'city-power ' || bill_ref || ': 2 payments'",)),
    Plant("parts beyond their bill", {"PARTS_TOO_MANY"},
          ("UPDATE payments SET owed = amount - 1 WHERE id = "
           + one_of("state = 5 AND biller = 2 AND owed = amount")
           + " RETURNING 'east-water ' || bill_ref",)),
    Plant("a bill marked paid by nobody", {"CLAIM_WITHOUT_PAYMENT"},
          ("UPDATE claims SET state = 2 WHERE state = 0 AND bill_ref = (SELECT min(bill_ref)"
           " FROM claims WHERE state = 0 AND payment IS NULL) RETURNING bill_ref",)),
    Plant("a paid bill set free", {"CLAIM_TOTAL"},
          ("UPDATE claims SET state = 0, payment = NULL, paid_total = 0 WHERE payment = {it}"
           " RETURNING bill_ref",)),
    Plant("a mark lost on its way to the bill", {"CLAIM_TOTAL"},
          ("DELETE FROM errands WHERE kind = 4 AND payment = (SELECT payment FROM errands"
           " WHERE kind = 4 ORDER BY payment LIMIT 1) RETURNING (SELECT bill_ref FROM payments p"
           " WHERE p.id = errands.payment)",)),
    Plant("a payment that everybody forgot", {"LEFT_BEHIND"},
          ("DELETE FROM errands WHERE kind = 2 AND payment = " + one_of("state = 3")
           + " RETURNING payment",)),
    Plant("an errand about nothing", {"ERRAND_WITHOUT_PAYMENT", "LEFT_BEHIND"},
          ("UPDATE errands SET payment = '00000000-0000-7000-8000-000000000000' WHERE kind = 2"
           " AND id = (SELECT id FROM errands WHERE kind = 2 ORDER BY id LIMIT 1)"
           " RETURNING 'errand ' || id",)),
    Plant("a batch row deleted", {"BATCH_MISSING"},
          ("DELETE FROM batches WHERE written_at = (SELECT accepted_at FROM payments"
           " WHERE id = {it}) RETURNING 'batches counted 0'",)),
    Plant("batches that counted too little", {"BATCH_MISSING", "BATCH_TOTAL"},
          ("UPDATE batches SET rows = 1 RETURNING 'batches counted 1'",)),
    Plant("a row written behind the writer's back", {"BATCH_MISSING"},
          ("INSERT INTO visits SELECT bucket, outlet, gen_random_uuid(), business_date, till,"
           " tendered, count, asked_at + interval '1 ms' FROM visits LIMIT 1"
           " RETURNING '1 rows, batches counted 0'",)),
    Plant("a shift deleted", {"SHIFT_MISSING"},
          ("DELETE FROM shifts WHERE till = 31 AND business_date = '2026-01-14'"
           " RETURNING 'till 31, 2026-01-14'",)),
    Plant("a shift renamed on a posting", {"ENTRY_TILL"},
          ("UPDATE entries SET shift = 9 WHERE payment = {it} AND line / 16 = 2"
           " RETURNING payment",)),
    Plant("entries where nobody looks", {"BOOKS_NOT_READ_WHOLE", "ENTRIES_NOT_POSTED"},
          ("UPDATE entries SET bucket = 99 WHERE payment = {it} AND line / 16 = 2"
           " RETURNING 'account 4'",)),
    Plant("an id of another day", {"ID_NOT_HOME"},
          tuple(f"UPDATE {table} SET {column} = '019bba04-5220-7149-8949-000000000001'"
                f" WHERE {column} = {{it}} RETURNING {column}"
                for table, column in (("facts", "payment"), ("entries", "payment"),
                                      ("asks", "payment"), ("claims", "payment"),
                                      ("payments", "id")))),
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_wrong_is_named(street_books: Databases, plant: Plant) -> None:
    with connect(street_books.admin) as admin:
        (victim,) = admin.execute(f"SELECT {CONFIRMED}").fetchone() or (None,)
        assert victim is not None
        admin.execute(UNFOLD)
        for statement in plant.sql:
            done = admin.execute(statement.replace("{it}", f"'{victim}'"))
        planted = done.fetchone()
        for statement in FOLD:
            admin.execute(statement)
        assert planted is not None, "nothing was planted"
        report = verify(Reading(admin))
        admin.rollback()
    (where,) = planted
    place = where if isinstance(where, str) else spell("pay", where)
    found = {finding.code for finding in report.findings}
    assert found == plant.codes
    places = [place for finding in report.findings for place in finding.places]
    assert any(place in one for one in places), places


def test_every_finding_was_planted() -> None:
    found = set().union(*(plant.codes for plant in PLANTS))
    assert set(CATALOGUE) == found | {"ARCHIVE_MISSING", "ARCHIVE_ALTERED"}, "tests/archive"
