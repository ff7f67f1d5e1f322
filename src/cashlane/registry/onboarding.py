"""Chains on their way in: what their hosts do is noted once; two persons certify those that have
done everything."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs

from cashlane.core.approval import NOBODY, REASON_MOST, Approval
from cashlane.core.clock import Clock
from cashlane.core.network import Actor, Network
from cashlane.core.onboarding import Act, Deed, Progress, check_certifiable, progress
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.store.connect import Lost, Pool, Work
from cashlane.store.onboarding import (
    Stored,
    all_evidence,
    put_certificate,
    put_deed,
    read_evidence,
)
from cashlane.values.ids import spell
from cashlane.values.text import Text


class Deeds:
    """Notes what machines do, each thing once: afterwards it costs a look into a set."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._known: set[tuple[int, Act]] = set()

    async def note(self, actor: Actor, act: Act, about: UUID | str) -> None:
        """Note that an agent's host did something, about a payment where an id is given. People at
        tills prove nothing about a host; and no payment fails because this could not be written: it
        is noted the next time."""
        done = (actor.agent, act)
        if actor.person is not None or done in self._known:
            return
        self._known.add(done)  # of many requests at once, one writes and the others go on
        try:
            words = spell("pay", about) if isinstance(about, UUID) else about
            deed = Deed(self._clock.now(), actor.name, words)
            await put_deed(self._pool, actor.agent, act, deed)
        except Lost:
            self._known.discard(done)


class Onboarding:
    """How far every chain has come."""

    def __init__(self, pool: Pool, network: Callable[[], Network]) -> None:
        self._pool = pool
        self._network = network

    async def all(self) -> Sequence[Progress]:
        """Every agent of the network, in the order of their numbers."""
        network = self._network()
        enabled = {
            agent: sum(not one.suspended for one in outlets)
            for agent, outlets in network.outlets_by_agent().items()
        }
        found = await all_evidence(self._pool)
        return [
            progress(structs.replace(one.evidence, enabled=enabled.get(one.evidence.agent, 0)))
            for one in found
            if one.evidence.agent in network.agents
        ]


class Certification(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `certify_agent`."""

    agent: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Annotated[str, Meta(max_length=REASON_MOST)] = ""


class Certifications:
    """The change, read and carried out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def read(self, work: Work, _: Person, body: Mapping[str, Any]) -> UUID | Refused:
        """It is about no person; a chain that has not done everything is not put before anybody."""
        try:
            change = msgspec.convert(body, Certification)
        except msgspec.ValidationError as error:
            return Refused("MALFORMED", {"what": str(error)})
        found = await _of(work, change.agent)
        if found is None:
            return Refused("NOT_FOUND", {"what": Text("代收机构", "agent")})
        return check_certifiable(found.evidence) or NOBODY

    async def apply(self, work: Work, approval: Approval) -> None:
        """Kept with the evidence as it was; a second approval of the same changes nothing."""
        change = msgspec.convert(approval.body, Certification)
        found = await _of(work, change.agent)
        assert found is not None, "agents are never taken off the record"
        now = self._clock.now()
        await put_certificate(work, approval.id, found.evidence, now=now)


async def _of(work: Work, code: str) -> Stored | None:
    return next((one for one in await read_evidence(work) if one.code == code), None)
