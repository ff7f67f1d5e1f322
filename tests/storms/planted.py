"""Bugs that are planted in a program of ours as it is started: the storms must find them.

Each is a mistake that a programmer might make. The product has no switch for any of this: the bug
is put in its place here, in the process that is to have it and in no other.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

from cashlane.adapters.files import payment_file
from cashlane.core import delivery
from cashlane.core.asks import Answer, Ask, BurnAsk
from cashlane.core.decide import decide
from cashlane.core.payment import FactKind
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow
from cashlane.store.claims import Lapsed, Mark
from cashlane.store.errands import Errands
from cashlane.store.payments import Unit
from cashlane.switch.accept import Acceptor
from cashlane.switch.lane import Lane, wanted_by
from cashlane.switch.mark import Sweeper
from cashlane.switch.steps import LAST_WORD, step

BEFORE_COMMIT_S = 0.05


def receipt_before_commit() -> None:
    """The till hears its answer, and only then is it written."""

    async def commit(self: Any, asks: Sequence[Ask]) -> Sequence[Answer]:
        network, outlook, now = self._network(), self._outlook(), self._clock.now()
        at = self._books.unit()
        unit = await at.__aenter__()
        loaded = await unit.load_known(wanted_by(asks, network, outlook, now))
        decided = decide(asks, loaded, network, outlook, now, self._ids)

        async def write() -> None:
            await asyncio.sleep(BEFORE_COMMIT_S)
            await unit.record(decided.record, batch=self._ids.fresh(now), now=now)
            await at.__aexit__(None, None, None)

        self._later = asyncio.create_task(write())
        return decided.answers

    Lane._commit = commit  # type: ignore[method-assign]


def mark_done_before_its_work() -> None:
    """An errand to a bill's claim is deleted when it is taken."""
    _done_when_taken({ErrandKind.CLAIM_PAID, ErrandKind.CLAIM_FREE})


def send_done_before_its_work() -> None:
    """An errand to send is deleted when it is taken."""
    _done_when_taken({ErrandKind.SEND})
    load = Unit.load_known

    async def load_known(self: Unit, wanted: Any) -> Any:
        loaded = await load(self, wanted)
        loaded.errands |= {ident for _, ident in wanted.errands}
        return loaded

    Unit.load_known = load_known  # type: ignore[method-assign]


def _done_when_taken(kinds: set[ErrandKind]) -> None:
    take = Errands.take

    async def taken(self: Errands, *args: Any, **named: Any) -> list[ErrandRow]:
        jobs = await take(self, *args, **named)
        await self.finish([ErrandKey(job.bucket, job.id) for job in jobs if job.kind in kinds])
        return jobs

    Errands.take = taken  # type: ignore[method-assign]


def free_before_burn() -> None:
    """The sweep gives the bill away first, and burns the hold after that."""

    async def sweep(self: Any, lapsed: Lapsed) -> None:
        bill = (lapsed.bucket, lapsed.biller, lapsed.bill_ref, lapsed.hold)
        await self._claims.free([Mark(*bill, None, None, 0, 0, False)])
        step("sweep:burnt")
        await self._lane.ask(BurnAsk(lapsed.outlet, lapsed.till, lapsed.hold, lapsed.hold, "sweep"))

    Sweeper.sweep = sweep  # type: ignore[method-assign]


def doubt_taken_for_decline() -> None:
    """No answer in time is taken for a refusal."""

    def declined(life: Any, sent: Any, route: Any, at: Any, why: str, job: Any) -> Any:
        news = delivery._news(FactKind.DECLINED, sent, route, at, why[:200])
        return delivery.learn(life, news, at)

    delivery._doubt = declined


def look_up_nothing() -> None:
    """A key is not looked up; a test takes the constraints away that would still save us."""
    read = Unit._read

    async def forgetful(self: Unit, wanted: Any, loaded: Any) -> None:
        await read(self, wanted, loaded)
        loaded.asks.clear()
        loaded.holds.clear()

    async def decide_at_once(self: Any, ask: Ask) -> Answer:
        return await self._ask(ask)

    Unit._read = forgetful  # type: ignore[method-assign]
    Acceptor.decide = decide_at_once  # type: ignore[method-assign]


def die_before_the_name() -> None:
    """No bug but a death: a payment file is on the disk, and its name is not."""
    _die_at_link("file:hidden", first=True)


def die_after_the_name() -> None:
    """No bug but a death: a payment file has its name, and nobody was told."""
    _die_at_link("file:named", first=False)


def _die_at_link(label: str, *, first: bool) -> None:
    link = os.link

    def dying(hidden: Any, name: Any) -> None:
        if not first:
            link(hidden, name)
        os.write(2, f"{LAST_WORD}{label}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)

    payment_file.os.link = dying  # type: ignore[attr-defined]


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        receipt_before_commit, mark_done_before_its_work, send_done_before_its_work,
        free_before_burn, doubt_taken_for_decline, look_up_nothing, die_before_the_name,
        die_after_the_name,
    )
}  # fmt: skip
