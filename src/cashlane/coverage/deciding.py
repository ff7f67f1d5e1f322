"""Deciding about a reduction: asked, answered, signed; and what it changes takes effect in the one
write that keeps the decision."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.guard import REST_DAYS, Assessment, GuardDecision, Instead, Walker, decide
from cashlane.core.reduction import ACT_WITHIN, Reduction, check_reduction
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person
from cashlane.coverage.asking import answered
from cashlane.coverage.offers import billers_at
from cashlane.coverage.standing import WAIT_S, Ground, Standing
from cashlane.store import guard
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.guard import Asked, Told
from cashlane.store.network import ServiceState, put_service_state
from cashlane.store.outlets import be_alone, put_hours
from cashlane.values.ids import Ids
from cashlane.values.text import Text

PICTURE_LAG = timedelta(seconds=10)
"""A process may see the network as it was so long ago (it looks again every three seconds): what
was assessed within this time after another decision is not relied on."""
WALK_MOST_M = 5_000
"""Whoever walks farther than this reaches whatever the method calls reachable."""
NO_ASSESSMENT = Refused("NOT_FOUND", {"what": Text("评估", "assessment")})


class Answered(Struct, frozen=True):
    """What was asked, and the whole answer."""

    asked: Asked
    answer: Assessment


class GuardDesk:
    """Asks the guard, and lets happen what may."""

    def __init__(self, pool: Pool, standing: Standing, clock: Clock, ids: Ids) -> None:
        self._pool, self._standing, self._clock, self._ids = pool, standing, clock, ids

    async def ground(self) -> Ground | Refused:
        """The ground as it stands, or why there is none yet."""
        found = await self._standing.latest(within_s=WAIT_S)
        if found == "counting":
            return Refused("COVERAGE_COUNTING")
        return Refused("COVERAGE_NOBODY") if isinstance(found, str) else found

    async def ask(
        self, wanted: Reduction, by: Person, instead: Sequence[Instead]
    ) -> UUID | Refused:
        """Assess a reduction and keep the answer; the same question about the same state of the
        network is not assessed again."""
        if not by.may(Permission.OUTLETS_PROPOSE):
            return Refused("FORBIDDEN")
        ground = await self.ground()
        if isinstance(ground, Refused):
            return ground
        unfit = self._unfit(wanted, ground)
        if unfit is not None:
            return unfit
        now = self._clock.now()
        known, coming = await self._known(wanted, instead, ground, now)
        if known is not None:
            return known
        answer, _ = await asyncio.to_thread(answered, ground, wanted, coming, instead, now)
        return await self._keep(wanted, answer, ground, by)

    async def _known(
        self, wanted: Reduction, instead: Sequence[Instead], ground: Ground, now: datetime
    ) -> tuple[UUID | None, list[Reduction]]:
        """The last assessment of the same, and what was allowed and is still to come. One made
        before the latest effect knew less."""
        since, today = now - timedelta(days=REST_DAYS), ground.network.local(now).date()
        async with transaction(self._pool) as work:
            known = await guard.same(work, wanted, instead, ground=ground.version, since=since)
            return known, await guard.to_come(work, today)

    def _unfit(self, wanted: Reduction, ground: Ground) -> Refused | None:
        """Only what waits for an answer is checked: the rest has happened, or never was."""
        if wanted.wish is not None:
            return None if wanted.lost else Refused("NOT_FOUND", {"what": Text("业务", "service")})
        missing = [one.outlet for one in wanted.lost if one.outlet not in ground.offers]
        if missing or not wanted.lost:
            return Refused("NOT_FOUND", {"what": Text("网点", "outlet")})
        if not wanted.waits:
            return None
        today = ground.network.local(self._clock.now()).date()
        taken = billers_at(ground.network, wanted.lost[0].outlet)
        return check_reduction(wanted, ground.network, taken, today)

    async def _keep(
        self, wanted: Reduction, answer: Assessment, ground: Ground, by: Person
    ) -> UUID:
        made_at = answer.made_at
        act_by = ground.network.local(made_at + ACT_WITHIN).date()
        asked = Asked(
            self._ids.fresh(made_at), made_at, by.id, by.login, ground.version,
            ground.network.version, ground.list.id, answer.verdict, answer.people, answer.elders,
            len(answer.stranded), act_by if answer.verdict == "act" else None, wanted,
            answer.method, answer.rule.version, None,
        )  # fmt: skip
        async with transaction(self._pool) as work:
            await guard.add_assessment(work, asked, answer)
        return asked.id

    async def find(self, ident: UUID) -> Answered | Refused:
        """One assessment with its answer."""
        async with transaction(self._pool) as work:
            found = await guard.find(work, ident)
        return Answered(*found) if found is not None else NO_ASSESSMENT

    async def latest(self, *, before: tuple[datetime, UUID], most: int) -> list[Asked]:
        """The assessments before one, the newest first."""
        return await guard.latest(self._pool, before=before, most=most)

    async def of_outlet(self, outlet: int, *, most: int) -> list[Asked]:
        """The latest assessments of one outlet."""
        return await guard.of_outlet(self._pool, outlet, most=most)

    async def note(self, told: Told, by: Person) -> int | Refused:
        """Note somebody who cannot walk far; answers the number by which they are known."""
        if not by.may(Permission.CITIZEN_READ):
            return Refused("FORBIDDEN")
        if not 0 < told.walk_most_m <= WALK_MOST_M:
            return Refused("MALFORMED", {"what": Text("最多能走的米数", "the metres")})
        async with transaction(self._pool) as work:
            return await guard.add_walker(work, told, at=self._clock.now(), actor=by.login)

    async def let_go(self, walker: int, by: Person) -> Refused | None:
        """Ask for a walker no longer: who moved away, or walks farther again."""
        if not by.may(Permission.CITIZEN_READ):
            return Refused("FORBIDDEN")
        async with transaction(self._pool) as work:
            await guard.end_walker(work, walker, at=self._clock.now(), actor=by.login)
        return None

    async def walkers(self) -> tuple[Walker, ...]:
        """Everybody who cannot walk far."""
        return await guard.walkers_of(self._pool)

    async def decide(self, ident: UUID, by: Person, reason: str) -> GuardDecision | Refused:
        """Let it happen: decision and effect in one write, one such write at a time."""
        ground = await self.ground()
        if isinstance(ground, Refused):
            return ground
        async with transaction(self._pool) as work:
            await be_alone(work)
            found = await guard.find(work, ident)
            if found is None:
                return NO_ASSESSMENT
            made = await self._made(work, Answered(*found), by, reason, ground)
            if isinstance(made, Refused):
                return made
            # Below this line nothing may refuse.
            await self._carry_out(work, found[0], made, by)
            return made

    async def _made(
        self, work: Work, found: Answered, by: Person, reason: str, ground: Ground
    ) -> GuardDecision | Refused:
        asked, answer = found.asked, found.answer
        if asked.decided is not None:
            return Refused("ALREADY_DECIDED")
        version = ground.version
        if asked.reduction.takes_effect and asked.asked_by == by.id:
            return Refused("OWN_PROPOSAL")
        if not asked.reduction.waits:
            version = answer.question.network_version
        elif await guard.effects_since(work, asked.made_at - PICTURE_LAG):
            return Refused("GUARD_STALE")
        return decide(answer, by, reason, network_version=version, now=self._clock.now())

    async def _carry_out(self, work: Work, asked: Asked, made: GuardDecision, by: Person) -> None:
        wanted = asked.reduction
        first = await guard.add_decision(
            work, asked.id, made, actor=by.login, effect=wanted.takes_effect
        )
        assert first, "decisions are written one at a time, and none stood there"
        if not wanted.takes_effect:
            return
        (lost,) = wanted.lost
        if wanted.trigger == "hours":
            await put_hours(
                work, lost.outlet, wanted.hours, since=wanted.since, recorded_at=made.at
            )
            return
        billers = lost.billers if wanted.trigger == "withdrawing" else (0,)
        for biller in billers:
            why = f"{wanted.trigger}: {made.reason}" if made.reason else wanted.trigger
            row = ServiceState(lost.outlet, biller, wanted.since, made.at, "off", why, by.login)
            await put_service_state(work, row)
