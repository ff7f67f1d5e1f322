"""What is said about ways: a withdrawal with its day, a maintenance, an operator's own word; and
the dated stages of a return. One person may say it, and it stays on record with the name."""

from collections.abc import Callable
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.routing import NoticeKind, Reason, RouteNotice, Stage
from cashlane.store.routes import Routes, StageRow
from cashlane.values.ids import Ids
from cashlane.values.text import Text

SENTENCE_MOST = 200
"""Letters of the sentence that tills and citizens read: one line on a till's screen."""


class Wanted(Struct, frozen=True):
    """What somebody wants to say about a way; 0 speaks of all billers or agents."""

    route: int
    biller: int
    agent: int
    kind: str
    since: datetime
    until: datetime | None
    reason: str
    sentence: Text


class Notices:
    """Says, ends and reads what was said."""

    def __init__(
        self, routes: Routes, network: Callable[[], Network], clock: Clock, ids: Ids
    ) -> None:
        self._routes = routes
        self._network = network
        self._clock = clock
        self._ids = ids

    async def say(self, wanted: Wanted, *, actor: str) -> RouteNotice | Refused:
        """Put a notice on record; it holds from its moment on."""
        unfit = _unfit(wanted, self._network())
        if unfit is not None:
            return Refused("MALFORMED", {"what": unfit})
        now = self._clock.now()
        notice = RouteNotice(
            self._ids.fresh(now), wanted.route, wanted.biller, wanted.agent,
            wanted.kind, wanted.since, wanted.until, wanted.reason,  # type: ignore[arg-type]
            wanted.sentence, actor, now,
        )  # fmt: skip
        await self._routes.add_notice(notice)
        return notice

    async def find(self, ident: UUID) -> RouteNotice | Refused:
        """One notice, over or not."""
        notice = await self._routes.notice(ident)
        return notice or Refused("NOT_FOUND", {"what": Text("通知", "notice")})

    async def end(self, ident: UUID, *, actor: str) -> RouteNotice | Refused:
        """It holds no longer than now; ended before is ended, and no fault."""
        now = self._clock.now()
        notice = await self.find(ident)
        if isinstance(notice, RouteNotice):
            await self._routes.end_notice(ident, ended_at=now, actor=actor, recorded_at=now)
            return await self.find(ident)
        return notice

    async def stage(
        self, ident: UUID, stage: str, *, agent: int, planned: bool, day: date, actor: str
    ) -> Refused | None:
        """Say when a stage of the return is planned, or that it came."""
        notice = await self.find(ident)
        if isinstance(notice, Refused):
            return notice
        if stage not in get_args(Stage):
            return Refused("MALFORMED", {"what": Text("阶段", "stage")})
        if agent and agent not in self._network().agents:
            return Refused("NOT_FOUND", {"what": Text("机构", "agent")})
        row = StageRow(agent, stage, planned, day, actor, self._clock.now())  # type: ignore[arg-type]
        await self._routes.add_stage(ident, row)
        return None

    async def stages(self, ident: UUID) -> list[StageRow]:
        """The stages of a return, as last said."""
        return await self._routes.stages(ident)


def _unfit(wanted: Wanted, network: Network) -> Text | None:
    """The first part that does not fit, named for people."""
    ends = wanted.until is not None and wanted.until <= wanted.since
    lines = (wanted.sentence.zh, wanted.sentence.en)
    checks = (
        (wanted.route not in network.routes, Text("通道", "route")),
        (wanted.biller != 0 and wanted.biller not in network.billers, Text("收费单位", "biller")),
        (wanted.agent != 0 and wanted.agent not in network.agents, Text("机构", "agent")),
        (wanted.kind not in get_args(NoticeKind), Text("种类", "kind")),
        (wanted.reason not in get_args(Reason), Text("原因", "reason")),
        (ends, Text("结束时间须晚于开始", "the end, which must be after the beginning")),
        (
            wanted.kind == "maintenance" and wanted.until is None,
            Text("维护的结束时间", "the end of a maintenance"),
        ),
        (
            not all(0 < len(line.strip()) <= SENTENCE_MOST for line in lines),
            Text(
                "说明（中英文各一句，不超过 200 字）",
                "the sentence in both languages, up to 200 letters each",
            ),
        ),
    )
    return next((name for wrong, name in checks if wrong), None)
