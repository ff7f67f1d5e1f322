"""Outlets, switched on by two persons: new ones that a list brought, and those that come back."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from cashlane.core.approval import NOBODY, REASON_MOST, Approval
from cashlane.core.clock import Clock
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.store.connect import Work
from cashlane.store.network import ServiceState, bound_all, put_service_state
from cashlane.store.outlets import numbers_of
from cashlane.values.text import Text

OUTLETS_MOST = 1_000
"""Codes of one proposal: so many fit its body, and the largest chains come in two."""

_Code = Annotated[str, Meta(min_length=1, max_length=40)]


class SwitchingOn(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `restore_outlet`: which outlets, from which business date on."""

    outlets: Annotated[tuple[_Code, ...], Meta(min_length=1, max_length=OUTLETS_MOST)]
    since: date
    reason: Annotated[str, Meta(max_length=REASON_MOST)] = ""


class SwitchingsOn:
    """The change, read and carried out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def read(self, work: Work, _: Person, body: Mapping[str, Any]) -> UUID | Refused:
        """It is about nobody; an outlet that is not on record is named."""
        try:
            change = msgspec.convert(body, SwitchingOn)
        except msgspec.ValidationError as error:
            return Refused("MALFORMED", {"what": str(error)})
        known = await numbers_of(work, change.outlets)
        for code in change.outlets:
            if code not in known:
                return Refused("NOT_FOUND", {"what": Text(f"网点 {code}", f"outlet {code}")})
        return NOBODY

    async def apply(self, work: Work, approval: Approval) -> None:
        """From its date on they take cash, within the bounds of standing in that all have."""
        change, now = msgspec.convert(approval.body, SwitchingOn), self._clock.now()
        known = await numbers_of(work, change.outlets)
        why, who = change.reason or "switched on", f"approval {approval.id}"
        for code in dict.fromkeys(change.outlets):
            row = ServiceState(known[code], 0, change.since, now, "on", why, who)
            await put_service_state(work, row)
        await bound_all(work)
