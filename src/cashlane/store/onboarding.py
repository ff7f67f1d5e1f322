"""Chains on their way in, in the database: deeds and certificates, added and never changed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.onboarding import Act, Deed, Evidence
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements

_SQL = statements("onboarding.sql")


class Stored(Struct, frozen=True):
    """An agent's evidence but for its outlets of now, which the network's picture has."""

    code: str
    evidence: Evidence


async def put_deed(pool: Pool, agent: int, act: Act, deed: Deed) -> None:
    """Keep the first time that an agent's host did something."""
    values = {
        "agent": agent, "act": act, "now": deed.at, "key_name": deed.key_name, "about": deed.about,
    }  # fmt: skip
    async with transaction(pool) as work:
        await work.execute(_SQL["put_deed"], values)


async def put_certificate(work: Work, approval: UUID, evidence: Evidence, *, now: datetime) -> None:
    """Certify an agent, in the write that carries the approval out."""
    body = msgspec.json.encode(evidence).decode()
    values = {"agent": evidence.agent, "approval": approval, "now": now, "evidence": body}
    await work.execute(_SQL["put_certificate"], values)


async def read_evidence(work: Work) -> list[Stored]:
    """Every agent's evidence, in the order of their numbers."""
    rows = await (await work.execute(_SQL["evidence"])).fetchall()
    deeds: dict[int, dict[Act, Deed]] = {}
    for agent, act, *deed in await (await work.execute(_SQL["deeds"])).fetchall():
        deeds.setdefault(agent, {})[act] = Deed(*deed)
    return [_stored(row, deeds.get(row[0], {})) for row in rows]


async def all_evidence(pool: Pool) -> list[Stored]:
    """The same, in a transaction of its own."""
    async with transaction(pool) as work:
        return await read_evidence(work)


def _stored(row: tuple[int, str, datetime, datetime, int, datetime, datetime],
            deeds: Mapping[Act, Deed]) -> Stored:  # fmt: skip
    number, code, key_since, listed_at, outlets, on_since, certified_at = row
    evidence = Evidence(
        number, key_since, listed_at, outlets or 0, 0, on_since, certified_at, deeds
    )
    return Stored(code, evidence)
