"""A way to billers through an aggregator that takes a hundred payments a message.

Each message is about one biller, so that one biller's trouble does not leave another's in doubt.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cashlane.adapters.link import Link, LinkPlan, NotAnswered
from cashlane.adapters.routes import aggregator_message as wire
from cashlane.adapters.routes.aggregator_message import MANIFEST, Message
from cashlane.adapters.routes.verdict import Meaning, no_payment, outcome
from cashlane.core.ports import Delivery, Finding, Outcome, Unknown

__all__ = ["MANIFEST", "AggregatorRoute"]

_JSON = {"Content-Type": "application/json"}


class AggregatorRoute:
    """The aggregator as a RoutePort. `clock` gives the moment that signatures carry."""

    def __init__(
        self,
        plan: LinkPlan,
        *,
        secret: bytes,
        clock: Callable[[], datetime],
        tls: ssl.SSLContext | None,
    ) -> None:
        self._link = Link(plan, tls)
        self._secret = secret
        self._clock = clock

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Carry payments. Sending one again posts nothing twice."""
        found = await self._each("/gateway/pay", deliveries, wire.write_pay, wire.PAY_CODES)
        return [outcome(one) for one in found]

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask what became of payments; "not found" is not final here."""
        return await self._each("/gateway/query", deliveries, wire.write_ask, wire.QUERY_CODES)

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Undo payments; safe to repeat."""
        found = await self._each("/gateway/void", deliveries, wire.write_ask, wire.VOID_CODES)
        return [outcome(one) for one in found]

    async def alive(self) -> bool:
        """Whether a question about no payment at all is answered, be it with "not found"."""
        (found,) = await self.enquire([no_payment(self._clock())])
        return not isinstance(found, Unknown) or found.heard

    async def close(self) -> None:
        """Hang up."""
        await self._link.close()

    async def _each(
        self,
        path: str,
        deliveries: Sequence[Delivery],
        write: Callable[[Sequence[Delivery]], Message],
        codes: Mapping[str, Meaning],
    ) -> list[Finding]:
        """All deliveries in as many messages as they need, answered in the order given."""
        until = self._link.deadline()
        places = _messages(deliveries)
        parts = [[deliveries[at] for at in place] for place in places]
        found = await asyncio.gather(
            *(self._message(path, part, write(part), codes, until) for part in parts)
        )
        by_place = {
            at: finding
            for place, findings in zip(places, found, strict=True)
            for at, finding in zip(place, findings, strict=True)
        }
        return [by_place[at] for at in range(len(deliveries))]

    async def _message(
        self,
        path: str,
        deliveries: Sequence[Delivery],
        message: Message,
        codes: Mapping[str, Meaning],
        until: float,
    ) -> list[Finding]:
        headers = _JSON | wire.sign(self._secret, self._clock(), message.body)
        answer = await self._link.post(path, message.body, headers, until=until)
        if isinstance(answer, NotAnswered):
            return [Unknown(answer.why, sent=answer.sent) for _ in deliveries]
        if not wire.vouched(self._secret, answer.headers, answer.body, self._clock()):
            return [Unknown(f"unsigned answer, status {answer.status}") for _ in deliveries]
        if answer.status != 200:
            return [Unknown(f"status {answer.status}") for _ in deliveries]
        return wire.read_answer(answer.body, message.batch, deliveries, codes)


def _messages(deliveries: Sequence[Delivery]) -> list[list[int]]:
    """The places of deliveries, gathered by biller and cut to the size of a message."""
    by_biller: dict[str, list[int]] = {}
    for at, delivery in enumerate(deliveries):
        by_biller.setdefault(delivery.biller, []).append(at)
    return [
        places[start : start + wire.ITEMS_MOST]
        for places in by_biller.values()
        for start in range(0, len(places), wire.ITEMS_MOST)
    ]
