"""What hangs on one thing: the share of outlets that would close if a route, a biller, a chain's
host or the hub itself stopped; and what would still work, for how long nobody could pay, and who
brings it back from what. Asked before it happens, and proven by drills."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from cashlane.core.network import Contract, Network
from cashlane.core.routing import Outlook, WayState, way_states
from cashlane.values.text import Text

Kind = Literal["route", "biller", "agent", "hub"]
Outcome = Literal["untouched", "moves", "moves_cold", "closes", "closed_already"]
"""What becomes of one agent's bills of one biller. `moves_cold`: the other way is certified, but
no payment has proven it of late."""


class Stopped(Struct, frozen=True):
    """What stops. The hub has number 0."""

    kind: Kind
    number: int


HUB = Stopped("hub", 0)


class Pair(Struct, frozen=True):
    """One agent's bills of one biller, and what becomes of them."""

    agent: int
    biller: int
    outlets: tuple[int, ...]
    outcome: Outcome
    left: tuple[WayState, ...]
    """The certified ways that are left, in the contract's order."""


class Impact(Struct, frozen=True):
    """What stops if something stops."""

    what: Stopped
    pairs: tuple[Pair, ...]
    outlets: int
    """All outlets of the network that are not suspended."""

    def outlets_where(self, outcomes: Iterable[Outcome]) -> frozenset[int]:
        """Outlets where some bill comes to one of these ends."""
        wanted = frozenset(outcomes)
        return frozenset(
            outlet for pair in self.pairs if pair.outcome in wanted for outlet in pair.outlets
        )

    @property
    def closing(self) -> frozenset[int]:
        """Outlets where some bill can be paid no longer."""
        return self.outlets_where(("closes",))

    @property
    def dark(self) -> frozenset[int]:
        """Outlets where no bill at all can be paid any longer."""
        alive = self.outlets_where(("untouched", "moves", "moves_cold"))
        return self.closing - alive

    @property
    def moving(self) -> frozenset[int]:
        """Outlets whose payments take another way."""
        return self.outlets_where(("moves", "moves_cold"))

    @property
    def share_ppm(self) -> int:
        """The share of outlets where some bill can be paid no longer (rounded down)."""
        return len(self.closing) * 1_000_000 // max(1, self.outlets)


def what_if(what: Stopped, network: Network, outlook: Outlook, now: datetime) -> Impact:
    """What would happen if something stopped now."""
    return _impact(what, network, _serving(network), outlook, now)


def concentration(network: Network, outlook: Outlook, now: datetime) -> list[Impact]:
    """Every route, biller and agent with what hangs on it, and the hub; the heaviest first."""
    things = [
        HUB,
        *(Stopped("route", number) for number in network.routes),
        *(Stopped("biller", number) for number in network.billers),
        *(Stopped("agent", number) for number in network.agents),
    ]
    serving = _serving(network)
    found = [_impact(one, network, serving, outlook, now) for one in things]
    return sorted(found, key=_weight)


def _weight(one: Impact) -> tuple[int, int, str, int]:
    return -len(one.dark), -len(one.closing), one.what.kind, one.what.number


_Serving = Mapping[int, tuple[int, ...]]
"""Outlets that are not suspended, by agent."""


def _serving(network: Network) -> _Serving:
    return {
        agent: tuple(one.number for one in outlets if not one.suspended)
        for agent, outlets in network.outlets_by_agent().items()
    }


def _impact(
    what: Stopped, network: Network, serving: _Serving, outlook: Outlook, now: datetime
) -> Impact:
    gone = None if _files_only(what, network) else what
    pairs = tuple(
        _pair(contract, gone, serving.get(contract.agent, ()), outlook, now)
        for _, contract in sorted(network.contracts.items())
    )
    return Impact(what, pairs, sum(map(len, serving.values())))


def _files_only(what: Stopped, network: Network) -> bool:
    """Whether it is a biller whose own systems no payment waits for: its bills are in the last
    file it handed over, and what is paid of them is final when our file is whole."""
    return what.kind == "biller" and network.billers[what.number].flow == "file"


def _pair(
    contract: Contract,
    what: Stopped | None,
    outlets: tuple[int, ...],
    outlook: Outlook,
    now: datetime,
) -> Pair:
    states = tuple(way_states(contract, outlook, now))
    left = tuple(state for state in states if not _stops(what, contract, state))
    outcome = _outcome(states, left, now)
    return Pair(contract.agent, contract.biller, outlets, outcome, left)


def _stops(what: Stopped | None, contract: Contract, state: WayState) -> bool:
    if what is None:
        return False
    match what.kind:
        case "route":
            return state.way.route == what.number
        case "biller":
            return contract.biller == what.number
        case "agent":
            return contract.agent == what.number
        case "hub":
            return True


def _outcome(states: tuple[WayState, ...], left: tuple[WayState, ...], now: datetime) -> Outcome:
    before = next((state for state in states if state.share), None)
    if before is None:
        return "closed_already"
    after = next((state for state in left if state.share), None)
    if after is None:
        return "closes"
    if after == before:
        return "untouched"
    return "moves" if after.spare(now) == "warm" else "moves_cold"


OUTCOME_NAMES: Mapping[Outcome, Text] = {
    "closes": Text("停办", "closes"),
    "moves_cold": Text("改走未预热的通道", "moves to a cold way"),
    "moves": Text("改走已预热的通道", "moves to a warm way"),
    "untouched": Text("不受影响", "untouched"),
    "closed_already": Text("本已关闭", "closed already"),
}
"""In the order in which somebody has to act."""
KIND_NAMES: Mapping[Kind, Text] = {
    "route": Text("通道", "Route"),
    "biller": Text("收费单位", "Biller"),
    "agent": Text("代收机构", "Agent"),
    "hub": Text("本网络", "The hub"),
}


class Restart(Struct, frozen=True):
    """What still works while it stands still, who brings it back from what, and how long it takes
    where that was measured or agreed."""

    works: Text
    who: Text
    how_long: Text


RESTARTS: Mapping[Kind, Restart] = {
    "route": Restart(
        Text("其他通道上的账单照常；已受理而结果未定的留在原通道查询，不改道",
             "bills on other ways; what is in doubt stays with this route and is asked about"),
        Text("通道方按其自身备份恢复；本网络自动探测并逐步放量",
             "the route's operator, from its own backups; the network probes and ramps up itself"),
        Text("有备用通道：一分钟内改道；没有：到通道恢复或备用通道验收为止",
             "with a warm spare: a minute; without: until it is back or a spare is certified"),
    ),
    "biller": Restart(
        Text("其他收费单位的账单照常；获两人批准时在限额内代受理",
             "all other billers' bills; within bounds it is stood in for, if two persons said so"),
        Text("收费单位恢复其入账系统；未送达的缴费按其速率、先受理先送达",
             "the biller brings its posting back; what waits goes oldest first, at its rate"),
        Text("到收费单位恢复为止；回执在受理时即有效的合同不影响居民",
             "until the biller is back; where receipts discharge, no citizen is harmed"),
    ),
    "agent": Restart(
        Text("其他机构的网点照常；真相页给出最近的可缴网点",
             "all other agents' outlets; the truth page names the nearest one that works"),
        Text("机构总部恢复其主机；收银机凭已存请求号重问，不会重复",
             "the agent's head office brings its host back; tills ask again under their keys"),
        Text("到总部主机恢复为止",
             "until the head office's host is back"),
    ),
    "hub": Restart(
        Text("已发出的收据仍可凭核验码查验；各网点不再受理",
             "papers already given stay true; no outlet takes anything"),
        Text("运营方值班人员：进程自动重启；整机损坏时从数据库备份与日志恢复，再向各方重问",
             "the operator on duty: processes restart by themselves; a lost machine from backup"
             " and log, then everybody is asked again"),
        Text("进程或数据库崩溃：数秒；整机：取决于恢复备份所需时间",
             "a crashed process or database: seconds; a whole machine: as long as restoring takes"),
    ),
}  # fmt: skip
