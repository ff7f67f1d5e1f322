"""What outlets get for a payment by the contracts of their network, for the economics to begin with
instead of an assumption."""

from collections.abc import Mapping

from msgspec import structs

from cashlane.core.economic_figures import Figure
from cashlane.core.fees import PAYEES, FeeSchedule, fee_for
from cashlane.core.network import Contract, Network
from cashlane.core.scenario import Kind
from cashlane.values.text import Text

_AGENT = PAYEES.index("agent")
_SOURCE = Text(
    "本网络各合同结算费率里网点所得的平均，按平均账单计",
    "the outlet's part by the fee schedules of this network's contracts, on a mean bill; their"
    " mean",
)


def with_agreed_fee(
    figures: Mapping[str, Figure], network: Network, kind: Kind
) -> dict[str, Figure]:
    """The figures that a kind of agents begins with, its fee by contract: the mean of what the
    contracts of this kind give an outlet for a mean bill, rounded half up. Without a contract the
    fee stays as it was."""
    schedules = [
        _schedule(network, contract)
        for (agent, _), contract in sorted(network.contracts.items())
        if network.agents[agent].kind == kind
    ]
    if not schedules:
        return dict(figures)
    parts = [fee_for(one, figures["bill"].value).parts[_AGENT] for one in schedules]
    fee = structs.replace(
        figures["fee"],
        value=(2 * sum(parts) + len(parts)) // (2 * len(parts)),
        basis="agreed",
        source=_SOURCE,
        dated=max(one.valid_from for one in schedules),
    )
    return {**figures, "fee": fee}


def _schedule(network: Network, contract: Contract) -> FeeSchedule:
    """The schedule of a contract's leading way, as a quote takes it."""
    leads = next((way for way in contract.ways if way.stage == "certified"), None)
    return network.fees[(leads.fee if leads is not None else 0) or contract.fee]
