"""Lost service and its return: a case is opened, stages are planned and come, words are corrected,
the case is closed. One person may say each of it, and it stays on record with the name."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import get_args
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.restoration import (
    Board,
    Case,
    Course,
    Fact,
    Kind,
    board,
    enabled_outlets,
    silent_outlets,
)
from cashlane.core.restoration_rules import check_case, check_fact
from cashlane.core.routing import Reason, Stage
from cashlane.store.connect import TRIES, again
from cashlane.store.restoration import Cases
from cashlane.values.ids import Ids
from cashlane.values.text import Text


class Wanted(Struct, frozen=True):
    """A case that somebody wants to open.

    The outlets meant are those named in `outlets`; where none is, `count` of them; where that is
    None, all that the register has on.
    """

    agent: int
    route: int | None
    biller: int
    cause: str
    notice: UUID | None
    began_on: date
    count: int | None
    outlets: tuple[int, ...]
    note: str


class Word(Struct, frozen=True):
    """What somebody wants to say about a case; `day` is None where it is today."""

    kind: str
    stage: str | None
    day: date | None
    outlets_on: int | None
    corrects: int | None
    note: str


class Restoration:
    """Opens cases, says what becomes of them, and reads the board."""

    def __init__(
        self, cases: Cases, network: Callable[[], Network], clock: Clock, ids: Ids
    ) -> None:
        self._cases = cases
        self._network = network
        self._clock = clock
        self._ids = ids

    async def open(self, wanted: Wanted, *, actor: str) -> Case | Refused:
        """Put lost service on record."""
        unfit = _unfit(wanted, self._network())
        if unfit is not None:
            return Refused("MALFORMED", {"what": unfit})
        now = self._clock.now()
        case = self._case(wanted, actor, now)
        return await again(partial(self._open, case), tries=TRIES)

    async def _open(self, case: Case) -> Case | Refused:
        """Once more where another took the place; what did get there is not written twice."""
        others = await self._cases.of_agent(case.agent)
        known = next((one.case for one in others if one.case.id == case.id), None)
        if known is not None:
            return known
        placed = structs.replace(case, place=len(others) + 1)
        enabled = enabled_outlets(self._network(), self.today).get(case.agent, 0)
        refused = check_case(placed, others, enabled=enabled, today=self.today)
        if refused is None:
            await self._cases.add(placed)
        return refused or placed

    async def find(self, ident: UUID) -> Course | Refused:
        """One case with all that was said about it."""
        course = await self._cases.one(ident)
        return course or Refused("NOT_FOUND", {"what": Text("恢复事项", "case")})

    async def say(self, ident: UUID, word: Word, *, actor: str) -> Fact | Refused:
        """Plan a stage, say that it came, close the case, or correct what was said."""
        now = self._clock.now()
        unfit = _unfit_word(word)
        if unfit is not None:
            return Refused("MALFORMED", {"what": unfit})
        kind: Kind = word.kind  # type: ignore[assignment]
        stage: Stage | None = word.stage  # type: ignore[assignment]
        fact = Fact(
            0, kind, stage, word.day or self.today, word.outlets_on, word.corrects,
            word.note, actor, now,
        )  # fmt: skip
        return await again(partial(self._say, ident, fact), tries=TRIES)

    async def _say(self, ident: UUID, fact: Fact) -> Fact | Refused:
        """Likewise: what did get there is known by its moment and its person."""
        course = await self.find(ident)
        if isinstance(course, Refused):
            return course
        placed = structs.replace(fact, place=len(course.facts) + 1)
        for known in course.facts:
            if structs.replace(known, place=placed.place) == placed:
                return known
        refused = check_fact(course, placed, today=self.today)
        if refused is None:
            await self._cases.say(ident, placed)
        return refused or placed

    async def of_notice(self, notice: UUID) -> list[Course]:
        """The cases that were opened from what was said about a way."""
        return [one for one in await self._cases.all() if one.case.notice == notice]

    async def board(self) -> Board:
        """All cases as they stand today."""
        courses, network, today = await self._cases.all(), self._network(), self.today
        enabled, silent = enabled_outlets(network, today), silent_outlets(network)
        return board(courses, enabled, today, silent=silent)

    @property
    def today(self) -> date:
        """The day it is on the network's own clock."""
        return self._network().local(self._clock.now()).date()

    def _case(self, wanted: Wanted, actor: str, now: datetime) -> Case:
        cause: Reason = wanted.cause  # type: ignore[assignment]
        enabled = enabled_outlets(self._network(), self.today).get(wanted.agent, 0)
        meant = len(wanted.outlets) or (enabled if wanted.count is None else wanted.count)
        return Case(
            self._ids.fresh(now), wanted.agent, 0, wanted.route, wanted.biller, cause,
            wanted.notice, wanted.began_on, meant, wanted.outlets, wanted.note, actor, now,
        )  # fmt: skip


def _unfit(wanted: Wanted, network: Network) -> Text | None:
    """The first part that does not fit, named for people."""
    checks = (
        (wanted.agent not in network.agents, Text("机构", "agent")),
        (wanted.route is not None and wanted.route not in network.routes, Text("通道", "route")),
        (wanted.biller != 0 and wanted.biller not in network.billers, Text("收费单位", "biller")),
        (wanted.cause not in get_args(Reason), Text("原因", "reason")),
        (
            not _of_agent(wanted.outlets, wanted.agent, network),
            Text("网点（须属于该机构，且不重复）", "outlets, each once and of this agent"),
        ),
    )
    return next((name for wrong, name in checks if wrong), None)


def _of_agent(outlets: Sequence[int], agent: int, network: Network) -> bool:
    known = network.outlets
    own = all(one in known and known[one].agent == agent for one in outlets)
    return own and len(set(outlets)) == len(outlets)


def _unfit_word(word: Word) -> Text | None:
    """Whether it has the parts that its kind has, and no others."""
    staged = word.kind in ("planned", "came")
    dated = staged or word.kind == "closed"
    checks = (
        (word.kind not in get_args(Kind), Text("种类", "kind")),
        (staged and word.stage not in get_args(Stage), Text("阶段", "stage")),
        (not staged and word.stage is not None, Text("阶段", "stage")),
        (dated != (word.day is not None), Text("日期", "day")),
        (
            word.outlets_on is not None and word.kind != "came",
            Text("已恢复网点数", "outlets that are back"),
        ),
    )
    return next((name for wrong, name in checks if wrong), None)
