"""Whether a counter may take a bill at all, and the order in which its refusals win."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from msgspec import structs

from cashlane.core.bill import Bill, Notice, Window
from cashlane.core.network import Network
from cashlane.core.outlet import Standing, may_take, standing
from cashlane.core.quote import Quote, price
from cashlane.core.refusals import CATALOGUE, Refused, first
from cashlane.core.routing import CLEAR
from cashlane.values.text import Text
from tests.core.ways import ill, permit
from tests.rolls.counter import OPENING, network


def _code(network: Network, shut: set[int]) -> str | None:
    """The refusal at outlet 1 for biller 1, whose contract goes over route 1."""
    answer = may_take(network, network.outlets[1], network.billers[1], OPENING, ill(*shut))
    return answer.code if isinstance(answer, Refused) else None


def _suspended(of: Network) -> Network:
    outlet = structs.replace(of.outlets[1], suspended=True)
    since = {(1, 0): date(2022, 1, 10)}
    return structs.replace(of, outlets={**of.outlets, 1: outlet}, withdrawn=since)


def _without_contract(of: Network) -> Network:
    left = {pair: contract for pair, contract in of.contracts.items() if pair != (1, 1)}
    return structs.replace(of, contracts=left)


def _withdrawn(of: Network) -> Network:
    return structs.replace(of, withdrawn={(1, 1): date(2022, 1, 12)})


def _biller(of: Network, **changes: object) -> Network:
    changed = structs.replace(of.billers[1], **changes)
    return structs.replace(of, billers={**of.billers, 1: changed})


def _noticed(of: Network) -> Network:
    since = datetime(2022, 1, 13, tzinfo=UTC)
    return _biller(of, notices=(Notice(since, None, Text("检修", "an upgrade")),))


def _windowed(of: Network) -> Network:
    """Open in the morning only; it is 17:00 in the network's zone."""
    return _biller(of, windows=(Window(time(8), time(12)),))


def test_an_open_counter_takes_the_bill_under_its_contract() -> None:
    whole = network()
    answer = may_take(whole, whole.outlets[1], whole.billers[1], OPENING, CLEAR)
    assert not isinstance(answer, Refused)
    assert answer.contract == whole.contracts[1, 1]


@pytest.mark.parametrize(
    ("changes", "shut", "code"),
    [
        ([_suspended], set(), "OUTLET_SUSPENDED"),
        ([_withdrawn], set(), "SERVICE_WITHDRAWN"),
        ([_without_contract], set(), "NO_CONTRACT"),
        ([], {1}, "NO_ROUTE"),
        ([], {2}, None),
        ([_without_contract, _withdrawn], {1}, "SERVICE_WITHDRAWN"),
        ([_without_contract, _withdrawn, _suspended], {1}, "OUTLET_SUSPENDED"),
    ],
)
def test_the_first_refusal_of_the_catalogue_wins(
    changes: list, shut: set[int], code: str | None
) -> None:
    changed = network()
    for change in changes:
        changed = change(changed)
    assert _code(changed, shut) == code


def test_the_first_open_way_is_the_one_that_is_priced() -> None:
    """A contract of two ways whose first is closed: nothing is sent over a closed way."""
    whole = network()
    for shut, wanted in (((), 1), ((1,), 2), ((2,), 1)):
        given = may_take(whole, whole.outlets[3], whole.billers[1], OPENING, ill(*shut))
        assert not isinstance(given, Refused)
        bill = Bill(1, "b-1", "100001", "202201", 5_000, None, "")
        quote = price(whole, whole.billers[1], given, bill, amount=5_000, now=OPENING)
        assert isinstance(quote, Quote)
        assert quote.route == wanted


@pytest.mark.parametrize(
    ("change", "shut", "code", "since", "until"),
    [
        (_suspended, set(), "OUTLET_SUSPENDED", "2022-01-10T00:00:00+08:00", None),
        (_withdrawn, set(), "SERVICE_WITHDRAWN", "2022-01-12T00:00:00+08:00", None),
        (_noticed, set(), "BILLER_NOTICE", "2022-01-13T00:00:00+00:00", None),
        (_windowed, set(), "WINDOW_CLOSED", "2022-01-14T12:00:00+08:00",
         "2022-01-15T08:00:00+08:00"),
        (lambda same: same, {1}, "NO_ROUTE", OPENING.isoformat(), None),
    ],
)  # fmt: skip
def test_what_is_closed_says_since_when_and_until_when(
    change: Callable[[Network], Network], shut: set[int], code: str, since: str, until: str
) -> None:
    changed = change(network())
    stands = standing(changed, changed.outlets[1], changed.billers[1], OPENING, ill(*shut))
    assert stands.refused is not None
    assert stands.refused.code == code
    assert [at and at.isoformat() for at in (stands.since, stands.until)] == [since, until]


def test_what_is_open_says_nothing_more() -> None:
    whole = network()
    stands = standing(whole, whole.outlets[1], whole.billers[1], OPENING, CLEAR)
    assert stands == Standing(None, None, None)


def test_a_bill_above_the_ceiling_is_refused_with_both_figures() -> None:
    whole = network()
    ceiling = whole.contracts[1, 1].payment_most
    bill = Bill(1, "b-1", "100001", "202201", ceiling + 1, None, "")
    refused = price(
        whole,
        whole.billers[1],
        permit(whole.contracts[1, 1]),
        bill,
        amount=bill.amount,
        now=OPENING,
    )
    assert isinstance(refused, Refused)
    assert refused.code == "AMOUNT_TOO_LARGE"
    assert refused.places["most"] == "10000.00"
    assert refused.places["amount"] == "10000.01"


def test_the_lower_of_two_ceilings_holds() -> None:
    whole = network()
    low = structs.replace(whole.contracts[1, 1], payment_most=100)
    bill = Bill(1, "b-1", "100001", "202201", 101, None, "")
    refused = price(whole, whole.billers[1], permit(low), bill, amount=101, now=OPENING)
    assert isinstance(refused, Refused)
    assert refused.code == "AMOUNT_TOO_LARGE"


def test_order_in_the_catalogue_is_the_order_of_answers() -> None:
    codes = list(CATALOGUE)
    both = [Refused(codes[9]), Refused(codes[4])]
    assert first(both) == Refused(codes[4])
    assert first([]) is None
