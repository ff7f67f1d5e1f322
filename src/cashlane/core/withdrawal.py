"""A way that will be, or was, withdrawn: who loses it, what takes over, and what must be done.

The countdown begins with the notice. A minute's verdict about health saves nobody who has no second
contract, so each pair of agent and biller is shown with the state of every other way it has.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from cashlane.core.health import Scope
from cashlane.core.network import Contract, Network, Outlet
from cashlane.core.routing import Outlook, Reason, RouteNotice, Spare, Stage, spare_state
from cashlane.values.text import Text

Level = Literal["calm", "soon", "now", "over"]
"""How loud a countdown is."""
SOON, NOW = timedelta(days=30), timedelta(days=7)
"""A spare takes about a month to sign, connect and certify (assumed); a week only to warm up."""
STAGES: tuple[Stage, ...] = ("repaired", "reconnected", "tested", "outlets_on")
"""The stages of a return, in their order."""
STAGE_NAMES: Mapping[Stage, Text] = {
    "repaired": Text("接口修复", "interface repaired"),
    "reconnected": Text("机构重连", "agent reconnected"),
    "tested": Text("联调通过", "tested"),
    "outlets_on": Text("网点恢复", "outlets on"),
}

REASON_NAMES: Mapping[Reason, Text] = {
    "technical": Text("技术", "technical"),
    "commercial": Text("商务", "commercial"),
    "legal": Text("法律", "legal"),
    "other": Text("其他", "other"),
}
"""Why a way or a service ended: the class is public, the story behind it is not."""


class Loss(Struct, frozen=True):
    """One agent's way to one biller that a notice takes away, and the best of what is left.

    `spare` is "none" where nothing is left, not even on paper.
    """

    agent: int
    biller: int
    outlets: tuple[int, ...]
    spare: Spare | Literal["none"]
    others: tuple[tuple[int, Spare], ...]


class Countdown(Struct, frozen=True):
    """A notice as the people in charge need it. `left` is negative once it is in force."""

    notice: RouteNotice
    left: timedelta
    level: Level
    losses: tuple[Loss, ...]

    @property
    def outlets_lost(self) -> frozenset[int]:
        """Outlets where some bill can then be paid no longer."""
        lost = (loss.outlets for loss in self.losses if loss.spare in ("none", "signed"))
        return frozenset(outlet for outlets in lost for outlet in outlets)

    @property
    def outlets_touched(self) -> frozenset[int]:
        """All outlets that use the way."""
        return frozenset(outlet for loss in self.losses for outlet in loss.outlets)


def countdown(notice: RouteNotice, network: Network, outlook: Outlook, now: datetime) -> Countdown:
    """Everything that follows from a notice, at this moment."""
    outlets = network.outlets_by_agent()
    losses = [
        _loss(contract, notice, outlets.get(contract.agent, ()), outlook, now)
        for _, contract in sorted(network.contracts.items())
        if notice.covers(Scope(notice.route, contract.biller, contract.agent))
        and notice.route in contract.routes
    ]
    left = notice.since - now
    lost = any(loss.spare in ("none", "signed") for loss in losses)
    return Countdown(notice, left, _level(left, lost=lost), tuple(losses))


def _level(left: timedelta, *, lost: bool) -> Level:
    if left <= timedelta(0):
        return "over"
    if not lost or left > SOON:
        return "calm"
    return "now" if left <= NOW else "soon"


_READY: Mapping[Spare | Literal["none"], int] = {"none": 0, "signed": 1, "certified": 2, "warm": 3}


def _loss(
    contract: Contract,
    notice: RouteNotice,
    outlets: tuple[Outlet, ...],
    outlook: Outlook,
    now: datetime,
) -> Loss:
    others = [
        (way.route, spare_state(way, outlook.proven_at(_scope(contract, way.route)), now))
        for way in contract.ways
        if way.route != notice.route
    ]
    best: Spare | Literal["none"] = max(
        (state for _, state in others), key=lambda one: _READY[one], default="none"
    )
    numbers = tuple(outlet.number for outlet in outlets)
    return Loss(contract.agent, contract.biller, numbers, best, tuple(others))


def _scope(contract: Contract, route: int) -> Scope:
    return Scope(route, contract.biller, contract.agent)


_TASKS: Mapping[Spare | Literal["none"], tuple[Text, ...]] = {
    "none": (
        Text("寻找并签约备用通道", "find another way and sign it"),
        Text("接入并通过验收", "connect and certify it"),
        Text("在网点与公众页面公布停办日期", "publish the date at the outlets and to the public"),
    ),
    "signed": (
        Text(
            "接入并通过验收（cashlane partner check）",
            "connect and certify it (cashlane partner check)",
        ),
        Text("在网点与公众页面公布停办日期", "publish the date at the outlets and to the public"),
    ),
    "certified": (Text("以少量真实缴费预热", "warm it up with a few real payments"),),
    "warm": (Text("无须动作，届时自动切换", "nothing: payments move by themselves"),),
}


def tasks(loss: Loss) -> tuple[Text, ...]:
    """What has to be done for one pair of agent and biller before the day."""
    return _TASKS[loss.spare]
