"""What a chain types next: one command for each stage, with the names of its own outlet in it."""

from collections.abc import Mapping

from cashlane.core.network import Network, Outlet
from cashlane.core.onboarding import Stage

_ASK = 'curl -sS -H "Authorization: Bearer $KEY" -H "Content-Type: application/json"'
_PAY = (
    f'{_ASK} -H "Idempotency-Key: $NUMBER" "$API/v1/payments"'
    ' -d "{{\\"outlet\\": \\"{outlet}\\", \\"till\\": \\"{till}\\", \\"hold\\": \\"$TOKEN\\",'
    ' \\"tendered\\": $DUE}}"'
)
_STEPS: Mapping[Stage, tuple[str, ...]] = {
    "key": ('cashlane onboarding {agent} --key "head office"',),
    "signed": (f'{_ASK} "$API/v1/outlets"',),
    "listed": (
        "cashlane outlets import stores.xlsx --agent {agent} --system gcj02 --try",
        "cashlane outlets import stores.xlsx --agent {agent} --system gcj02",
    ),
    "inquired": (
        f'{_ASK} "$API/v1/holds"'
        ' -d "{{\\"outlet\\": \\"{outlet}\\", \\"till\\": \\"{till}\\", \\"code\\": \\"$CODE\\"}}"',
    ),
    "paid": ('NUMBER=$(python3 -c "import uuid; print(uuid.uuid4())")', _PAY),
    "repeated": (_PAY,),
    "refused": (
        'NUMBER=$(python3 -c "import uuid; print(uuid.uuid4())"); DUE=1',
        _PAY,
        f'{_ASK} "$API/v1/payments?outlet={{outlet}}&key=$NUMBER"',
    ),
    "voided": (
        'NUMBER=$(python3 -c "import uuid; print(uuid.uuid4())")',
        f'{_ASK} -H "Idempotency-Key: $NUMBER" "$API/v1/payments/$PAYMENT/void"'
        ' -d "{{\\"outlet\\": \\"{outlet}\\", \\"till\\": \\"{till}\\"}}"',
    ),
    "looked_up": (f'{_ASK} "$API/v1/payments/$PAYMENT?wait_ms=5000"',),
}
"""`$KEY`, `$API` and what an answer told (`$TOKEN`, `$DUE`, `$PAYMENT`) are the chain's to set."""


def steps(stage: Stage, network: Network, agent: int) -> list[str]:
    """The commands of a stage; none where two persons do it at the window."""
    outlet = _outlet(network, agent)
    till = _till(network, outlet)
    names = {
        "agent": network.agents[agent].code,
        "outlet": outlet.code if outlet is not None else "OUTLET",
        "till": till,
    }
    return [line.format(**names) for line in _STEPS.get(stage, ())]


def _outlet(network: Network, agent: int) -> Outlet | None:
    """Its first outlet that is on, else its first."""
    mine = sorted(
        (one for one in network.outlets.values() if one.agent == agent),
        key=lambda one: (one.suspended, one.code),
    )
    return mine[0] if mine else None


def _till(network: Network, outlet: Outlet | None) -> str:
    tills = [] if outlet is None else [
        one.code for one in network.tills.values() if one.outlet == outlet.number
    ]  # fmt: skip
    return min(tills, default="1")
