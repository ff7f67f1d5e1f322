"""Standing in, switched on and off by two persons: what they propose, and what comes of it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from cashlane.core.approval import NOBODY, REASON_MOST, Approval
from cashlane.core.clock import Clock
from cashlane.core.network import NO_STAND_IN, StandIn
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.store.connect import Work
from cashlane.store.network import biller_numbers, put_stand_in
from cashlane.values.money import AMOUNT_MAX

OUTAGE_MOST_S = 7 * 86_400
"""Longer than a week nobody delivers what was taken: then the city needs another way."""

_Fen = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]


class StandInChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `stand_in`: for which billers, within which bounds (minor units).

    No billers at all switches it off.
    """

    billers: tuple[str, ...]
    payment_most: _Fen
    till_most: _Fen
    outlet_most: _Fen
    agent_most: _Fen
    biller_most: _Fen
    outage_most_s: Annotated[int, Meta(ge=60, le=OUTAGE_MOST_S)]
    reason: Annotated[str, Meta(max_length=REASON_MOST)] = ""


class StandInChanges:
    """The change, read and carried out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def read(self, work: Work, _: Person, body: Mapping[str, Any]) -> UUID | Refused:
        """It is about nobody; billers that do not exist are named."""
        try:
            change = msgspec.convert(body, StandInChange)
        except msgspec.ValidationError as error:
            return Refused("MALFORMED", {"what": str(error)})
        known = await biller_numbers(work)
        for code in change.billers:
            if code not in known:
                return Refused("UNKNOWN_BILLER", {"biller": code})
        return NOBODY

    async def apply(self, work: Work, approval: Approval) -> None:
        """From this moment; what was stood in for before is delivered all the same."""
        change = msgspec.convert(approval.body, StandInChange)
        known = await biller_numbers(work)
        policy = StandIn(
            billers=tuple(sorted(known[code] for code in change.billers)),
            payment_most=change.payment_most,
            till_most=change.till_most,
            outlet_most=change.outlet_most,
            agent_most=change.agent_most,
            biller_most=change.biller_most,
            outage_most_s=change.outage_most_s,
        )
        wanted = policy if change.billers else NO_STAND_IN
        await put_stand_in(work, wanted, approval=approval.id, since=self._clock.now())
