"""Clean books give no finding, books written by wrong rules do; the report in two languages."""

from collections.abc import Iterable

import msgspec
import pytest

from cashlane.audit.findings import Report
from cashlane.audit.trial_balance import trial_balance
from cashlane.audit.verify import verify
from cashlane.core import life, postings
from cashlane.core.payment import FactKind, Known, Standing, stand
from cashlane.core.postings import Leg, Terms
from cashlane.home import Databases
from cashlane.store.audit import reading
from cashlane.store.connect import connect
from tests.store.books import DAY_ONE, DAY_TWO, LATE, write_books


def audit(ways: Databases) -> Report:
    with reading(ways.watch) as books:
        return verify(books)


@pytest.mark.parametrize("seed", [1, 2])
def test_clean_books_give_no_finding(ways: Databases, seed: int) -> None:
    counter = write_books(ways, lives=350, seed=seed)
    report = audit(ways)
    assert report.findings == ()
    assert report.figures.payments == len(counter.lives)
    assert report.figures.in_flight == LATE


def test_books_of_nothing_are_in_order(ways: Databases) -> None:
    assert audit(ways).clean


def test_the_figures_are_the_equation(street_books: Databases) -> None:
    figures = audit(street_books).figures
    became = (
        figures.payable + figures.citizen_fees + figures.in_transit + figures.exposure
        + figures.refunds_due
    )  # fmt: skip
    assert figures.cash_taken - figures.handed_back + figures.rounding == became
    assert min(figures.payable, figures.in_transit, figures.refunds_due, figures.rounding) > 0


def test_unknown_taken_for_failure_is_found(
    ways: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules are spoilt as a programmer might: what is in doubt is called declined."""

    def hasty(facts: Iterable[Known], *, stood_in: bool) -> Standing:
        seen = [
            Known(FactKind.DECLINED, fact.route, fact.attempt, fact.at)
            if fact.kind is FactKind.DOUBT
            else fact
            for fact in facts
        ]
        return stand(seen, stood_in=stood_in)

    monkeypatch.setattr(life, "stand", hasty)
    write_books(ways, lives=80, seed=1)
    assert "STATE_NOT_FACTS" in {finding.code for finding in audit(ways).findings}


def test_a_fee_posted_to_the_wrong_party_is_found(
    ways: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Still balanced, so that nothing but the terms can tell."""
    honest = postings._cash_in

    def greedy(terms: Terms) -> tuple[Leg, ...]:
        lines = list(honest(terms))
        lines[4] = Leg(lines[5].account, lines[5].party, lines[4].amount)
        return tuple(lines)

    monkeypatch.setattr(postings, "_cash_in", greedy)
    write_books(ways, lives=80, seed=1)
    assert {finding.code for finding in audit(ways).findings} == {"AMOUNTS_NOT_TERMS"}


def test_the_report_for_people_and_machines(ways: Databases) -> None:
    write_books(ways, lives=60, seed=4)
    with connect(ways.admin) as admin:
        admin.execute("UPDATE limits SET balance = balance + 1 WHERE party = 2")
        admin.commit()
    report = audit(ways)
    assert msgspec.json.decode(report.as_json(), type=Report) == report
    chinese, english = list(report.lines("zh")), list(report.lines("en"))
    assert chinese[0] == "DRAWER (1): 网点现金余额与分录重算的不符。"
    assert english[0] == "DRAWER (1): A drawer's stored balance is not what the entries rebuild."
    assert english[1].startswith("    post-0002: stored ")
    assert english[2].startswith("  -> Stop the cut")
    assert english[3].startswith("60 payments, ")


def test_what_is_written_meanwhile_is_not_seen(street_books: Databases) -> None:
    with reading(street_books.watch) as books, connect(street_books.admin) as admin:
        before = trial_balance(books, None).total
        admin.execute("DELETE FROM postings")
        assert trial_balance(books, None).total == before
        assert verify(books).clean
        admin.rollback()


def test_the_trial_balance_adds_up_by_day_and_is_named(street_books: Databases) -> None:
    with reading(street_books.watch) as books:
        whole = trial_balance(books, None)
        days = [trial_balance(books, day) for day in (DAY_ONE, DAY_TWO)]
    assert whole.total.balance == 0
    assert [day.total for day in days] == list(whole.by_day().values())
    assert all(day.total.balance == 0 for day in days)
    (drawer,) = (line for line in whole.lines() if (line.account, line.party) == (1, 2))
    assert (drawer.name.zh, drawer.party_code) == ("应收代收机构现金", "harbour-mart")
    assert drawer.total.debit > drawer.total.credit > 0
