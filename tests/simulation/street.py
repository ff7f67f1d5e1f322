"""The simulated street's parties: five outlets of two agents, eight billers, seven ways to them."""

from datetime import date

from cashlane.core.bill import AmountRule, Biller, CashRule
from cashlane.core.fees import FeeSchedule, FeeSlab
from cashlane.core.network import (
    Agent,
    Contract,
    Network,
    Outlet,
    Route,
    StandIn,
    Till,
    Way,
)
from cashlane.core.stand_in import agent_bucket, biller_bucket
from cashlane.values.money import CNY
from cashlane.values.text import Text
from tests.simulation.billers import KINDS
from tests.simulation.routes import MANIFESTS

TILLS = {11: 1, 12: 1, 21: 2, 31: 3, 32: 3, 41: 4, 51: 5, 52: 5}
"""Tills and their outlets."""
WAYS: dict[str, tuple[str, ...]] = {
    "idempotent": ("ring", "far-ring"),
    "repeats": ("bank", "far-bank"),
    "forgets": ("old-ring", "next-ring"),
    "early-not-found": ("bank", "far-bank"),
    "contradicts": ("ring", "far-ring"),
    "slow": ("old-ring", "next-ring"),
    "file": ("drop",),
    "early-cut": ("bank", "far-bank"),
}
"""By which routes each kind of biller is reached, the first one first."""
SPARED = {"forgets", "slow", "early-not-found"}
"""Agent 2 has a spare way to the others only."""
WARM_PPM = 20_000
STAND_IN_FOR = ("repeats", "slow")
STAND_IN_MOST = 300_000
"""Some ten payments of one till: full where a way is closed for long."""
ROUTES = {code: number for number, code in enumerate(MANIFESTS, 1)}
BILLERS = {kind: number for number, kind in enumerate(KINDS, 1)}
DRAWER_MOST = 10**9
SMALL_DRAWER_MOST = 400_000
"""One outlet's drawer is full after some ten payments."""


def network() -> Network:
    """All parties. Agent 2's customers pay a fee; agent 1's are paid for by the biller."""
    return Network(
        version=1, currency=CNY, zone="Asia/Shanghai",
        billers={number: _biller(number, kind) for kind, number in BILLERS.items()},
        routes={number: _route(number, code) for code, number in ROUTES.items()},
        agents={n: Agent(n, f"agent-{n}", Text("代收", "agent"), "post", "g", "own")
                for n in (1, 2)},
        outlets={number: _outlet(number) for number in range(1, 6)},
        tills={number: Till(number, str(number), outlet) for number, outlet in TILLS.items()},
        contracts={
            (agent, number): Contract(agent, number, _ways(agent, kind), agent, 10**6)
            for agent in (1, 2) for kind, number in BILLERS.items()
        },
        fees={1: _fee(1, "biller", 60, 3_000), 2: _fee(2, "customer", 150, 4_000)},
        withdrawn={},
        stand_in=StandIn(
            tuple(BILLERS[kind] for kind in STAND_IN_FOR), 10**6, STAND_IN_MOST, 2 * STAND_IN_MOST,
            4 * STAND_IN_MOST, 4 * STAND_IN_MOST, 3_600,
        ),
    )  # fmt: skip


def _ways(agent: int, kind: str) -> tuple[Way, ...]:
    """Agent 1 keeps its spare ways warm."""
    codes = WAYS[kind][:1] if agent == 2 and kind in SPARED else WAYS[kind]
    warm = WARM_PPM if agent == 1 else 0
    return tuple(
        Way(ROUTES[code], "certified", warm if place else 0, 0) for place, code in enumerate(codes)
    )


def bounds() -> dict[tuple[int, int, int], int]:
    """Every bounded account - bucket, kind, party - with its most."""
    most = {}
    for outlet in map(_outlet, range(1, 6)):
        most[outlet.bucket, 1, outlet.number] = outlet.drawer_most
        most[outlet.bucket, 3, outlet.number] = 2 * STAND_IN_MOST
    for till, outlet in TILLS.items():
        most[_outlet(outlet).bucket, 2, till] = STAND_IN_MOST
    for agent in (1, 2):
        most[agent_bucket(agent), 4, agent] = 4 * STAND_IN_MOST
    for biller in BILLERS.values():
        most[biller_bucket(biller), 5, biller] = 4 * STAND_IN_MOST
    return most


def _biller(number: int, kind: str) -> Biller:
    cash = CashRule("down", "biller" if number % 2 else "network")
    return Biller(
        number=number, code=f"biller-{kind}", name=Text("收费单位", f"biller {kind}"),
        kind="other", flow="inquire", fields=(), layouts=(), amount_rule=AmountRule("exact"),
        cash_rule=cash, choice="any", payment_most=10**6, windows=(), notices=(),
        inquiries_per_minute=6_000, inquiries_per_minute_customer=60, parts_allowed=False,
        receipt_discharges=True, dedups_across_routes=kind == "idempotent",
    )  # fmt: skip


def _route(number: int, code: str) -> Route:
    served = tuple(number for kind, number in BILLERS.items() if code in WAYS[kind])
    return Route(number, code, Text("通道", code), "bank", MANIFESTS[code], served)


def _outlet(number: int) -> Outlet:
    most = SMALL_DRAWER_MOST if number == 5 else DRAWER_MOST
    return Outlet(
        number, f"o-{number}", Text("网点", f"outlet {number}"), 1 + number % 2, "b", "d",
        (7, 7, 23, 40, 63)[number - 1], most, False,
    )  # fmt: skip


def _fee(number: int, bearer: str, flat: int, rate_ppm: int) -> FeeSchedule:
    slab = FeeSlab(up_to=10**9, flat=flat, rate_ppm=rate_ppm, least=0, most=10_000)
    return FeeSchedule(number, bearer, (slab,), (5, 3, 2), date(2020, 1, 1), None)  # type: ignore[arg-type]
