"""Approvals in the database: three append-only tables, each with one function that writes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from cashlane.core.approval import Approval, Decision, Kind
from cashlane.store.connect import Work
from cashlane.store.statements import statements

_SQL = statements("approvals.sql")


async def write_proposal(work: Work, approval: Approval) -> None:
    """Write what somebody proposes."""
    values = msgspec.structs.asdict(approval) | {
        "kind": approval.kind.value,
        "body": msgspec.json.encode(approval.body).decode(),
    }
    await work.execute(_SQL["propose"], values)


async def write_decision(work: Work, approval: UUID, decision: Decision) -> bool:
    """Write the second person's word; False where it was decided or has expired meanwhile."""
    values = msgspec.structs.asdict(decision) | {"id": approval}
    return (await work.execute(_SQL["decide"], values)).rowcount == 1


async def write_effect(work: Work, approval: UUID, *, now: datetime) -> bool:
    """Mark an approval as in effect; only who hears True may carry it out, on the same `work`."""
    return (await work.execute(_SQL["take_effect"], {"id": approval, "now": now})).rowcount == 1


async def find_approval(work: Work, approval: UUID) -> Approval | None:
    """An approval with all that became of it."""
    row = await (await work.execute(_SQL["find"], {"id": approval})).fetchone()
    return None if row is None else _approval(row)


async def list_approvals(
    work: Work,
    *,
    kinds: Sequence[Kind],
    undecided: bool,
    before: UUID | None,
    now: datetime,
    most: int,
) -> list[Approval]:
    """Newest first, from before an id, of these kinds; all, or only what waits for a decision."""
    values = {
        "kinds": [kind.value for kind in kinds], "undecided": undecided, "before": before,
        "now": now, "most": most,
    }  # fmt: skip
    return [_approval(row) for row in await (await work.execute(_SQL["list"], values)).fetchall()]


async def due_approvals(work: Work, *, now: datetime, most: int) -> list[UUID]:
    """Approvals whose moment has come and that are not in effect yet."""
    cursor = await work.execute(_SQL["due"], {"now": now, "most": most})
    return [ident for (ident,) in await cursor.fetchall()]


def _approval(row: tuple[Any, ...]) -> Approval:
    ident, kind, body, concerns, by, proposed_at, expires_at, effective_at, *decided, applied = row
    decision = None if decided[0] is None else Decision(*decided)
    return Approval(
        ident, Kind(kind), body, concerns, by, proposed_at, expires_at, effective_at,
        decision, applied,
    )  # fmt: skip
