"""A way to billers through a bank: one payment a message, nothing undone on this wire.

Sending a payment twice is two payments here, so the flows never do it while in doubt.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cashlane.adapters.link import Link, LinkPlan, NotAnswered
from cashlane.adapters.routes import bank_message as wire
from cashlane.adapters.routes.bank_message import MANIFEST
from cashlane.adapters.routes.verdict import Meaning, no_payment, outcome
from cashlane.core.ports import Declined, Delivery, Finding, Outcome, Unknown

__all__ = ["MANIFEST", "BankRoute"]

_XML = {"Content-Type": "application/xml; charset=UTF-8"}


class BankRoute:
    """The bank as a RoutePort."""

    def __init__(self, plan: LinkPlan, *, tls: ssl.SSLContext | None) -> None:
        self._link = Link(plan, tls)

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Carry payments, each in a message of its own."""
        until = self._link.deadline()
        found = await asyncio.gather(
            *(
                self._message(wire.write_pay(one), wire.PAY, one, wire.PAY_CODES, until)
                for one in deliveries
            )
        )
        return [outcome(one) for one in found]

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask what became of payments."""
        until = self._link.deadline()
        return await asyncio.gather(
            *(
                self._message(wire.write_query(one), wire.QUERY, one, wire.QUERY_CODES, until)
                for one in deliveries
            )
        )

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """The bank undoes nothing here; it is not even asked."""
        return [Declined("not_supported", not_posted=False) for _ in deliveries]

    async def alive(self) -> bool:
        """Whether a question about no payment at all is answered, be it with "not found"."""
        (found,) = await self.enquire([no_payment(datetime.now(UTC))])
        return not isinstance(found, Unknown) or found.heard

    async def close(self) -> None:
        """Hang up."""
        await self._link.close()

    async def _message(
        self,
        body: bytes,
        trade: str,
        delivery: Delivery,
        codes: Mapping[str, Meaning],
        until: float,
    ) -> Finding:
        answer = await self._link.post("/b2e", body, _XML, until=until)
        if isinstance(answer, NotAnswered):
            return Unknown(answer.why, sent=answer.sent)
        if answer.status != 200:
            return Unknown(f"status {answer.status}")
        return wire.read_answer(answer.body, trade, delivery, codes)
