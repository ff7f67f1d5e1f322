"""How this process and its surroundings are, for whoever watches over them.

`/livez` says that the process answers, `/readyz` that it can do its work. A biller or route that
is down is told by `/status` and never makes a process unready: restarting it would help nobody.
"""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Response, get
from msgspec import Struct

from cashlane.api.v1.told import told_freely
from cashlane.core.clock import Clock
from cashlane.core.record import ErrandKind
from cashlane.core.routing import is_shut
from cashlane.counter.messages import Minor, Moment, NameOut
from cashlane.counter.service import Service
from cashlane.counter.wording import name_out
from cashlane.store.connect import Lost
from cashlane.store.errands import Errands
from cashlane.store.readiness import Readiness
from cashlane.values.text import Text

QUEUE_AGE_MOST_S = 60
"""Marks of paid bills need nobody outside and are carried within a second: when the oldest is due
for so long, no worker is at work. What waits for routes is told by `/status` and is no such sign.
"""
ANSWER_MOST_S = 3.0
"""Whoever watches over processes waits about this long for an answer."""
_OWN_WORK = frozenset({ErrandKind.CLAIM_PAID, ErrandKind.CLAIM_FREE})


class Queue(Struct, frozen=True):
    """Work that waits for the relays: its kind, how much, and since how many seconds it is due."""

    kind: str
    count: Minor
    due_for_s: Minor


class Health:
    """Looks at the process's surroundings when asked."""

    def __init__(
        self, readiness: Readiness, errands: Errands, clock: Clock, *, revision: str
    ) -> None:
        self._readiness = readiness
        self._errands = errands
        self._clock = clock
        self._revision = revision

    async def reasons(self) -> list[tuple[str, Text]]:
        """Why this process cannot do its work now, by code; empty where it can."""
        try:
            async with asyncio.timeout(ANSWER_MOST_S):
                applied = await self._readiness.revision()
                queues = await self._errands.waiting()
        except (Lost, TimeoutError):
            return [("DATABASE", _NO_DATABASE)]
        found = []
        if applied != self._revision:
            words = _OTHER_SCHEMA.fill(applied=applied or "-", expected=self._revision)
            found.append(("MIGRATIONS", words))
        own = [self._age(due) for kind, _, due in queues if kind in _OWN_WORK]
        if max(own, default=0) > QUEUE_AGE_MOST_S:
            found.append(("QUEUE", _NO_WORKER.fill(seconds=max(own))))
        return found

    async def queues(self) -> list[Queue]:
        """The work that waits, by kind. Raises Lost where the database cannot be reached."""
        return [
            Queue(kind.name.lower(), count, self._age(due))
            for kind, count, due in await self._errands.waiting()
        ]

    def _age(self, due: datetime) -> int:
        return max(0, int((self._clock.now() - due).total_seconds()))


_NO_DATABASE = Text(
    "数据库无法连接。请检查数据库进程与网络。",
    "The database cannot be reached. Check its process and the network.",
)
_OTHER_SCHEMA = Text(
    "数据库结构版本为 {applied}，本程序需要 {expected}。请先运行 cashlane migrate。",
    "The schema is at {applied}; this program needs {expected}. Run cashlane migrate first.",
)
_NO_WORKER = Text(
    "账单标记已等待 {seconds} 秒。请检查 cashlane worker 是否运行。",
    "Marks of paid bills have waited for {seconds} s. Check that cashlane worker runs.",
)


class AliveOut(Struct, frozen=True):
    """That the process answers."""

    status: str


class WhyOut(Struct, frozen=True):
    """One reason for not being ready."""

    code: str
    detail: str
    detail_zh: str


class ReadyOut(Struct, frozen=True):
    """Whether the process can do its work, and every reason why not."""

    ready: bool
    reasons: list[WhyOut]


class ChannelOut(Struct, frozen=True):
    """A way to billers, as the network sees it."""

    code: str
    name: NameOut
    open: bool


class ChannelsOut(Struct, frozen=True):
    """The ways to billers, and the work that waits."""

    at: Moment
    routes: list[ChannelOut]
    queues: list[Queue]


@get("/livez", opt=told_freely("health", answered={"status": "alive"}))
async def livez() -> AliveOut:
    """Say that this process answers at all."""
    return AliveOut("alive")


@get("/readyz", opt=told_freely("health", answered={"ready": True, "reasons": []}))
async def readyz(health: Health) -> Response[ReadyOut]:
    """Say whether this process can do its work: database, schema, and work that is seen to."""
    found = [WhyOut(code, why.en, why.zh) for code, why in await health.reasons()]
    ready = not found
    return Response(ReadyOut(ready, found), status_code=200 if ready else 503)


@get("/status", opt=told_freely("health"))
async def channels(service: Service, health: Health) -> ChannelsOut:
    """Say which ways to billers are open, and how long work has been waiting."""
    network, outlook, now = service.places.network, service.outlook(), service.clock.now()
    ways = sorted(network.routes.values(), key=lambda one: one.code)
    return ChannelsOut(
        at=network.written(now),
        routes=[
            ChannelOut(way.code, name_out(way.name), not is_shut(outlook, way.number, now))
            for way in ways
        ],
        queues=await health.queues(),
    )


HANDLERS: list[Any] = [livez, readyz, channels]
