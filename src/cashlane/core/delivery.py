"""Carrying a payment to its biller: when to send, what an answer means, when to ask again.

The proof rule decides (payment by payment): a payment in doubt never takes a second route, and is
sent again only where the route's manifest makes that harmless. Unknown is never failure.
"""

from datetime import timedelta

from cashlane.core.life import Moment, News, PaymentLife, Turn, errand, learn, route_of
from cashlane.core.network import Manifest, Network, Route
from cashlane.core.payment import FactKind, Known, State
from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, NotFound, Unknown
from cashlane.core.receipt import receipt_number
from cashlane.core.record import ErrandKind, ErrandRow
from cashlane.values.ids import moment_of

ATTEMPT_S = 8
"""One attempt may take this long; an attempt still open after it is enquired, never resent."""
ENQUIRE_AFTER_S = (5, 15, 60, 300, 900, 1800)
"""Seconds to the next enquiry, the last one repeated: quick for the person at the counter, then
ever rarer, so that a sick biller is not asked to death."""
RESEND_AFTER_S = (1, 2, 5, 15, 60)
"""Seconds to the next try where nothing can have left us."""
VOID_AFTER_S = (5, 15, 60, 300)
"""Seconds to the next asking of a reversal, the last one repeated: the cashier is waiting."""
VOID_REFUSALS_MOST = 6
"""So many refusals of one reversal, and a person takes over."""
PERSON_AFTER = timedelta(hours=24)
"""A payment in doubt for this long goes to a person's queue; the citizen is unaffected."""


def take_up(life: PaymentLife, job: ErrandRow, network: Network, at: Moment) -> Turn | None:
    """Write down that a payment is about to be sent, before the first byte leaves.

    None where it must not be sent (it is decided, or in doubt on a route that cannot tell a
    repeat): the errand is then finished without a call. The enquiry that a crash would need is
    left in the same write.
    """
    if life.payment.state not in (State.CASH_IN, State.STOOD_IN, State.UNKNOWN, State.SENT):
        return None
    route = network.routes[route_of(life, network)]
    if _open_attempts(life) and not _may_push(route.manifest, job):
        return None
    attempt = life.count(FactKind.SENT) + 1
    news = News(FactKind.SENT, route.number, attempt, "switch", None, at.now)
    turn = learn(life, news, at)
    due = at.now + timedelta(seconds=ATTEMPT_S + ENQUIRE_AFTER_S[0])
    _to_a_person(turn, job, at)
    # Last: whoever sends takes it for the errand that stands behind the sending.
    turn.errands.append(errand(life.payment, ErrandKind.ENQUIRE, due, at, subject="0"))
    return turn


def _to_a_person(turn: Turn, job: ErrandRow, at: Moment) -> None:
    """A payment that came of age since its errand was made goes to a person, once.

    The errand's id knows when that was, however late it is carried out and however often put off.
    """
    accepted_at = turn.life.payment.accepted_at
    if at.now - accepted_at >= PERSON_AFTER > moment_of(job.id) - accepted_at:
        case = errand(turn.life.payment, ErrandKind.CASE, at.now, at, subject="in doubt")
        turn.errands.append(case)


def _may_push(manifest: Manifest, job: ErrandRow) -> bool:
    """A second send of an open payment: the route dedups, or "not found" was final."""
    return job.subject == "push" and (manifest.dedups_by_payment_id or manifest.not_found_final)


def _open_attempts(life: PaymentLife) -> list[Known]:
    closed = {fact.attempt for fact in life.facts if fact.kind is FactKind.NOT_SENT}
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


def hear(
    life: PaymentLife, finding: Finding, job: ErrandRow, network: Network, at: Moment, *,
    attempt: int,
) -> Turn:  # fmt: skip
    """What an answer to a send or an enquiry makes of a payment.

    `attempt` is the one that was sent or asked about: heard again after a lost commit, an answer
    must not be taken for one about a later attempt. `job` is the ENQUIRE errand that stands behind
    it; it ends with a definite answer and is put off otherwise.
    """
    sent = attempt_of(life, attempt)
    route = network.routes[sent.route]
    match finding:
        case Confirmed(amount=amount) if amount == life.payment.amount:
            return learn(life, _news(FactKind.CONFIRMED, sent, route, at, finding.reference), at)
        case Confirmed():
            return _doubt(life, sent, route, at, "confirmed with another amount", job)
        case Declined():
            return _declined(life, finding, sent, route, at)
        case Unknown(sent=False):
            return _nothing_left(life, sent, route, at, finding.why, job)
        case Unknown():
            return _doubt(life, sent, route, at, finding.why, job)
        case NotFound(early=early):
            return _not_found(life, sent, route, at, job, early=early)


def enquired(finding: Finding) -> Finding:
    """What the answer to an enquiry says of its payment: that the enquiry itself could not leave
    says nothing of it, least of all that the payment did not."""
    return Unknown(finding.why) if isinstance(finding, Unknown) else finding


def _news(kind: FactKind, sent: Known, route: Route, at: Moment, detail: str) -> News:
    return News(kind, sent.route, sent.attempt, f"route:{route.code}", detail, at.now)


def _declined(life: PaymentLife, finding: Declined, sent: Known, route: Route, at: Moment) -> Turn:
    declined = _news(FactKind.DECLINED, sent, route, at, finding.code)
    if not finding.duplicate:
        return learn(life, declined, at)
    # First that the bill is paid, so that what follows from the decline does not free it.
    elsewhere = learn(life, _news(FactKind.PAID_ELSEWHERE, sent, route, at, ""), at)
    turn = learn(elsewhere.life, declined, at)
    turn.facts[:0] = elsewhere.facts
    return turn


def _nothing_left(
    life: PaymentLife, sent: Known, route: Route, at: Moment, why: str, job: ErrandRow
) -> Turn:
    """Proof 1: no byte left us, so the same payment may simply be sent again.

    Where an earlier attempt is still open, this was a push, and stays one.
    """
    turn = learn(life, _news(FactKind.NOT_SENT, sent, route, at, why), at)
    wait = _wait(RESEND_AFTER_S, sent.attempt - 1)
    subject = "push" if _open_attempts(turn.life) else ""
    turn.errands.append(errand(life.payment, ErrandKind.SEND, at.now + wait, at, subject=subject))
    _to_a_person(turn, job, at)
    return turn


def _doubt(
    life: PaymentLife, sent: Known, route: Route, at: Moment, why: str, job: ErrandRow
) -> Turn:
    turn = learn(life, _news(FactKind.DOUBT, sent, route, at, why[:200]), at)
    _ask_again(turn, life, at, job, found_nothing=0)
    return turn


def _not_found(
    life: PaymentLife, sent: Known, route: Route, at: Moment, job: ErrandRow, *, early: bool
) -> Turn:
    """Not found proves nothing until grace has passed and it was said twice, and even then only
    where the manifest says so. A route that dedups may be sent the same payment again.

    Grace must have passed by the labels and by the stopwatch of whoever asked: a wall clock that
    was set right meanwhile hands nobody's cash back.
    """
    manifest, said = route.manifest, int(job.subject or "0") + 1
    if manifest.dedups_by_payment_id:
        return _push(life, sent, route, at, job)
    over = at.now >= sent.at + timedelta(seconds=manifest.grace_s) and not early
    if manifest.not_found_final and said >= 2 and over and sent == last_attempt(life):
        return learn(life, _news(FactKind.DECLINED, sent, route, at, "NOT_FOUND"), at)
    turn = learn(life, _news(FactKind.DOUBT, sent, route, at, "not found"), at)
    _ask_again(turn, life, at, job, found_nothing=said)
    return turn


def _push(life: PaymentLife, sent: Known, route: Route, at: Moment, job: ErrandRow) -> Turn:
    turn = learn(life, _news(FactKind.DOUBT, sent, route, at, "not found; sending again"), at)
    wait = _wait(RESEND_AFTER_S, sent.attempt - 1)
    turn.errands.append(errand(life.payment, ErrandKind.SEND, at.now + wait, at, subject="push"))
    _to_a_person(turn, job, at)
    return turn


def _ask_again(
    turn: Turn, life: PaymentLife, at: Moment, job: ErrandRow, *, found_nothing: int
) -> None:
    due = at.now + _wait(ENQUIRE_AFTER_S, job.count)
    again = errand(
        life.payment, ErrandKind.ENQUIRE, due, at, subject=str(found_nothing), count=job.count + 1
    )
    turn.errands.append(again)
    _to_a_person(turn, job, at)


def _wait(schedule: tuple[int, ...], turn: int) -> timedelta:
    return timedelta(seconds=schedule[min(max(turn, 0), len(schedule) - 1)])


def hear_void(
    life: PaymentLife, finding: Finding, job: ErrandRow, network: Network, at: Moment
) -> Turn:
    """What the answer to a reversal makes of a payment: repeated with the same id until taken.

    After VOID_REFUSALS_MOST refusals it goes to a person, and the payment stands confirmed; where
    nobody answers for a day, a person learns of it too.
    """
    route = network.routes[route_of(life, network)]
    asked = life.count(FactKind.REVERSAL_ASKED)
    named = Known(FactKind.REVERSAL_ASKED, route.number, asked, at.now)
    if isinstance(finding, Confirmed):
        return learn(life, _news(FactKind.REVERSED, named, route, at, finding.reference), at)
    turn = Turn(life)
    if isinstance(finding, Declined) and job.count + 1 >= VOID_REFUSALS_MOST:
        refused = News(
            FactKind.REVERSAL_REFUSED, 0, asked, f"route:{route.code}", finding.code, at.now
        )
        turn = learn(life, refused, at)
        turn.errands.append(errand(life.payment, ErrandKind.CASE, at.now, at, subject="void"))
        return turn
    due = at.now + _wait(VOID_AFTER_S, job.count)
    turn.errands.append(
        errand(life.payment, ErrandKind.VOID, due, at, subject="", count=job.count + 1)
    )
    _to_a_person(turn, job, at)
    return turn


def deadline_passed(life: PaymentLife, at: Moment) -> Turn:
    """A declined payment whose cash nobody reported as handed back is owed to the citizen."""
    if life.payment.state is not State.DECLINED:
        return Turn(life)
    news = News(FactKind.REFUND_AFTER_DECLINE, 0, 0, "deadline", None, at.now)
    return learn(life, news, at)
