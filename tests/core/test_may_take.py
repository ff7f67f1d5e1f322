"""Whether a counter may take a bill at all, and the order in which its refusals win."""

import pytest
from msgspec import structs

from cashlane.core.bill import Bill
from cashlane.core.network import Network
from cashlane.core.outlet import may_take
from cashlane.core.quote import price
from cashlane.core.refusals import CATALOGUE, Refused, first
from tests.rolls.counter import OPENING, network


def _code(network: Network, shut: set[int]) -> str | None:
    """The refusal at outlet 1 for biller 1, whose contract goes over route 1."""
    answer = may_take(network, network.outlets[1], network.billers[1], OPENING, shut)
    return answer.code if isinstance(answer, Refused) else None


def _suspended(of: Network) -> Network:
    outlet = structs.replace(of.outlets[1], suspended=True)
    return structs.replace(of, outlets={**of.outlets, 1: outlet})


def _without_contract(of: Network) -> Network:
    left = {pair: contract for pair, contract in of.contracts.items() if pair != (1, 1)}
    return structs.replace(of, contracts=left)


def _withdrawn(of: Network) -> Network:
    return structs.replace(of, withdrawn=frozenset({(1, 1)}))


def test_an_open_counter_takes_the_bill_under_its_contract() -> None:
    whole = network()
    answer = may_take(whole, whole.outlets[1], whole.billers[1], OPENING, frozenset())
    assert answer == whole.contracts[1, 1]


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


def test_a_bill_above_the_ceiling_is_refused_with_both_figures() -> None:
    whole = network()
    ceiling = whole.contracts[1, 1].payment_most
    bill = Bill(1, "b-1", "100001", "202201", ceiling + 1, None, "")
    refused = price(
        whole, whole.billers[1], whole.contracts[1, 1], bill, amount=bill.amount, now=OPENING
    )
    assert isinstance(refused, Refused)
    assert refused.code == "AMOUNT_TOO_LARGE"
    assert refused.places["most"] == "10000.00"
    assert refused.places["amount"] == "10000.01"


def test_the_lower_of_two_ceilings_holds() -> None:
    whole = network()
    low = structs.replace(whole.contracts[1, 1], payment_most=100)
    bill = Bill(1, "b-1", "100001", "202201", 101, None, "")
    refused = price(whole, whole.billers[1], low, bill, amount=101, now=OPENING)
    assert isinstance(refused, Refused)
    assert refused.code == "AMOUNT_TOO_LARGE"


def test_order_in_the_catalogue_is_the_order_of_answers() -> None:
    codes = list(CATALOGUE)
    both = [Refused(codes[9]), Refused(codes[4])]
    assert first(both) == Refused(codes[4])
    assert first([]) is None
