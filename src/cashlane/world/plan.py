"""The plan of a simulated world: which parties exist, on which ports, with which manners.

Ports are on 127.0.0.1; port 0 lets the system choose, and the choice is kept across restarts.
"""

from datetime import time
from pathlib import Path
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

ZONE = "Asia/Shanghai"


class BillerPlan(Struct, frozen=True):
    """One biller. `per_minute` is its desk's published capacity for inquiries.

    `dedups`: a second posting of one payment id credits nothing. `drop` is the exchange folder
    of a biller that only takes files; None for one with a live desk.
    """

    code: str
    name: Text
    port: int
    per_minute: int
    dedups: bool
    drop: str | None


class RoutePlan(Struct, frozen=True):
    """One way to the billers. `secret` signs an aggregator's messages; a bank has none."""

    code: str
    name: Text
    kind: Literal["aggregator", "bank"]
    port: int
    secret: str


class ChainPlan(Struct, frozen=True):
    """A chain's head-office host: a client of the network's API with its own closing hour."""

    code: str
    name: Text
    port: int
    api: str
    api_key: str
    closes: time


class WorldPlan(Struct, frozen=True):
    """Every party of one simulated world."""

    billers: tuple[BillerPlan, ...]
    routes: tuple[RoutePlan, ...]
    chains: tuple[ChainPlan, ...]


_LIVE_BILLERS = (
    ("city-power", Text("城市电力", "City Power"), 60_000),
    ("east-water", Text("城东水务", "East Water"), 30_000),
    ("west-water", Text("城西水务", "West Water"), 30_000),
    ("north-gas", Text("城北燃气", "North Gas"), 30_000),
    ("south-gas", Text("城南燃气", "South Gas"), 30_000),
)


def city_plan(*, drop: Path, secret: str, api: str, api_key: str) -> WorldPlan:
    """The usual city: five live billers, a file-only one, an aggregator, a bank, a chain."""
    live = [
        BillerPlan(code=code, name=name, port=0, per_minute=capacity, dedups=True, drop=None)
        for code, name, capacity in _LIVE_BILLERS
    ]
    return WorldPlan(
        billers=(*live, _island_gas(drop)),
        routes=(
            RoutePlan("aggregator-a", Text("甲聚合商", "Aggregator A"), "aggregator", 0, secret),
            RoutePlan("bank-b", Text("乙银行", "Bank B"), "bank", 0, ""),
        ),
        chains=(
            ChainPlan(
                "chain-a-host", Text("甲连锁总部", "Chain A host"), 0, api, api_key, time(23, 0)
            ),
        ),
    )


def _island_gas(drop: Path) -> BillerPlan:
    name = Text("海岛燃气", "Island Gas")
    return BillerPlan(
        code="island-gas", name=name, port=0, per_minute=0, dedups=True, drop=str(drop)
    )
