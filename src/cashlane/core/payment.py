"""The life of one payment: its state is a fold over the set of facts, by rank, not by arrival.

Reversal acknowledged > confirmed > declined > unknown. A success is never overwritten by a late
failure; what contradicts itself is marked and given to a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from cashlane.core.postings import Posting


class State(IntEnum):
    """Where a payment stands. The numbers are stored: never reuse one."""

    CASH_IN = 1
    SENT = 2
    UNKNOWN = 3
    STOOD_IN = 4
    CONFIRMED = 5
    DECLINED = 6
    RETURNED = 7
    VOIDING = 8
    VOIDED = 9
    REFUND_DUE = 10
    REFUNDED = 11


class FactKind(IntEnum):
    """What can become known about a payment after its acceptance. Stored: never reuse one."""

    SENT = 1
    SLIP_GIVEN = 2
    DOUBT = 3
    DECLINED = 4
    CONFIRMED = 5
    FILE_POSTED = 6
    REVERSAL_ASKED = 7
    REVERSAL_REFUSED = 8
    REVERSED = 9
    CASH_RETURNED = 10
    REFUND_AFTER_DECLINE = 11
    REFUND_AFTER_CONFIRM = 12
    REFUNDED = 13
    NOT_SENT = 14
    PAID_ELSEWHERE = 15
    PASSED_ON = 16
    NOTICE_GIVEN = 17


class Known(Struct, frozen=True):
    """One fact as the fold sees it: what, over which route (0 where none), in which attempt.

    `at` is when it was written; it has no part in the fold.
    """

    kind: FactKind
    route: int
    attempt: int
    at: datetime

    @property
    def name(self) -> tuple[FactKind, int, int]:
        """What makes two tellings the same fact."""
        return self.kind, self.route, self.attempt


class Standing(Struct, frozen=True):
    """What a set of facts amounts to.

    `postings` are all that the books must hold for it; `late_file` says that the biller's file
    lists as posted what was reversed: a break of kind reversed-late.
    """

    state: State
    contradicted: bool
    postings: frozenset[Posting]
    carried_by: int
    late_file: bool


FINAL = frozenset({State.CONFIRMED, State.RETURNED, State.VOIDED, State.REFUNDED})
"""States in which nobody owes the payment another step."""

IN_DOUBT = frozenset({State.CASH_IN, State.SENT, State.UNKNOWN, State.VOIDING})
"""States in which no paper may call the payment paid, and no cash goes back."""

MOVES: dict[State, frozenset[State]] = {
    State.CASH_IN: frozenset(
        {State.SENT, State.UNKNOWN, State.CONFIRMED, State.DECLINED, State.REFUND_DUE}
        | {State.VOIDED, State.VOIDING}
    ),
    State.SENT: frozenset(
        {State.UNKNOWN, State.CONFIRMED, State.DECLINED, State.VOIDING, State.VOIDED}
        | {State.REFUND_DUE, State.CASH_IN, State.STOOD_IN}
    ),
    State.UNKNOWN: frozenset(
        {State.SENT, State.CONFIRMED, State.DECLINED, State.VOIDING, State.VOIDED}
        | {State.REFUND_DUE, State.CASH_IN, State.STOOD_IN}
    ),
    State.STOOD_IN: frozenset(
        {State.SENT, State.UNKNOWN, State.CONFIRMED, State.DECLINED, State.REFUND_DUE}
        | {State.VOIDED, State.VOIDING}
    ),
    State.CONFIRMED: frozenset({State.VOIDING, State.VOIDED, State.REFUND_DUE}),
    State.DECLINED: frozenset(
        {State.SENT, State.CONFIRMED, State.VOIDING, State.RETURNED, State.VOIDED}
        | {State.REFUND_DUE}
    ),
    State.VOIDING: frozenset({State.VOIDED, State.CONFIRMED, State.REFUND_DUE}),
    State.REFUND_DUE: frozenset({State.REFUNDED}),
    State.RETURNED: frozenset(),
    State.VOIDED: frozenset(),
    State.REFUNDED: frozenset(),
}
"""Every step a state may take. A step that is not listed is a defect and raises."""


class Name(NamedTuple):
    """What makes two tellings the same fact, and all of it that the fold looks at."""

    kind: FactKind
    route: int
    attempt: int


Seen = Mapping[FactKind, Sequence[Name]]
"""Facts by their kind."""


class ImpossibleMove(Exception):
    """A payment was about to take a step that MOVES does not list: our own rules are broken."""


def stand(facts: Iterable[Known], *, stood_in: bool) -> Standing:
    """Fold the set of facts of one accepted payment; order and repeats do not matter."""
    return fold(tuple(fact.name for fact in facts), stood_in)


@lru_cache(maxsize=4_096)
def fold(facts: tuple[tuple[FactKind, int, int], ...], stood_in: bool) -> Standing:
    """The same by the facts' names. Nearly all payments go one of a few ways, and each way is
    folded once."""
    seen = _by_kind(facts)
    confirmed = _routes(seen, FactKind.CONFIRMED) | _routes(seen, FactKind.FILE_POSTED)
    closed = _routes(seen, FactKind.DECLINED) | _routes(seen, FactKind.PASSED_ON)
    cash_side = _cash_side(seen)
    reversed_ = _has(seen, FactKind.REVERSED)
    state = cash_side or _other_side(seen, bool(confirmed), stood_in)
    contradicted = bool(confirmed & closed or len(confirmed) > 1) or (
        cash_side is not None and bool(confirmed) and not _has(seen, FactKind.REFUND_AFTER_CONFIRM)
    )
    return Standing(
        state=state,
        contradicted=contradicted,
        postings=_postings(seen, state),
        carried_by=min(confirmed or _routes(seen, FactKind.REVERSED), default=0),
        late_file=reversed_ and _has(seen, FactKind.FILE_POSTED),
    )


def check_move(before: State, after: State) -> None:
    """Raise ImpossibleMove unless the life cycle lists this step (or it is none)."""
    if before is not after and after not in MOVES[before]:
        raise ImpossibleMove(f"{before.name} -> {after.name} is not a step of a payment's life")


def _by_kind(facts: Iterable[tuple[FactKind, int, int]]) -> Seen:
    found: dict[FactKind, list[Name]] = {}
    for name in map(Name._make, facts):
        found.setdefault(name.kind, []).append(name)
    return found


def _has(seen: Seen, kind: FactKind) -> bool:
    return kind in seen


def _routes(seen: Seen, kind: FactKind) -> frozenset[int]:
    return frozenset(fact.route for fact in seen.get(kind, ()))


def _attempts(seen: Seen, kind: FactKind) -> frozenset[int]:
    return frozenset(fact.attempt for fact in seen.get(kind, ()))


def _cash_side(seen: Seen) -> State | None:
    """What became of the citizen's cash outranks what the other side says later."""
    if _has(seen, FactKind.REFUNDED):
        return State.REFUNDED
    if _has(seen, FactKind.CASH_RETURNED):
        return State.RETURNED
    if _has(seen, FactKind.REFUND_AFTER_DECLINE) or _has(seen, FactKind.REFUND_AFTER_CONFIRM):
        return State.REFUND_DUE
    return None


def _other_side(seen: Seen, confirmed: bool, stood_in: bool) -> State:
    if _has(seen, FactKind.REVERSED):
        return State.VOIDED
    if confirmed:
        return State.VOIDING if _reversal_open(seen) else State.CONFIRMED
    return _undecided(seen, stood_in)


def _reversal_open(seen: Seen) -> bool:
    """A reversal was asked for and its last asking was not refused."""
    refused = _attempts(seen, FactKind.REVERSAL_REFUSED)
    return bool(_attempts(seen, FactKind.REVERSAL_ASKED) - refused)


def _undecided(seen: Seen, stood_in: bool) -> State:
    # A doubt about a sending that came to nothing is over, though another way carries on.
    if _open_routes(seen, FactKind.DOUBT) - _routes(seen, FactKind.PASSED_ON):
        return State.UNKNOWN
    if _open_routes(seen, FactKind.SENT):
        return State.SENT
    if _has(seen, FactKind.DECLINED):
        return State.DECLINED
    return State.STOOD_IN if stood_in else State.CASH_IN


def _open_routes(seen: Seen, kind: FactKind) -> set[int]:
    """Routes with such a fact about a sending that nothing has closed. A "no" closes the sendings
    over its route up to the one it was given to; what left after that one may still be taken."""
    unsent = _attempts(seen, FactKind.NOT_SENT) | _attempts(seen, FactKind.PASSED_ON)
    declined: dict[int, int] = {}
    for fact in seen.get(FactKind.DECLINED, ()):
        declined[fact.route] = max(fact.attempt, declined.get(fact.route, 0))
    return {
        fact.route for fact in seen.get(kind, ())
        if fact.attempt not in unsent and fact.attempt > declined.get(fact.route, -1)
    }  # fmt: skip


def _postings(seen: Seen, state: State) -> frozenset[Posting]:
    """The reversal of what was never confirmed posts both, so that order cannot matter."""
    if _has(seen, FactKind.CASH_RETURNED):
        return frozenset({Posting.CASH_IN, Posting.RETURN})
    held = {Posting.CASH_IN}
    if _has(seen, FactKind.REFUND_AFTER_DECLINE):
        held |= {Posting.REFUND_AFTER_DECLINE}
    elif _has(seen, FactKind.REFUND_AFTER_CONFIRM):
        held |= {Posting.CONFIRM, Posting.REFUND_AFTER_CONFIRM}
    elif state is State.VOIDED:
        held |= {Posting.CONFIRM, Posting.REVERSAL}
    elif state in (State.CONFIRMED, State.VOIDING):
        held |= {Posting.CONFIRM}
    if _has(seen, FactKind.REFUNDED):
        held |= {Posting.REFUNDED}
    return frozenset(held)
