"""The auditor's own reading of facts: what state, marks and postings they amount to.

Written a second time on purpose and from the numbers that are stored, sharing no rule with the
code that wrote the books: a defect there must show up here as a difference.
"""

from collections.abc import Iterable

from msgspec import Struct

from cashlane.core.payment import FactKind as Fact
from cashlane.core.payment import State
from cashlane.core.postings import Posting
from cashlane.store.audit import Told


class Amounted(Struct, frozen=True):
    """What facts amount to: state, whether they contradict each other, and the postings due.

    `carriers` are the routes of which one brought the payment to its biller.
    """

    state: int
    contradicted: bool
    postings: frozenset[int]
    carriers: frozenset[int]

    @property
    def posted(self) -> int:
        """The postings as the mask that a payment's row keeps: 1 for the first kind, 2, 4 ..."""
        return sum(2 ** (kind - 1) for kind in self.postings)


def amount_to(told: Iterable[Told], *, stood_in: bool) -> Amounted:
    """Read all facts of one payment, in any order."""
    routes: dict[int, set[int]] = {}
    attempts: dict[int, set[int]] = {}
    flown: set[tuple[int, int]] = set()
    asked: set[tuple[int, int]] = set()
    refused: set[tuple[int, int]] = set()
    for one in told:
        routes.setdefault(one.kind, set()).add(one.route)
        attempts.setdefault(one.kind, set()).add(one.attempt)
        if one.kind == Fact.SENT:
            flown.add((one.route, one.attempt))
        if one.kind == Fact.DOUBT:
            asked.add((one.route, one.attempt))
        if one.kind == Fact.DECLINED:
            refused.add((one.route, one.attempt))
    kinds = frozenset(routes)
    won = routes.get(Fact.CONFIRMED, set()) | routes.get(Fact.FILE_POSTED, set())
    lost = routes.get(Fact.DECLINED, set())
    gone = routes.get(Fact.PASSED_ON, set())
    grounded = attempts.get(Fact.NOT_SENT, set()) | attempts.get(Fact.PASSED_ON, set())
    murky = _left(asked, grounded, refused)
    away = _left(flown, grounded, refused)
    state = _first(
        (Fact.REFUNDED in kinds, State.REFUNDED),
        (Fact.CASH_RETURNED in kinds, State.RETURNED),
        (bool(kinds & _REFUND), State.REFUND_DUE),
        (Fact.REVERSED in kinds, State.VOIDED),
        (bool(won) and _undoing(attempts), State.VOIDING),
        (bool(won), State.CONFIRMED),
        (bool(murky - gone), State.UNKNOWN),
        (bool(away), State.SENT),
        (bool(lost), State.DECLINED),
        (stood_in, State.STOOD_IN),
    )
    return Amounted(
        state=state,
        contradicted=len(won) > 1 or bool(won & (lost | gone)) or (bool(won) and _cash_went(kinds)),
        postings=_postings(kinds, state),
        carriers=frozenset(won or routes.get(Fact.REVERSED, set())),
    )


def _left(
    tries: set[tuple[int, int]], grounded: set[int], refused: set[tuple[int, int]]
) -> set[int]:
    """Routes of tries that neither came to nothing nor were refused, then or at a later try."""
    return {
        route for route, attempt in tries
        if attempt not in grounded
        and not any(by == route and last >= attempt for by, last in refused)
    }  # fmt: skip


_REFUND = frozenset({Fact.REFUND_AFTER_DECLINE, Fact.REFUND_AFTER_CONFIRM})


def _first(*ranked: tuple[bool, State]) -> int:
    return next((int(state) for holds, state in ranked if holds), int(State.CASH_IN))


def _undoing(attempts: dict[int, set[int]]) -> bool:
    asked = attempts.get(Fact.REVERSAL_ASKED, set())
    return not asked <= attempts.get(Fact.REVERSAL_REFUSED, set())


def _cash_went(kinds: frozenset[int]) -> bool:
    """The cash went back, or is owed, though no confirmed payment was said to be refunded."""
    gone = {Fact.REFUNDED, Fact.CASH_RETURNED, Fact.REFUND_AFTER_DECLINE}
    return bool(kinds & gone) and Fact.REFUND_AFTER_CONFIRM not in kinds


def _postings(kinds: frozenset[int], state: int) -> frozenset[int]:
    if Fact.CASH_RETURNED in kinds:
        return frozenset({Posting.CASH_IN, Posting.RETURN})
    due = {Posting.CASH_IN}
    if Fact.REFUND_AFTER_DECLINE in kinds:
        due |= {Posting.REFUND_AFTER_DECLINE}
    elif Fact.REFUND_AFTER_CONFIRM in kinds:
        due |= {Posting.CONFIRM, Posting.REFUND_AFTER_CONFIRM}
    elif state in (State.CONFIRMED, State.VOIDING, State.VOIDED):
        due |= {Posting.CONFIRM}
    if state == State.VOIDED:
        due |= {Posting.REVERSAL}
    if Fact.REFUNDED in kinds:
        due |= {Posting.REFUNDED}
    return frozenset(due)
