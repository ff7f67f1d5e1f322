"""What an answer means: to a send, to an enquiry, to a reversal; and when to ask again.

Unknown is never failure. Only what is proven not to be posted is declined, or handed to another
way; what is in doubt stays with its route and is asked about, ever more rarely.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from cashlane.core.delivery import (
    ENQUIRE_AFTER_S,
    attempt_of,
    hand_over,
    last_attempt,
    open_attempts,
    open_way,
    to_a_person,
)
from cashlane.core.life import Moment, News, PaymentLife, Turn, errand, learn, route_of
from cashlane.core.network import Network, Route
from cashlane.core.payment import FactKind, Known, State
from cashlane.core.ports import Confirmed, Declined, Finding, NotFound, Unknown
from cashlane.core.record import ErrandKind, ErrandRow
from cashlane.core.routing import Outlook

RESEND_AFTER_S = (1, 2, 5, 15, 60)
"""Seconds to the next try where nothing can have left us."""
VOID_AFTER_S = (5, 15, 60, 300)
"""Seconds to the next asking of a reversal, the last one repeated: the cashier is waiting."""
VOID_REFUSALS_MOST = 6
"""So many refusals of one reversal, and a person takes over."""


class Asked(Struct, frozen=True):
    """What an answer is about: a payment, and the sending of it by its number.

    Heard again after a lost commit, an answer must not be taken for one about a later attempt.
    `job` is the ENQUIRE errand that stands behind it; it ends with a definite answer and is put
    off otherwise.
    """

    life: PaymentLife
    attempt: int
    job: ErrandRow
    network: Network
    outlook: Outlook

    @property
    def sent(self) -> Known:
        """The sending itself."""
        return attempt_of(self.life, self.attempt)

    @property
    def route(self) -> Route:
        """The route that it went by."""
        return self.network.routes[self.sent.route]

    @property
    def is_passed_on(self) -> bool:
        """Whether another way carries what this sending did not."""
        passed_on = (FactKind.PASSED_ON, self.sent.route, self.attempt)
        return any(fact.name == passed_on for fact in self.life.facts)

    def news(self, kind: FactKind, at: Moment, detail: str) -> News:
        """Something that this sending's route made known."""
        sent = self.sent
        return News(kind, sent.route, sent.attempt, f"route:{self.route.code}", detail, at.now)


def hear(asked: Asked, finding: Finding, at: Moment) -> Turn:
    """What an answer to a send or an enquiry makes of a payment.

    What is proven not to be posted, for no fault of the bill, takes another way where one is open.
    """
    match finding:
        case Confirmed(amount=amount) if amount == asked.life.payment.amount:
            return learn(asked.life, asked.news(FactKind.CONFIRMED, at, finding.reference), at)
        case Confirmed():
            return _doubt(asked, at, "confirmed with another amount")
        case Declined():
            return _refused(asked, finding, at)
        case Unknown(sent=False):
            return _nothing_left(asked, at, finding.why)
        case Unknown():
            return _doubt(asked, at, finding.why)
        case NotFound(early=early):
            return _not_found(asked, at, early=early)


def enquired(finding: Finding) -> Finding:
    """What the answer to an enquiry says of its payment: that the enquiry itself could not leave
    says nothing of it, least of all that the payment did not."""
    return Unknown(finding.why) if isinstance(finding, Unknown) else finding


def _refused(asked: Asked, finding: Declined, at: Moment) -> Turn:
    """A no about the bill is final; one about the way lets another way carry the payment.

    A closed door says nothing about what went through it before: with an earlier attempt open the
    payment stays in doubt. Told again, when another way carries the payment, it says nothing new.
    """
    manifest = asked.route.manifest
    if finding.not_posted and finding.code not in manifest.not_posted_codes:
        # The adapter knows the code; this partner was never seen to mean it.
        return _doubt(asked, at, f"code {finding.code} proves nothing here")
    if finding.code not in manifest.shut_codes:
        return _declined(asked, finding, at)
    if asked.is_passed_on:
        return Turn(asked.life)
    if len(open_attempts(asked.life)) > 1:
        return _doubt(asked, at, f"the way is shut, code {finding.code}")
    return _pass_on(asked, at, finding.code) or _declined(asked, finding, at)


def _declined(asked: Asked, finding: Declined, at: Moment) -> Turn:
    declined = asked.news(FactKind.DECLINED, at, finding.code)
    if not finding.duplicate:
        return learn(asked.life, declined, at)
    # First that the bill is paid, so that what follows from the decline does not free it.
    elsewhere = learn(asked.life, asked.news(FactKind.PAID_ELSEWHERE, at, ""), at)
    turn = learn(elsewhere.life, declined, at)
    turn.facts[:0] = elsewhere.facts
    return turn


def _pass_on(asked: Asked, at: Moment, why: str) -> Turn | None:
    """Proofs 2 and 3: it was not posted and another way is open, so that one carries it now.

    None where there is no other way, where an attempt before this one is still open, or where the
    cashier has asked to undo it.
    """
    others = [one for one in open_attempts(asked.life) if one.attempt != asked.attempt]
    if others or asked.life.has(FactKind.REVERSAL_ASKED):
        return None
    turn = learn(asked.life, asked.news(FactKind.PASSED_ON, at, why), at)
    if open_way(turn.life, asked.network, asked.outlook, at) is None:
        return None
    turn.errands.append(errand(turn.life.payment, ErrandKind.SEND, at.now, at, subject=""))
    to_a_person(turn, asked.job, at)
    return turn


def _nothing_left(asked: Asked, at: Moment, why: str) -> Turn:
    """Proof 1: no byte left us, so the same payment may simply be sent again.

    Where an earlier attempt is still open, this was a push, and stays one. Where a later one left
    meanwhile, that one carries the payment on, and nothing is sent again because of this.
    """
    turn = learn(asked.life, asked.news(FactKind.NOT_SENT, at, why), at)
    if asked.sent != last_attempt(asked.life):
        return turn
    wait = _wait(RESEND_AFTER_S, asked.attempt - 1)
    subject = "push" if open_attempts(turn.life) else ""
    again = errand(turn.life.payment, ErrandKind.SEND, at.now + wait, at, subject=subject)
    turn.errands.append(again)
    to_a_person(turn, asked.job, at)
    return turn


def _doubt(asked: Asked, at: Moment, why: str) -> Turn:
    """Asked about again; at the first doubt the biller hears that the cash is here."""
    life = asked.life
    turn = learn(life, asked.news(FactKind.DOUBT, at, why[:200]), at)
    _ask_again(turn, asked, at, found_nothing=0)
    if not life.payment.stood_in and not life.has(FactKind.DOUBT):
        turn.errands.append(errand(life.payment, ErrandKind.NOTICE, at.now, at, subject=""))
    return turn


def _not_found(asked: Asked, at: Moment, *, early: bool) -> Turn:
    """Not found proves nothing until grace has passed and it was said twice, and even then only
    where the manifest says so. A route that dedups may be sent the same payment again.

    Grace must have passed by the labels and by the stopwatch of whoever asked: a wall clock that
    was set right meanwhile hands nobody's cash back.
    """
    manifest, said = asked.route.manifest, int(asked.job.subject or "0") + 1
    if manifest.dedups_by_payment_id:
        return _push(asked, at)
    over = at.now >= asked.sent.at + timedelta(seconds=manifest.grace_s) and not early
    latest = asked.sent == last_attempt(asked.life)
    if manifest.not_found_final and said >= 2 and over and latest:
        declined = asked.news(FactKind.DECLINED, at, "NOT_FOUND")
        return _pass_on(asked, at, "NOT_FOUND") or learn(asked.life, declined, at)
    turn = learn(asked.life, asked.news(FactKind.DOUBT, at, "not found"), at)
    _ask_again(turn, asked, at, found_nothing=said)
    return turn


def _push(asked: Asked, at: Moment) -> Turn:
    turn = learn(asked.life, asked.news(FactKind.DOUBT, at, "not found; sending again"), at)
    wait = _wait(RESEND_AFTER_S, asked.attempt - 1)
    again = errand(turn.life.payment, ErrandKind.SEND, at.now + wait, at, subject="push")
    turn.errands.append(again)
    to_a_person(turn, asked.job, at)
    return turn


def _ask_again(turn: Turn, asked: Asked, at: Moment, *, found_nothing: int) -> None:
    job, due = asked.job, at.now + _wait(ENQUIRE_AFTER_S, asked.job.count)
    again = errand(
        asked.life.payment, ErrandKind.ENQUIRE, due, at, subject=str(found_nothing),
        count=job.count + 1,
    )  # fmt: skip
    turn.errands.append(again)
    to_a_person(turn, job, at)


def _wait(schedule: tuple[int, ...], turn: int) -> timedelta:
    return timedelta(seconds=schedule[min(max(turn, 0), len(schedule) - 1)])


def hear_void(
    life: PaymentLife, finding: Finding, job: ErrandRow, network: Network, at: Moment
) -> Turn:
    """What the answer to a reversal makes of a payment: repeated with the same id until taken.

    After VOID_REFUSALS_MOST refusals it goes to a person, and the payment stands confirmed; where
    nobody answers for a day since it was asked for, a person learns of it too.
    """
    route = network.routes[route_of(life)]
    asked = life.count(FactKind.REVERSAL_ASKED)
    source = f"route:{route.code}"
    if isinstance(finding, Confirmed):
        undone = News(FactKind.REVERSED, route.number, asked, source, finding.reference, at.now)
        return learn(life, undone, at)
    turn = Turn(life)
    if isinstance(finding, Declined) and job.count + 1 >= VOID_REFUSALS_MOST:
        refused = News(FactKind.REVERSAL_REFUSED, 0, asked, source, finding.code, at.now)
        turn = learn(life, refused, at)
        turn.errands.append(errand(life.payment, ErrandKind.CASE, at.now, at, subject="void"))
        return turn
    due = at.now + _wait(VOID_AFTER_S, job.count)
    turn.errands.append(
        errand(life.payment, ErrandKind.VOID, due, at, subject="", count=job.count + 1)
    )
    # The first of its errands may be dated by a clock that disagrees with the asking's.
    hand_over(turn, job, at, since=_reversal_asked_at(life), first=job.count == 0)
    return turn


def _reversal_asked_at(life: PaymentLife) -> datetime:
    asked = (fact for fact in life.facts if fact.kind is FactKind.REVERSAL_ASKED)
    return max(asked, key=lambda fact: fact.attempt).at


def deadline_passed(life: PaymentLife, at: Moment) -> Turn:
    """A declined payment whose cash nobody reported as handed back is owed to the citizen."""
    if life.payment.state is not State.DECLINED:
        return Turn(life)
    news = News(FactKind.REFUND_AFTER_DECLINE, 0, 0, "deadline", None, at.now)
    return learn(life, news, at)
