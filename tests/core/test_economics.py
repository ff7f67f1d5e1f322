"""Economics beside figures worked out by hand: what a second costs, what closes, what keeps."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cashlane.core.economic_figures import BASIS_NAMES, STARTING, figure
from cashlane.core.economics import (
    NO_PROGRAMMES,
    Account,
    Labour,
    Programmes,
    Rung,
    Terms,
    Working,
    account,
    by_group,
    cheapest_to_keep,
    closing_at,
    indexed,
    ladder,
    together,
)

BARE = Labour(figure("wage_an_hour").value, 0)
WHOLE = Labour(figure("wage_an_hour").value, figure("on_cost_ppm").value)
STORE = Working(
    outlet=1, payments=420, amount=420 * 10_000, seconds=35, labour=WHOLE, deposit_ppm=500,
    trips=0, trip_cost=0, errors_ppm=50, error_cost=10_000, fixed=0, programmes=NO_PROGRAMMES,
)  # fmt: skip
POST = structs.replace(STORE, outlet=2, seconds=100)
FEE = Terms(fee=30, subsidy=0, availability=0)


@pytest.mark.parametrize(
    ("seconds", "bare", "whole"),
    [(20, 13, 17), (30, 19, 26), (40, 26, 35), (60, 38, 52), (90, 58, 78), (120, 77, 104)],
)
def test_what_a_payment_costs_by_its_seconds(seconds: int, bare: int, whole: int) -> None:
    """In fen, at the minimum wage alone and with what comes on top of it."""
    many = 1_000
    assert (BARE.cost(seconds * many) + many // 2) // many == bare
    assert (WHOLE.cost(seconds * many) + many // 2) // many == whole


def test_a_fee_of_thirty_fen_pays_about_three_quarters_of_a_minute_of_bare_wage() -> None:
    assert BARE.seconds_for(30) == 46
    assert WHOLE.seconds_for(30) == 34
    assert BARE.cost(46) <= 30 < BARE.cost(47)


def test_a_store_just_misses_and_a_post_counter_loses_on_every_payment() -> None:
    store, post = account(STORE, FEE), account(POST, FEE)
    assert store == Account(420, 12_600, 0, 0, 0, 12_679, 2_100, 210, 0, 0, 0)
    assert store.result == 12_600 - 12_679 - 2_100 - 210 == -2_389
    assert store.break_even_fee == 36
    assert post.labour == 36_225
    assert post.result == -25_935
    assert post.break_even_fee == 92
    assert (store.keeps, post.keeps) == (2_389, 25_935)
    assert account(POST, structs.replace(FEE, availability=25_935)).result == 0
    assert account(POST, structs.replace(FEE, subsidy=62)).result >= 0


def test_a_counter_costs_though_nobody_comes() -> None:
    empty = account(structs.replace(STORE, payments=0, amount=0, fixed=3_000), FEE)
    assert empty.break_even_fee is None
    assert empty.keeps == 3_000
    assert account(structs.replace(STORE, payments=0, amount=0), FEE).break_even_fee == 0


def test_trips_to_the_bank_and_programmes_are_lines_of_their_own() -> None:
    """420 payments take 42,000 seconds, 90 visits 54,000: of 9,600 fen these carry 5,400."""
    more = structs.replace(
        POST, trips=22, trip_cost=300, fixed=9_600,
        programmes=Programmes(visits=90, seconds=54_000, pay=20),
    )  # fmt: skip
    found = account(more, FEE)
    assert found.deposits == 2_100 + 6_600
    assert found.labour == 36_225, "the wage of the visits is not for bills to pay"
    assert found.programme_labour == WHOLE.cost(54_000) == 46_575
    assert (found.fixed, found.carried, found.programmes) == (9_600, 5_400, 1_800)
    assert found.cost == 36_225 + 8_700 + 210 + 4_200
    assert found.result == 12_600 + 1_800 - found.cost
    assert found.break_even_fee == -(-(36_225 + 8_700 + 210 + 4_200 - 1_800) // 420) == 114
    assert found.break_even_fee_alone == -(-(36_225 + 8_700 + 210 + 9_600) // 420) == 131


AMOUNTS = st.integers(0, 300_000)
WORKS = st.builds(
    Programmes, visits=st.integers(0, 3_000), seconds=st.integers(0, 10**7),
    pay=st.integers(0, 500),
)  # fmt: skip


@given(st.integers(0, 2_000), st.integers(1, 300), AMOUNTS, st.integers(0, 200), AMOUNTS)
def test_without_a_programme_nothing_changes_by_a_fen(
    payments: int, seconds: int, fixed: int, subsidy: int, availability: int
) -> None:
    """Every line as it is worked out where nobody knows of programmes."""
    working = structs.replace(
        STORE, payments=payments, amount=payments * 10_000, seconds=seconds, fixed=fixed
    )
    found = account(working, Terms(30, subsidy, availability))
    labour = WHOLE.cost(payments * seconds)
    deposits, errors = -(-payments * 10_000 * 500 // 10**6), -(-payments * 50 * 10_000 // 10**6)
    assert found == Account(
        payments, 30 * payments, subsidy * payments, availability, 0, labour, deposits, errors,
        fixed, 0, 0,
    )  # fmt: skip
    assert found.result == (30 + subsidy) * payments + availability - (
        labour + deposits + errors + fixed
    )
    assert found.break_even_fee_alone == found.break_even_fee


@given(st.integers(0, 2_000), st.integers(1, 300), AMOUNTS, WORKS, WORKS)
def test_programmes_carry_their_share_and_never_more_than_there_is(
    payments: int, seconds: int, fixed: int, some: Programmes, more: Programmes
) -> None:
    working = structs.replace(STORE, payments=payments, seconds=seconds, fixed=fixed)
    both = Programmes(some.visits, some.seconds + more.seconds, some.pay)
    bare, with_some, with_both = (
        account(structs.replace(working, programmes=one), FEE)
        for one in (NO_PROGRAMMES, some, both)
    )
    assert 0 == bare.carried <= with_some.carried <= with_both.carried <= fixed
    every = payments * seconds + some.seconds
    assert with_some.carried * every <= fixed * some.seconds
    assert (with_some.carried + 1) * every > fixed * some.seconds or not some.seconds
    assert with_some.labour == bare.labour, "bills pay for their own seconds"
    assert with_some.break_even_fee_alone == bare.break_even_fee
    if bare.break_even_fee is not None:
        assert with_some.break_even_fee is not None
        assert with_some.break_even_fee <= bare.break_even_fee
    assert with_some.result - bare.result == with_some.carried + with_some.programmes


def city() -> dict[int, Account]:
    """Forty outlets, some busy, some nearly empty."""
    chance = Random("economics")
    works = (
        structs.replace(STORE, outlet=number, payments=chance.randint(0, 900),
                        seconds=chance.choice((30, 35, 90, 120)), fixed=chance.choice((0, 2_000)))
        for number in range(1, 41)
    )  # fmt: skip
    return {one.outlet: account(one, FEE) for one in works}


def test_what_closes_at_which_fee() -> None:
    accounts, rungs = city(), ladder(city())
    assert [rung.fee for rung in rungs] == sorted({rung.fee for rung in rungs})
    assert rungs[-1].open_at_it == sum(one.break_even_fee is not None for one in accounts.values())
    for rung in rungs:
        at, below = closing_at(accounts, rung.fee), closing_at(accounts, rung.fee - 1)
        assert set(below) - set(at) == set(rung.outlets)
        assert rung.open_at_it == len(accounts) - len(at)
    two = {1: account(STORE, FEE), 2: account(POST, FEE)}
    empty = account(structs.replace(STORE, payments=0, amount=0, fixed=1), FEE)
    assert ladder(two | {3: empty}) == ladder(two)
    assert closing_at(two | {3: empty}, 9_999) == (3,)
    assert ladder(two) == [Rung(36, (1,), 1), Rung(92, (2,), 2)]
    assert closing_at(two, 36) == (2,)


@given(st.integers(1, 2_000), st.integers(1, 300), st.integers(0, 100), st.integers(0, 9_999))
def test_the_break_even_fee_is_the_least_that_loses_nothing(
    payments: int, seconds: int, subsidy: int, availability: int
) -> None:
    working = structs.replace(STORE, payments=payments, seconds=seconds)
    terms = Terms(0, subsidy, availability)
    fee = account(working, terms).break_even_fee
    assert fee is not None
    assert account(working, structs.replace(terms, fee=fee)).result >= 0
    assert fee == 0 or account(working, structs.replace(terms, fee=fee - 1)).result < 0
    keeps = account(working, terms).keeps
    assert account(working, structs.replace(terms, availability=keeps)).result >= 0
    if keeps:
        assert account(working, structs.replace(terms, availability=keeps - 1)).result == -1


def test_sums_by_agent_are_the_sums_of_their_outlets() -> None:
    accounts = city()
    agents = {number: "post" if number % 3 else "chain" for number in accounts}
    found = by_group(accounts, agents)
    assert set(found) == {"post", "chain"}
    assert sum(one.result for one in found.values()) == sum(one.result for one in accounts.values())
    assert together(found.values()) == together(accounts.values())
    assert together([]).break_even_fee == 0


def test_a_budget_keeps_the_cheapest_first() -> None:
    accounts = city()
    wanted = sorted((one.keeps, number) for number, one in accounts.items() if one.keeps)
    budget = sum(payment for payment, _ in wanted[:5])
    assert cheapest_to_keep(accounts, budget) == [(n, payment) for payment, n in wanted[:5]]
    assert cheapest_to_keep(accounts, budget - 1) == [(n, payment) for payment, n in wanted[:4]]
    everybody = cheapest_to_keep(accounts, sum(payment for payment, _ in wanted))
    assert len(everybody) == len(wanted)


def test_a_fee_follows_the_wage_for_its_share() -> None:
    assert indexed(30, wage_then=2_200, wage_now=2_300, share_ppm=1_000_000) == 31
    assert indexed(30, wage_then=2_000, wage_now=3_000, share_ppm=500_000) == 38
    assert indexed(30, wage_then=2_300, wage_now=2_200, share_ppm=1_000_000) == 30


def test_every_figure_says_what_it_rests_on() -> None:
    assert len({one.code for one in STARTING}) == len(STARTING)
    assert all(one.basis in BASIS_NAMES and one.source.zh and one.source.en for one in STARTING)
    assert {one.basis for one in STARTING} == {"public", "assumed"}
