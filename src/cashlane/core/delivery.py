"""Carrying a payment to its biller: when to send, by which way, and when to send again.

The proof rule decides (payment by payment): a payment in doubt never takes a second route, and is
sent again only where the route's manifest makes that harmless.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from cashlane.core.life import Moment, News, PaymentLife, Turn, errand, learn, route_of
from cashlane.core.network import Contract, Manifest, Network, Way
from cashlane.core.payment import FactKind, Known, State
from cashlane.core.ports import Delivery
from cashlane.core.receipt import receipt_number
from cashlane.core.record import ErrandKind, ErrandRow, PaymentRow
from cashlane.core.routing import Outlook, is_whole, lot_of, onward, way_states
from cashlane.values.ids import moment_of

ATTEMPT_S = 8
"""One attempt may take this long; an attempt still open after it is enquired, never resent."""
ENQUIRE_AFTER_S = (5, 15, 60, 300, 900, 1800)
"""Seconds to the next enquiry, the last one repeated: quick for the person at the counter, then
ever rarer, so that a sick biller is not asked to death."""
PERSON_AFTER = timedelta(hours=24)
"""A payment in doubt for this long goes to a person's queue; the citizen is unaffected."""


class Waits(Struct, frozen=True):
    """No way is open for a payment at the moment: its errand waits.

    `turn`: what the first such moment leaves, the biller's notice among it; None afterwards.
    """

    turn: Turn | None


def take_up(
    life: PaymentLife, job: ErrandRow, network: Network, outlook: Outlook, at: Moment
) -> Turn | Waits | None:
    """Write down that a payment is about to be sent, before the first byte leaves.

    None where it must not be sent (it is decided, or in doubt on a route that cannot tell a
    repeat): the errand is then finished without a call. One of which nothing has left us takes
    the way that is open now; one in doubt stays with its route. The enquiry that a crash would
    need is left in the same write.
    """
    if life.payment.state not in (State.CASH_IN, State.STOOD_IN, State.UNKNOWN, State.SENT):
        return None
    if open_attempts(life):
        route = network.routes[route_of(life)]
        if not _may_push(route.manifest, job):
            return None
        return _sending(life, route.number, job, at)
    way = open_way(life, network, outlook, at)
    return _sending(life, way, job, at) if way is not None else _waits(life, job, at)


def _waits(life: PaymentLife, job: ErrandRow, at: Moment) -> Waits:
    """The biller hears of the cash before its payment (what was stood in for told it at once), and
    after a day without a way a person does. Its turn stays as it was."""
    turn, payment = Turn(life), life.payment
    if not job.subject and not payment.stood_in:
        turn.errands.append(errand(payment, ErrandKind.NOTICE, at.now, at, subject=""))
    to_a_person(turn, job, at)
    if not turn.errands:
        return Waits(None)
    turn.errands.append(errand(payment, ErrandKind.SEND, job.due_at, at, subject="waits"))
    return Waits(turn)


def still_to_tell(life: PaymentLife) -> bool:
    """Whether a notice to the biller still has a point: the cash is here and nothing is decided."""
    waits = (State.CASH_IN, State.SENT, State.UNKNOWN, State.STOOD_IN)
    return life.payment.state in waits and not life.has(FactKind.NOTICE_GIVEN)


def notice_told(life: PaymentLife, network: Network, at: Moment) -> Turn:
    """The biller knows of the cash."""
    source = f"biller:{network.billers[life.payment.biller].code}"
    return learn(life, News(FactKind.NOTICE_GIVEN, 0, 0, source, None, at.now), at)


def open_way(life: PaymentLife, network: Network, outlook: Outlook, at: Moment) -> int | None:
    """The route that a payment of which nothing has left us takes now; None where none is open. One
    that would not even connect is passed over if it can be."""
    payment = life.payment
    contract = _contract(payment, network)
    refused = _routes_of(life, FactKind.PASSED_ON)
    unreached = _routes_of(life, FactKind.NOT_SENT)
    planned = payment.route
    if planned not in refused | unreached and is_whole(contract, planned, outlook, at.now):
        return planned  # as nearly always: nothing else needs to be looked at
    states = way_states(contract, outlook, at.now)
    lot = lot_of(payment.biller, payment.bill_ref, payment.business_date)
    way = onward(states, planned, refused | unreached, lot, at.now)
    return way if way is not None else onward(states, planned, refused, lot, at.now)


def _contract(payment: PaymentRow, network: Network) -> Contract:
    """The payment's contract; one that ended meanwhile leaves it its route."""
    contract = network.contract(payment.outlet, payment.biller)
    if contract is not None:
        return contract
    ended = Way(payment.route, "certified", 0, 0)
    return Contract(payment.agent, payment.biller, (ended,), payment.fee_schedule, 0)


def _routes_of(life: PaymentLife, kind: FactKind) -> set[int]:
    return {fact.route for fact in life.facts if fact.kind is kind}


def _sending(life: PaymentLife, route: int, job: ErrandRow, at: Moment) -> Turn:
    attempt = life.count(FactKind.SENT) + 1
    turn = learn(life, News(FactKind.SENT, route, attempt, "switch", None, at.now), at)
    due = at.now + timedelta(seconds=ATTEMPT_S + ENQUIRE_AFTER_S[0])
    to_a_person(turn, job, at)
    # Last: whoever sends takes it for the errand that stands behind the sending.
    turn.errands.append(errand(life.payment, ErrandKind.ENQUIRE, due, at, subject="0"))
    return turn


def to_a_person(turn: Turn, job: ErrandRow, at: Moment) -> None:
    """A payment that has not ended a day after its acceptance goes to a person, once."""
    hand_over(turn, job, at, since=turn.life.payment.accepted_at, first=False)


def hand_over(turn: Turn, job: ErrandRow, at: Moment, *, since: datetime, first: bool) -> None:
    """What has been open since a moment, and came of age since its errand was made, goes to a
    person.

    The errand's id knows when that was, however late it is carried out and however often put off.
    `first`: no errand before it can have seen the matter come of age.
    """
    if at.now - since < PERSON_AFTER:
        return
    before = timedelta(0) if first else moment_of(job.id) - since
    if before < PERSON_AFTER:
        case = errand(turn.life.payment, ErrandKind.CASE, at.now, at, subject="in doubt")
        turn.errands.append(case)


def _may_push(manifest: Manifest, job: ErrandRow) -> bool:
    """A second send of an open payment: the route dedups, or "not found" was final."""
    return job.subject == "push" and (manifest.dedups_by_payment_id or manifest.not_found_final)


_CLOSES = frozenset({FactKind.NOT_SENT, FactKind.PASSED_ON})
"""What proves that an attempt came to nothing."""


def open_attempts(life: PaymentLife) -> list[Known]:
    """Sendings of a payment that nothing has proven to have come to nothing."""
    closed = {fact.attempt for fact in life.facts if fact.kind in _CLOSES}
    return [
        fact for fact in life.facts if fact.kind is FactKind.SENT and fact.attempt not in closed
    ]


def last_attempt(life: PaymentLife) -> Known | None:
    """The latest sending of a payment, with its route and moment."""
    sent = [fact for fact in life.facts if fact.kind is FactKind.SENT]
    return max(sent, key=lambda fact: fact.attempt, default=None)


def attempt_of(life: PaymentLife, attempt: int) -> Known:
    """A sending by its number: an answer belongs to one that was written down first."""
    (sent,) = (it for it in life.facts if it.kind is FactKind.SENT and it.attempt == attempt)
    return sent


def delivery(life: PaymentLife, network: Network) -> Delivery:
    """The payment as its route is to carry it."""
    payment = life.payment
    outlet = network.outlets[payment.outlet].code
    return Delivery(
        payment=payment.id,
        biller=network.billers[payment.biller].code,
        bill_ref=payment.bill_ref,
        account=payment.account,
        amount=payment.amount,
        outlet=outlet,
        receipt_number=receipt_number(
            outlet_code=outlet, business_date=payment.business_date, number=payment.receipt
        ),
        accepted_at=payment.accepted_at,
        attempt=life.count(FactKind.SENT),
    )
