"""Misbehaviour on order: what a party is told to do wrong, how often, and how often it did.

Each order draws from its own seeded generator, so the same traffic meets the same faults.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

Act = Literal["inquiry", "post", "status", "void"]
MessageFault = Literal["slow", "silent", "down", "answer_lost_after_posting"]
ItemFault = Literal[
    "duplicate", "contradictory", "refuses", "withdrawn", "pending", "early_not_found",
    "forgets", "in_files_only", "other_cut_off",
]  # fmt: skip
Behaviour = Literal[MessageFault, ItemFault]

ACTS: tuple[Act, ...] = get_args(Act)
MESSAGE_FAULTS: tuple[MessageFault, ...] = get_args(MessageFault)
ITEM_FAULTS: tuple[ItemFault, ...] = get_args(ItemFault)
_EVERYWHERE = frozenset({"slow", "silent", "down"})


class Order(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody asks of a party at its control page.

    `share_ppm` of the messages (slow, silent, down, answer lost) or of the payments in them (the
    rest); 0 takes the order back. `ms` is the length of slow, the delay of pending and early not
    found, and how long a route that forgets knows a payment again. `code` is the refusal's word,
    `since` the withdrawal's date. An empty `billers` or `outlets` (prefixes) means all of them.
    """

    behaviour: Behaviour
    share_ppm: Annotated[int, Meta(ge=0, le=1_000_000)]
    seed: int
    seconds: Annotated[float, Meta(gt=0)] | None = None
    count: Annotated[int, Meta(ge=1)] | None = None
    ms: Annotated[int, Meta(ge=0, le=600_000)] | None = None
    code: Annotated[str, Meta(max_length=40)] = ""
    since: Annotated[str, Meta(max_length=10)] = ""
    acts: tuple[Act, ...] = ()
    billers: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


class Strike(Struct, frozen=True):
    """One fault that hits one message or payment."""

    behaviour: Behaviour
    ms: int
    code: str
    since: str
    odd: bool
    """Every other strike of an order: lets one behaviour show both of its faces."""


class _Standing:
    """An order in force."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.chance = random.Random(order.seed)  # noqa: S311 - a rehearsed fault, not a secret
        self.until = None if order.seconds is None else time.monotonic() + order.seconds
        self.given = 0

    def over(self) -> bool:
        """Whether its time has run out or its number was given."""
        late = self.until is not None and time.monotonic() >= self.until
        return late or (self.order.count is not None and self.given >= self.order.count)

    def covers(self, act: Act, billers: Sequence[str], outlet: str) -> bool:
        """Whether this order speaks about such a message or payment."""
        order = self.order
        acts = order.acts or (ACTS if order.behaviour in _EVERYWHERE else ("post",))
        return (
            act in acts
            and (not order.billers or any(biller in order.billers for biller in billers))
            and (not order.outlets or outlet.startswith(order.outlets))
        )

    def hits(self) -> bool:
        """One draw."""
        return self.chance.randrange(1_000_000) < self.order.share_ppm

    def strike(self) -> Strike:
        """Give the fault once more."""
        self.given += 1
        order = self.order
        return Strike(order.behaviour, order.ms or 0, order.code, order.since, self.given % 2 == 1)


class Faults:
    """The orders in force at one party, and the count of every fault it gave."""

    def __init__(self) -> None:
        self._standing: list[_Standing] = []
        self.given: Counter[str] = Counter()

    def order(self, order: Order) -> None:
        """Put an order in force, in place of an earlier one of the same kind and scope."""
        scope = (order.behaviour, order.acts, order.billers, order.outlets)
        self._standing = [
            held
            for held in self._standing
            if (held.order.behaviour, held.order.acts, held.order.billers, held.order.outlets)
            != scope
        ]
        if order.share_ppm:
            self._standing.append(_Standing(order))

    def clear(self) -> None:
        """Behave from now on."""
        self._standing = []

    def in_force(self) -> list[Order]:
        """The orders that still hold."""
        self._standing = [held for held in self._standing if not held.over()]
        return [held.order for held in self._standing]

    def of_message(self, act: Act, billers: Sequence[str], outlet: str) -> Strike | None:
        """The fault, if any, that hits a whole message."""
        return self._draw(MESSAGE_FAULTS, act, billers, outlet)

    def of_item(self, act: Act, biller: str, outlet: str) -> Strike | None:
        """The fault, if any, that hits one payment inside a message."""
        return self._draw(ITEM_FAULTS, act, (biller,), outlet)

    def _draw(
        self, kinds: Sequence[str], act: Act, billers: Sequence[str], outlet: str
    ) -> Strike | None:
        for held in self._standing:
            if held.order.behaviour not in kinds or held.over():
                continue
            if held.covers(act, billers, outlet) and held.hits():
                self.given[f"{held.order.behaviour}:{act}"] += 1
                return held.strike()
        return None
