"""The plan of a simulated world: which parties exist, on which ports, with which manners.

Ports are on 127.0.0.1; port 0 lets the system choose, and the choice is kept across restarts.
"""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

ZONE = "Asia/Shanghai"


class BillerPlan(Struct, frozen=True):
    """One biller. `per_minute` is its desk's published capacity for inquiries.

    `dedups`: a second posting of one payment id credits nothing. `short_most` fen may stay owed.
    `drop` is the exchange folder of a biller that only takes files; None for one with a live desk.
    """

    code: str
    name: Text
    port: int
    per_minute: int
    dedups: bool
    short_most: int
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


CARRIED_MOST = 9
"""Fen that may stay owed on an account: less than the smallest coin that people hand over."""

_LIVE_BILLERS = (
    ("city-power", Text("城市电力", "City Power"), 60_000, 0),
    ("east-water", Text("东区水务", "East Water"), 30_000, CARRIED_MOST),
    ("west-water", Text("西区水务", "West Water"), 30_000, CARRIED_MOST),
    ("north-gas", Text("北区燃气", "North Gas"), 30_000, 0),
    ("south-gas", Text("南区燃气", "South Gas"), 30_000, 0),
)
_CHAINS = (
    ("chain-a", Text("连锁甲总部", "Chain A host"), time(23, 0)),
    ("chain-b", Text("连锁乙总部", "Chain B host"), time(0, 0)),
    ("chain-c", Text("连锁丙总部", "Chain C host"), time(22, 30)),
    ("chain-d", Text("连锁丁总部", "Chain D host"), time(22, 0)),
    ("chain-e", Text("连锁戊总部", "Chain E host"), time(23, 0)),
)


def city_plan(
    *, drop: Path, secrets: Mapping[str, str], api: str, api_keys: Mapping[str, str]
) -> WorldPlan:
    """The usual city: six billers, an aggregator, a bank, the post's own line, five chains.

    `secrets` sign the aggregators' messages, by route code; `api_keys` open the network's API to
    the chains, by agent code.
    """
    live = [
        BillerPlan(code, name, 0, capacity, dedups=True, short_most=short, drop=None)
        for code, name, capacity, short in _LIVE_BILLERS
    ]
    return WorldPlan(
        billers=(*live, _island_gas(drop)),
        routes=(
            _aggregator("aggregator-a", Text("甲聚合商", "Aggregator A"), secrets),
            RoutePlan("bank-b", Text("乙银行", "Bank B"), "bank", 0, ""),
            _aggregator("post-line", Text("邮政专线", "Post line"), secrets),
        ),
        chains=tuple(
            ChainPlan(f"{code}-host", name, 0, api, api_keys[code], closes)
            for code, name, closes in _CHAINS
        ),
    )


def _aggregator(code: str, name: Text, secrets: Mapping[str, str]) -> RoutePlan:
    return RoutePlan(code, name, "aggregator", 0, secrets[code])


def _island_gas(drop: Path) -> BillerPlan:
    name = Text("海岛燃气", "Island Gas")
    return BillerPlan("island-gas", name, 0, 0, dedups=True, short_most=0, drop=str(drop))
