"""The fee by contract: what a quote gives the outlet, contract by contract, and their mean."""

from msgspec import structs

from cashlane.core.agreed_fee import with_agreed_fee
from cashlane.core.fees import FeeSchedule, FeeSlab, fee_for
from cashlane.core.network import Way
from cashlane.core.scenario import KIND_NAMES, starting
from tests.rolls.counter import network as city


def _schedule(number: int, flat: int, shares: tuple[int, int, int]) -> FeeSchedule:
    slab = FeeSlab(up_to=10**9, flat=flat, rate_ppm=0, least=0, most=10**6)
    template = next(iter(city().fees.values()))
    return structs.replace(template, number=number, slabs=(slab,), shares=shares)


def test_the_fee_is_the_mean_of_what_contracts_give_an_outlet() -> None:
    """50 fen by the contract's own schedule, of which 70 %; 91 by that of its leading way, all."""
    network = city()
    kind = next(iter(network.agents.values())).kind
    (first, contract), *_ = sorted(
        (key, one) for key, one in network.contracts.items() if network.agents[key[0]].kind == kind
    )
    own, way = _schedule(901, 50, (70, 10, 20)), _schedule(902, 91, (1, 0, 0))
    led = Way(contract.ways[0].route, "certified", 0, 902)
    signed = Way(contract.ways[0].route, "signed", 0, 902)
    contracts = {
        first: structs.replace(contract, fee=901, ways=(signed,)),
        (first[0], 9_999): structs.replace(contract, fee=901, ways=(signed, led)),
    }
    told = structs.replace(network, contracts=contracts, fees={901: own, 902: way})
    found = with_agreed_fee(starting(kind), told, kind)
    assert found["fee"].value == (35 + 91) // 2 == 63
    assert found["fee"].basis == "agreed"
    assert "fee schedules of this network" in found["fee"].source.en
    assert found["fee"].dated == own.valid_from
    assert {it: one for it, one in found.items() if it != "fee"} == {
        it: one for it, one in starting(kind).items() if it != "fee"
    }


def test_the_mean_is_rounded_half_up_and_a_schedule_sees_the_mean_bill() -> None:
    network = city()
    for kind in KIND_NAMES:
        parts = [
            fee_for(network.fees[one.ways[0].fee or one.fee], starting(kind)["bill"].value).parts[0]
            for (agent, _), one in network.contracts.items()
            if network.agents[agent].kind == kind
        ]
        found = with_agreed_fee(starting(kind), network, kind)
        if parts:
            assert found["fee"].value == (2 * sum(parts) + len(parts)) // (2 * len(parts))


def test_without_a_contract_the_fee_is_assumed() -> None:
    network = structs.replace(city(), contracts={})
    assert with_agreed_fee(starting("post"), network, "post") == starting("post")
