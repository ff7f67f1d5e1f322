"""Sendings that nobody has answered for: what must not happen before somebody does.

Kept from what the ways truly said and what people truly did; no row of ours is looked at.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from msgspec import Struct

DEFINITE = {"confirmed", "declined"}


class Sending(Struct):
    """One sending of a payment, open until a definite word about it was heard."""

    route: int
    at: float
    not_found: int = 0


class Doubts:
    """Which sendings are open. `final_after_s` says of a way after how many seconds its second
    "not found" is its last word; a way that is not named never means it."""

    def __init__(
        self, report: Callable[[str], None], time: Callable[[], float],
        final_after_s: Mapping[int, float],
    ) -> None:  # fmt: skip
        self._report = report
        self._time = time
        self._final_after_s = final_after_s
        self._open: dict[UUID, dict[int, Sending]] = {}

    def leaves(self, payment: UUID, attempt: int, route: int) -> None:
        """A payment goes out: over no second way while it is in doubt on the first."""
        sendings = self._open.setdefault(payment, {})
        for sending in sendings.values():
            if sending.route != route:
                self._report(f"DOUBT {payment} goes by {route}, in doubt on {sending.route}")
        sendings[attempt] = Sending(route, self._time())

    def answered(self, payment: UUID, attempt: int, route: int, word: str) -> None:
        """What the way said to a sending. That it never left, or met a closed door, is about this
        sending alone; a word about the bill is about all by that way."""
        if word in {"unsent", "shut"}:
            self._open[payment].pop(attempt, None)
        elif word in DEFINITE:
            self._close(payment, route)

    def asked(self, payment: UUID, route: int, word: str) -> None:
        """What the way said to an enquiry, or to a reversal that it carried out."""
        if word in DEFINITE:
            self._close(payment, route)
        elif word == "not found":
            self._not_found(payment, route)

    def _not_found(self, payment: UUID, route: int) -> None:
        grace_s = self._final_after_s.get(route)
        if grace_s is None:
            return
        for sending in list(self._open.get(payment, {}).values()):
            sending.not_found += sending.route == route
            if sending.not_found >= 2 and self._time() >= sending.at + grace_s:
                self._close(payment, route)

    def _close(self, payment: UUID, route: int) -> None:
        left = self._open.get(payment, {})
        self._open[payment] = {at: one for at, one in left.items() if one.route != route}

    def cash_back(self, payment: UUID) -> None:
        """Cash leaves a drawer for this payment."""
        self._act(payment, "its cash goes back")

    def failed(self, payment: UUID) -> None:
        """A till says that this payment failed."""
        self._act(payment, "a till says that it failed")

    def _act(self, payment: UUID, what: str) -> None:
        for sending in self._open.get(payment, {}).values():
            self._report(f"DOUBT {payment}: {what}, and it is in doubt on {sending.route}")
