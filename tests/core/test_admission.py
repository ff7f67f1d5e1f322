"""May this outlet take this biller's money: each refusal alone, and which wins of several."""

from datetime import UTC, datetime, time

from msgspec import structs

from cashlane.core.bill import Bill, Notice, Window
from cashlane.core.network import Contract, Network, Way
from cashlane.core.outlet import may_take, window_ends
from cashlane.core.quote import price
from cashlane.core.refusals import Refused, first
from cashlane.core.routing import CLEAR, Outlook
from cashlane.values.text import Text
from tests.core.ways import ill, permit
from tests.rolls.counter import network

NOW = datetime(2022, 1, 14, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def code(net: Network, outlook: Outlook = CLEAR, biller: int = 1) -> str:
    """The refusal's code, or "open"."""
    found = may_take(net, net.outlets[1], net.billers[biller], NOW, outlook)
    return found.code if isinstance(found, Refused) else "open"


def changed(net: Network, **changes: object) -> Network:
    """The network with its first biller changed."""
    biller = structs.replace(net.billers[1], **changes)
    return structs.replace(net, billers={**net.billers, 1: biller})


def test_open() -> None:
    assert code(network()) == "open"


def test_no_contract() -> None:
    net = network()
    contracts = {key: it for key, it in net.contracts.items() if key != (1, 1)}
    assert code(structs.replace(net, contracts=contracts)) == "NO_CONTRACT"


def test_no_route_is_open() -> None:
    assert code(network(), ill(1)) == "NO_ROUTE"
    assert code(network(), ill(2)) == "open"


def test_withdrawn_service_leaves_the_others() -> None:
    net = structs.replace(network(), withdrawn={(1, 1): NOW.date()})
    assert (code(net), code(net, biller=2)) == ("SERVICE_WITHDRAWN", "open")


def test_windows_are_in_the_networks_own_zone() -> None:
    morning = changed(network(), windows=(Window(time(9, 0), time(12, 0)),))
    assert code(morning) == "open"
    ends = window_ends(morning, morning.billers[1], NOW)
    assert ends is not None
    assert ends.time() == time(12, 0)
    assert code(changed(network(), windows=(Window(time(10, 0), time(12, 0)),))) == "WINDOW_CLOSED"
    assert window_ends(network(), network().billers[1], NOW) is None


def test_a_notice_that_is_over_closes_nothing() -> None:
    sentence = Text("维护", "maintenance")
    earlier, later = datetime(2022, 1, 13, tzinfo=UTC), datetime(2022, 1, 15, tzinfo=UTC)
    assert code(changed(network(), notices=(Notice(earlier, later, sentence),))) == "BILLER_NOTICE"
    assert code(changed(network(), notices=(Notice(earlier, NOW, sentence),))) == "open"
    assert code(changed(network(), notices=(Notice(later, None, sentence),))) == "open"


def test_the_catalogues_order_decides() -> None:
    net = structs.replace(network(), withdrawn={(1, 1): NOW.date()})
    outlet = structs.replace(net.outlets[1], suspended=True)
    assert code(structs.replace(net, outlets={**net.outlets, 1: outlet})) == "OUTLET_SUSPENDED"
    assert first([Refused("NO_ROUTE"), Refused("NO_CONTRACT")]) == Refused("NO_CONTRACT")
    assert first([]) is None


def test_an_amount_above_the_contracts_bound() -> None:
    net = network()
    way = Way(1, "certified", 0, 0)
    contract = Contract(1, 1, (way,), 1, payment_most=5_000)
    bill = Bill(1, "b", "1", "202112", 5_001, None, "")
    refused = price(net, net.billers[1], permit(contract), bill, amount=5_001, now=NOW)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.places) == (
        "AMOUNT_TOO_LARGE",
        {"most": "50.00", "amount": "50.01"},
    )
