"""A loaded past is what real payments leave: the audit finds nothing, and sees one row missing."""

from collections.abc import Iterator
from datetime import date

import pytest
from bench.arrivals import arrive, not_taken
from bench.checking import SHOWN, checked
from bench.citizens import Citizens
from bench.ground import DAY, SEED, Ground, ground
from bench.holds import AMOUNT
from bench.loading import load
from bench.outside import partner
from bench.past import COLUMNS, TOGETHER, Lines, past_of
from bench.visits import visited
from bench.weight import OWN, Scale
from psycopg import Connection

from bench import checking, loading, past, weight
from cashlane.audit.findings import Report
from cashlane.audit.verify import verify
from cashlane.main import network_of
from cashlane.store.audit import reading
from cashlane.store.connect import connect

PAYMENTS, DAYS = 3_000, 40
"""Over two months of partitions, and not the same number every day."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One city for all of them."""
    with ground(tmp_path_factory.mktemp("bench") / "data") as on:
        yield on


@pytest.fixture
def on(city: Ground) -> Ground:
    """Its books, empty."""
    with connect(city.database) as books:
        books.execute(
            "TRUNCATE asks, payments, facts, postings, claims, shifts, batches, errands, visits"
        )
        books.execute("DELETE FROM business_days WHERE business_date < %s", (DAY,))
        books.execute("UPDATE limits SET balance = 0, receipts = 0, receipts_day = '2000-01-01'")
    return city


def _audited(on: Ground) -> Report:
    with reading(on.house.databases().watch) as books:
        return verify(books)


def test_the_audit_finds_nothing_in_a_loaded_past(on: Ground) -> None:
    assert load(on, PAYMENTS, days=DAYS) > 0
    report = _audited(on)
    assert report.findings == ()
    figures = report.figures
    assert (figures.payments, figures.facts, figures.asks, figures.claims) == (
        PAYMENTS, 2 * PAYMENTS, PAYMENTS, PAYMENTS,
    )  # fmt: skip
    assert (figures.days, figures.in_flight, figures.in_transit) == (DAYS + 1, 0, 0)
    assert load(on, PAYMENTS, days=DAYS) == 0, "a past that is there is not loaded again"
    assert on.count("SELECT count(*) FROM payments") == PAYMENTS


@pytest.mark.parametrize(("table", "code"), [
    ("asks", "PAYMENT_WITHOUT_ASK"), ("payments", "FACT_WITHOUT_PAYMENT"),
    ("facts", "STATE_NOT_FACTS"), ("postings", "ENTRIES_NOT_POSTED"), ("claims", "CLAIM_TOTAL"),
    ("shifts", "SHIFT_MISSING"), ("batches", "BATCH_MISSING"), ("business_days", "DAY_MISSING"),
])  # fmt: skip
def test_one_row_that_the_loader_forgets_is_found(
    on: Ground, monkeypatch: pytest.MonkeyPatch, table: str, code: str
) -> None:
    copy = loading.copy_share

    def forgets(books: Connection, share: Lines) -> None:
        copy(books, share | {table: share[table][:-1]})

    monkeypatch.setattr(loading, "copy_share", forgets)
    load(on, 2 * TOGETHER, days=2)
    assert code in {one.code for one in _audited(on).findings}


def test_a_drawer_that_the_loader_forgets_is_found(
    on: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "fill_drawers", lambda *_: None)
    load(on, TOGETHER, days=1)
    assert {"DRAWER", "RECEIPT_COUNTER"} <= {one.code for one in _audited(on).findings}


def test_no_past_is_begun_where_it_has_no_room(on: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda _: 100 << 30)
    with pytest.raises(RuntimeError, match=r"1870 GB are wanted in .*, 100 GB are free"):
        load(on, 800_000_000, days=100)
    assert on.count("SELECT count(*) FROM payments") == 0


def test_the_same_seed_deals_out_the_same_past(city: Ground) -> None:
    network = network_of(city.house)

    def dealt(seed: int) -> list[Lines]:
        dealer = past_of(network, day=DAY, seed=seed, households=100)
        return list(dealer.day(date(2022, 1, 3), 3 * TOGETHER))

    assert dealt(SEED) == dealt(SEED)
    assert dealt(SEED) != dealt(SEED + 1)


def test_real_payments_are_weighed_and_the_past_looks_like_them(
    on: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight, "PER_S", 100)
    monkeypatch.setattr(past, "AMOUNTS", (AMOUNT,))
    scale = Scale(on)
    scale.take(1)
    accepted = scale.weigh()
    assert accepted.own["facts"] == 0
    scale.confirm()
    confirmed = scale.weigh()
    assert all(confirmed.own[table] > 0 for table in OWN)
    assert confirmed.bytes > accepted.bytes > 0
    real = {table: _shapes(on, table) for table in COLUMNS}
    load(on, 5 * TOGETHER, days=1)
    with_past = {table: _shapes(on, table) for table in COLUMNS}
    # A past day is over, and so are its shifts; in all else the rows are of one kind.
    assert with_past.pop("business_days") - real.pop("business_days")
    assert with_past.pop("shifts") - real.pop("shifts")
    assert with_past == real
    monkeypatch.setattr(checking, "CHECKS", 40)
    assert [one.status for one in checked(on)] == [SHOWN] * 40
    assert _audited(on).findings == ()


def _shapes(on: Ground, table: str) -> set[str]:
    """Which columns of a table's rows are empty, and what stands in those that name a kind."""
    kinds = {"asks": "kind, verdict", "payments": "state, posted", "claims": "state",
             "facts": "kind, attempt, source, detail", "postings": "kind, accounts"}  # fmt: skip
    with connect(on.database) as books:
        rows = books.execute(
            "SELECT DISTINCT (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_each(to_jsonb(t))"
            f" WHERE value = 'null'), {kinds.get(table, 'NULL')}"
            f"  FROM {table} t WHERE $${table}$$ <> 'facts' OR to_jsonb(t)->>'route' = '1'".encode()
        ).fetchall()
    return {str(row) for row in rows}


def test_citizens_without_a_hold_are_asked_about_and_taken(on: Ground) -> None:
    with partner(on), on.api() as address:
        requests = list(Citizens(on).direct(60))
        answers = arrive(address, requests, per_s=60, lines=8, then=None).answered
    assert not_taken(answers) == 0
    assert on.count("SELECT count(*) FROM payments") == 60


def test_whole_visits_end_confirmed(on: Ground) -> None:
    found = visited(on, seconds=1)
    assert found.lost == 0
    assert found.per_s > 0
    assert on.count("SELECT count(*) FROM payments WHERE state <> 5") == 0
