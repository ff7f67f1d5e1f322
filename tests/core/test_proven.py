"""What everybody may know of spare ways: which leads, which was proven and when."""

from datetime import timedelta

from msgspec import structs

from cashlane.core.health import Scope, newborn
from cashlane.core.network import Way
from cashlane.core.proven import PairProven, proven
from cashlane.core.routing import CLEAR, PROVEN_WITHIN, Outlook
from tests.rolls.counter import OPENING, network


def carried(ago: timedelta, route: int = 2) -> Outlook:
    scope = Scope(route, 1, 3)
    return Outlook({scope: structs.replace(newborn(scope, OPENING), proven_at=OPENING - ago)}, ())


def third(outlook: Outlook) -> PairProven:
    """The third agent's ways to the first biller: one that leads, and a spare."""
    found = {(one.agent, one.biller): one for one in proven(network(), outlook, OPENING)}
    assert len(found) == 12
    return found[3, 1]


def test_a_spare_is_proven_for_thirty_days() -> None:
    assert third(CLEAR).readiness == "unproven"
    assert third(carried(PROVEN_WITHIN)).readiness == "proven"
    assert third(carried(PROVEN_WITHIN + timedelta(seconds=1))).readiness == "unproven"
    assert third(carried(timedelta(0), route=1)).readiness == "unproven", "the lead is no spare"
    lead, spare = third(carried(timedelta(days=3))).ways
    assert (lead.route, lead.leads, lead.spare, lead.proven_at) == (1, True, "certified", None)
    assert (spare.leads, spare.spare, spare.proven_at) == (
        False,
        "warm",
        OPENING - 3 * timedelta(1),
    )


def test_a_way_on_paper_is_no_spare_and_leads_nothing() -> None:
    net = network()
    contract = net.contracts[3, 1]
    signed, other = Way(2, "signed", 0, 0), Way(1, "certified", 0, 0)
    body = structs.replace(contract, ways=(signed, other))
    paper = structs.replace(net, contracts={(3, 1): body})
    (one,) = proven(paper, CLEAR, OPENING)
    assert one.readiness == "none"
    assert [way.leads for way in one.ways] == [False, True]


def test_an_agent_without_an_open_outlet_is_not_told() -> None:
    net = network()
    shut = {3: structs.replace(net.outlets[3], suspended=True)}
    found = proven(structs.replace(net, outlets=net.outlets | shut), CLEAR, OPENING)
    assert {one.agent for one in found} == {1, 2}
