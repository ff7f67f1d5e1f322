"""Two-person changes: proposed, decided by another, and carried out once when their moment comes.

What a kind does is a handler that main registers; this room knows only who may, and when.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from cashlane.core.approval import (
    BODY_MOST,
    NOBODY,
    REASON_MOST,
    RULES,
    Approval,
    Decision,
    Kind,
    Proposal,
    State,
    check_decision,
    check_effect,
    check_move,
    check_proposal,
    kinds_of,
)
from cashlane.core.clock import Clock
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.store import approvals as rows
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.people import logins_of
from cashlane.values.ids import Ids
from cashlane.values.text import Text

PAGE_MOST = 100
"""Rows of one page of proposals."""


class Handler(Struct, frozen=True):
    """What a kind of change means.

    `read` checks a proposal's body, and that who proposes may ask this of these parties; it says
    whom the change concerns (NOBODY for no person). `apply`
    makes the change on the given connection and nowhere else; it commits nothing itself, and what
    it raises undoes the whole effect, to be tried again.
    """

    read: Callable[[Work, Person, Mapping[str, Any]], Awaitable[UUID | Refused]]
    apply: Callable[[Work, Approval], Awaitable[None]]


class Approvals:
    """The one resource for every two-person rule."""

    def __init__(
        self, pool: Pool, clock: Clock, ids: Ids, handlers: Mapping[Kind, Handler]
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._ids = ids
        self._handlers = handlers

    async def propose(self, by: Person, proposal: Proposal) -> Approval | Refused:
        """Put a change before a second person."""
        now = self._clock.now()
        async with transaction(self._pool) as work:
            concerns = await self._read(work, by, proposal)
            if isinstance(concerns, Refused):
                return concerns
            trouble = check_proposal(proposal, concerns, by, now)
            if trouble is not None:
                return trouble
            approval = Approval(
                self._ids.fresh(now), proposal.kind, proposal.body, concerns, by.id, now,
                proposal.expires_at, proposal.effective_at or now, None, None,
            )  # fmt: skip
            await rows.write_proposal(work, approval)
        return approval

    async def decide(
        self, by: Person, ident: UUID, verdict: Literal["approved", "rejected"], reason: str
    ) -> Approval | Refused:
        """The second person's word; the first to say it decides."""
        decision = Decision(verdict, by.id, self._clock.now(), reason[:REASON_MOST])
        async with transaction(self._pool) as work:
            approval = await rows.find_approval(work, ident)
            if approval is None:
                return Refused("NOT_FOUND", {"what": Text("审批事项", "proposal")})
            trouble = check_decision(approval, by, decision.at)
            if trouble is not None:
                return trouble
            check_move(State.PROPOSED, State(verdict))
            if not await rows.write_decision(work, ident, decision):
                return Refused("ALREADY_DECIDED")
        return structs.replace(approval, decision=decision)

    async def apply(self, ident: UUID) -> Approval | Refused:
        """Carry out an approved change whose moment has come; done before is done, and no fault."""
        now = self._clock.now()
        async with transaction(self._pool) as work:
            approval = await rows.find_approval(work, ident)
            if approval is None:
                return Refused("NOT_FOUND", {"what": Text("审批事项", "proposal")})
            if approval.applied_at is not None:
                return approval
            trouble = check_effect(approval, now)
            if trouble is not None:
                return trouble
            if await rows.write_effect(work, ident, now=now):
                await self._handlers[approval.kind].apply(work, approval)
            return await _reread(work, ident)

    async def round(self, *, most: int) -> int:
        """Carry out what is due; answer how many. One that fails keeps none of the others back."""
        async with transaction(self._pool) as work:
            due = await rows.due_approvals(work, now=self._clock.now(), most=most)
        done, failed = 0, []
        for ident in due:
            try:
                done += isinstance(await self.apply(ident), Approval)
            except Exception as error:
                failed.append(error)
        if failed:
            raise ExceptionGroup("approved changes that could not be carried out", failed)
        return done

    async def find(self, by: Person, ident: UUID) -> Approval | Refused:
        """One change, for those who may propose or decide its kind."""
        async with transaction(self._pool) as work:
            approval = await rows.find_approval(work, ident)
        if approval is None or approval.kind not in kinds_of(by):
            return Refused("NOT_FOUND", {"what": Text("审批事项", "proposal")})
        return approval

    async def page(self, by: Person, *, undecided: bool, before: UUID | None) -> list[Approval]:
        """A page, newest first, of what this person may propose or decide."""
        async with transaction(self._pool) as work:
            found = await rows.list_approvals(
                work, undecided=undecided, before=before, now=self._clock.now(), most=PAGE_MOST,
                kinds=kinds_of(by),
            )  # fmt: skip
        return found

    async def logins(self, approvals: Iterable[Approval]) -> Mapping[UUID, str]:
        """The logins of those who proposed and decided changes, and of whom they are about."""
        async with transaction(self._pool) as work:
            return await logins_of(work, {user for one in approvals for user in _parties(one)})

    async def _read(self, work: Work, by: Person, proposal: Proposal) -> UUID | Refused:
        """Whom a proposal concerns; permission first, so that nobody probes bodies."""
        if not by.may(RULES[proposal.kind].propose):
            return Refused("FORBIDDEN")
        if len(msgspec.json.encode(proposal.body)) > BODY_MOST:
            return Refused("MALFORMED", {"what": "body"})
        return await self._handlers[proposal.kind].read(work, by, proposal.body)


def _parties(approval: Approval) -> set[UUID]:
    decided = set() if approval.decision is None else {approval.decision.by}
    return {approval.proposed_by, approval.concerns} - {NOBODY} | decided


async def _reread(work: Work, ident: UUID) -> Approval:
    approval = await rows.find_approval(work, ident)
    assert approval is not None, "approvals are never deleted"
    assert approval.applied_at is not None, "it took effect here, or we waited for who did it"
    return approval
