"""Scenarios beside sums by hand: levers, counted payments that keep their spread, what closes."""

from datetime import date
from random import Random

import pytest

from cashlane.core.closing import closing, neediest, sums
from cashlane.core.economics import Account, Labour, Programmes, Terms, Working, account, closing_at
from cashlane.core.programme import NO_WORK, Work
from cashlane.core.scenario import (
    KIND_NAMES,
    LEVERS,
    Counter,
    Kind,
    Taken,
    accounts,
    labour,
    labour_for,
    last_full_month,
    measured,
    one_outlet,
    starting,
)

ALL_KINDS: tuple[Kind, ...] = tuple(KIND_NAMES)


def values(kind: Kind, **moved: int) -> dict[str, int]:
    """A kind's starting figures with some of them moved."""
    return {code: one.value for code, one in starting(kind).items()} | moved


def by_hand(payments: int, of: dict[str, int], visits: int = 0, minutes: int = 0) -> Account:
    """One outlet's account, every figure put in by name."""
    return account(
        Working(
            1, payments, payments * of["bill"], of["seconds"], Labour(of["wage"], of["on_cost"]),
            of["deposit"], of["trips"], of["trip_cost"], of["errors"], of["error_cost"],
            of["fixed"], Programmes(visits, 60 * minutes, of["programme_pay"]),
        ),
        Terms(of["fee"], of["subsidy"], of["availability"]),
    )  # fmt: skip


def test_every_lever_begins_between_its_ends_and_on_a_step() -> None:
    for kind in ALL_KINDS:
        for lever in LEVERS:
            start = starting(kind)[lever.code].value
            assert lever.least <= start <= lever.most, (kind, lever.code)
            assert (start - lever.least) % lever.step == 0, (kind, lever.code)


def test_the_table_of_seconds_comes_out_of_the_starting_figures() -> None:
    """In fen: a payment of so many seconds at the bare wage, and with what comes on top."""
    table = {20: (13, 17), 30: (19, 26), 40: (26, 35), 60: (38, 52), 90: (58, 78), 120: (77, 104)}
    start = values("chain")
    for seconds, told in table.items():
        bare, whole = (
            labour_for(seconds, on_cost, start["wage"]) for on_cost in (0, start["on_cost"])
        )
        assert (bare, whole) == told, seconds
    assert labour(values("chain", on_cost=0)).seconds_for(30) == 46
    assert labour(values("chain")).seconds_for(30) == 34


def test_an_outlet_nobody_counted_has_what_the_scenario_says() -> None:
    scenario = {kind: values(kind) for kind in ALL_KINDS}
    rows = [Counter(7, "post", None), Counter(9, "chain", None), Counter(8, "bank", None)]
    found = accounts(rows, scenario)
    assert found == {row.outlet: by_hand(420, values(row.kind)) for row in rows}
    assert (found[7].labour, found[7].deposits, found[7].errors) == (36_225, 2_100, 210)
    assert one_outlet(values("post"), NO_WORK) == found[7]
    assert found[9].result == 12_600 - 12_679 - 2_100 - 210 - 3_000


def test_an_outlet_with_programmes_is_worked_out_with_its_own_minutes() -> None:
    scenario = {kind: values(kind, programme_pay=50) for kind in ALL_KINDS}
    rows = [
        Counter(1, "post", None), Counter(2, "post", None, Work(90, 900)),
        Counter(3, "post", None, Work(10, 100)), Counter(4, "chain", None, Work(90, 900)),
    ]  # fmt: skip
    found = accounts(rows, scenario)
    assert found == {
        row.outlet: by_hand(420, scenario[row.kind], row.work.visits, row.work.minutes)
        for row in rows
    }
    assert found[1].carried == found[1].programmes == 0
    assert found[2].carried == 3_000 * 54_000 // (54_000 + 42_000)
    assert found[2].programmes == 4_500
    assert closing(found).whole.account.carried == sum(one.carried for one in found.values())


def test_counted_outlets_keep_their_part_of_whatever_is_assumed() -> None:
    counted = [0, 100, 250, 401]
    rows = [Counter(at, "chain", many) for at, many in enumerate(counted)]
    taken = [Taken(many, many * 9_000) for many in counted]
    starts = measured("chain", taken, date(2026, 2, 1))
    assert starts["payments"].value == (751 * 2 + 4) // 8 == 188
    assert starts["bill"].value == 9_000
    assert {starts[code].basis for code in ("payments", "bill")} == {"measured"}
    assert "2026-02" in starts["payments"].source.en
    of = {code: one.value for code, one in starts.items()}
    as_counted = accounts(rows, {"chain": of})
    assert [as_counted[at].payments for at in range(4)] == counted
    doubled = accounts(rows, {"chain": of | {"payments": 376}})
    assert [doubled[at].payments for at in range(4)] == [0, 200, 501, 803]
    assert as_counted[3] == by_hand(401, of)


def test_what_was_never_paid_leaves_the_assumptions() -> None:
    assert measured("post", [Taken(0, 0)], date(2026, 2, 1)) == starting("post")
    rows = [Counter(1, "post", 0)]
    assert accounts(rows, {"post": values("post")})[1].payments == 420


@pytest.mark.parametrize(
    ("first", "latest", "month"),
    [
        (date(2026, 1, 1), date(2026, 2, 1), (date(2026, 1, 1), date(2026, 2, 1))),
        (date(2026, 1, 2), date(2026, 2, 28), None),
        (date(2025, 11, 5), date(2026, 1, 9), (date(2025, 12, 1), date(2026, 1, 1))),
        (date(2026, 1, 14), date(2026, 1, 14), None),
    ],
)
def test_a_month_counts_once_it_is_whole(
    first: date, latest: date, month: tuple[date, date] | None
) -> None:
    assert last_full_month(first, latest) == month


def made() -> dict[int, Account]:
    """Sixty outlets of two kinds, some empty."""
    chance = Random("closing")
    kinds: tuple[Kind, ...] = ("post", "chain")
    return {
        number: by_hand(chance.choice((0, 90, 200, 420, 900)), values(
            chance.choice(kinds), seconds=chance.choice((20, 30, 60)), fee=40))
        for number in range(1, 61)
    }  # fmt: skip


def test_who_loses_what_closes_and_what_keeps() -> None:
    rows, found = made(), closing(made())
    losing = {number for number, one in rows.items() if one.result < 0}
    assert found.whole.losing == len(losing) > 0
    assert found.whole.outlets == 60
    assert found.whole.keeps == sum(one.keeps for one in rows.values())
    assert found.whole.most == max(one.keeps for one in rows.values())
    assert found.least == min((rows[it].keeps, it) for it in losing)[::-1]
    assert found.hopeless == sum(one.payments == 0 for one in rows.values()) > 0
    for share in (100_000, 500_000, 900_000):
        fee = found.fee_for(share)
        if fee is not None:
            assert (60 - len(closing_at(rows, fee))) * 1_000_000 >= 60 * share
            assert fee == 0 or (60 - len(closing_at(rows, fee - 1))) * 1_000_000 < 60 * share
    assert found.fee_for(1_000_000) is None, "some had no payment at all"
    assert closing({}).least is None


def test_sums_by_group_and_the_neediest_first() -> None:
    rows = made()
    groups = sums(rows, {number: number % 3 for number in rows})
    assert sum(one.losing for one in groups.values()) == closing(rows).whole.losing
    assert sum(one.keeps for one in groups.values()) == closing(rows).whole.keeps
    assert sum(one.account.cost for one in groups.values()) == closing(rows).whole.account.cost
    order = neediest(rows)
    assert [rows[one].result for one in order] == sorted(one.result for one in rows.values())
