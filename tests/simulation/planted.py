"""Bugs that are planted in the rooms and the core for the length of a trial: each is a mistake that
a programmer might make, and the checkers must find it. The product has no switch for any of them.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from cashlane.core import decide, delivery, fees, life, outcome, payment, undo
from cashlane.core.asks import BurnAsk
from cashlane.core.known import Book
from cashlane.core.payment import FactKind, State
from cashlane.core.ports import NotFound
from cashlane.core.record import ErrandKey, ErrandKind, Record
from cashlane.store.claims import Mark
from cashlane.switch import chase, hearing, send
from cashlane.switch.lane import Lane, wanted_by
from cashlane.switch.mark import Sweeper
from cashlane.switch.steps import step
from tests.simulation import street
from tests.simulation.books import SimErrands, SimUnit

Puts = list[tuple[Any, str, Any]]
"""What is put in place of what: an owner, the name in it, and the faulty thing."""


@contextmanager
def planted(name: str) -> Iterator[None]:
    """This bug is in the code, until the end."""
    with ExitStack() as stack:
        stack.callback(payment.fold.cache_clear)
        for owner, attribute, faulty in PLANTS[name]():
            stack.callback(setattr, owner, attribute, getattr(owner, attribute))
            setattr(owner, attribute, faulty)
        payment.fold.cache_clear()
        yield


# -- what doubt means ------------------------------------------------------------------------------


def time_out_is_failure() -> Puts:
    """No answer in time is taken for a refusal."""

    def declined(asked: Any, at: Any, why: str) -> Any:
        return life.learn(asked.life, asked.news(FactKind.DECLINED, at, why[:200]), at)

    return [(outcome, "_doubt", declined)]


def new_key_on_retry() -> Puts:
    """Each further sending goes out under a number of its own."""
    true = delivery.delivery

    def renamed(of: Any, network: Any) -> Any:
        made = true(of, network)
        return structs.replace(made, payment=UUID(int=made.payment.int ^ (made.attempt - 1)))

    return [(send, "delivery", renamed)]


def late_failure_overwrites() -> Puts:
    """A later "no" undoes an earlier "yes"."""
    true = payment._other_side

    def overwritten(seen: Any, confirmed: bool, stood_in: bool) -> Any:
        return State.DECLINED if FactKind.DECLINED in seen else true(seen, confirmed, stood_in)

    return [(payment, "_other_side", overwritten)]


def other_route_in_doubt() -> Puts:
    """What nobody answered for is simply sent over the next route."""
    true = delivery.route_of

    def next_route(of: Any) -> int:
        contract = street.network().contract(of.payment.outlet, of.payment.biller)
        assert contract is not None
        return int(contract.routes[-1] if of.has(FactKind.DOUBT) else true(of))

    return [(delivery, "route_of", next_route)]


def shut_door_says_all() -> Puts:
    """What a closed door says is taken for all sendings before it too."""

    def passed_on(asked: Any, finding: Any, at: Any) -> Any:
        shut = finding.code in asked.route.manifest.shut_codes
        turn = _moved(asked, at) if shut else None
        return turn or outcome._declined(asked, finding, at)

    return [(outcome, "_refused", passed_on)]


def doubt_moves_on() -> Puts:
    """Where the first way is silent, the next one carries the payment."""
    true = outcome._doubt
    return [(outcome, "_doubt", lambda asked, at, why: _moved(asked, at) or true(asked, at, why))]


def _moved(asked: Any, at: Any) -> Any:
    """The payment over another way, whatever lies on this one; None where there is none."""
    turn = life.learn(asked.life, asked.news(FactKind.PASSED_ON, at, "moved"), at)
    if not turn.facts or delivery.open_way(turn.life, asked.network, asked.outlook, at) is None:
        return None
    again = life.errand(turn.life.payment, ErrandKind.SEND, at.now, at, subject="")
    turn.errands.append(again)
    return turn


def exposure_is_kept() -> Puts:
    """What was delivered weighs on its bounds for ever."""
    return [(hearing, "let_go", lambda payment, postings: [])]


def refused_enquiry_is_unsent() -> Puts:
    """An enquiry that could not leave is taken for a payment that did not."""
    return [(chase, "enquired", lambda finding: finding)]


def unsent_push_is_forgotten() -> Puts:
    """A push that could not leave is left as a first sending, which is then not allowed."""
    true = outcome.errand

    def plain(*args: Any, subject: str, **named: Any) -> Any:
        made = true(*args, subject=subject, **named)
        unsent = made.kind is ErrandKind.SEND and subject == "push" and _caller() == "_nothing_left"
        return structs.replace(made, subject="") if unsent else made

    return [(outcome, "errand", plain)]


def _caller() -> str:
    """Which function asked for the errand."""
    return sys._getframe(2).f_code.co_name


def answer_to_the_last_attempt() -> Puts:
    """An answer is taken to be about the latest sending, whichever it was given to."""
    return [(outcome, "attempt_of", lambda of, attempt: delivery.last_attempt(of))]


def grace_by_the_wall() -> Puts:
    """Whether grace has passed is read off the wall clock alone."""

    def untimed(self: Any, of: Any, finding: Any, asked_at: float, route: int) -> Any:
        return NotFound() if isinstance(finding, NotFound) else finding

    return [(chase.Chaser, "_timed", untimed)]


def not_found_is_final() -> Puts:
    """The first "not found" is believed."""
    true = outcome._not_found

    def believed(asked: Any, at: Any, *, early: bool) -> Any:
        if asked.route.manifest.dedups_by_payment_id:
            return true(asked, at, early=early)
        return life.learn(asked.life, asked.news(FactKind.DECLINED, at, "NOT_FOUND"), at)

    return [(outcome, "_not_found", believed)]


def nobody_after_a_day() -> Puts:
    """What stays in doubt is never given to a person."""
    nobody: Any = lambda turn, job, at: None  # noqa: E731 - nothing happens, twice
    return [(delivery, "to_a_person", nobody), (outcome, "to_a_person", nobody)]


# -- money ---------------------------------------------------------------------------------------


def receipt_before_commit() -> Puts:
    """The till hears its answer, and only then is it written."""

    async def commit(self: Any, asks: Sequence[Any]) -> Sequence[Any]:
        network, outlook, now = self._network(), self._outlook(), self._clock.now()
        at = self._books.unit()
        unit = await at.__aenter__()
        loaded = await unit.load_known(wanted_by(asks, network, outlook, now))
        decided = decide.decide(asks, loaded, network, outlook, now, self._ids)

        async def write() -> None:
            await unit.record(decided.record, batch=self._ids.fresh(now), now=now)
            await at.__aexit__(None, None, None)

        self._later = asyncio.get_running_loop().create_task(write())
        self._later.add_done_callback(lambda done: done.exception())
        return decided.answers

    return [(Lane, "_commit", commit)]


def double_reversal() -> Puts:
    """Each time a void is said to be done, its cash leaves the drawer."""

    def each_time(turn: Any) -> int:
        voided = turn.life.payment.state is State.VOIDED
        return int(turn.life.payment.cash_due if voided else true(turn))

    def is_empty(self: Any) -> bool:
        return empty(self) and not self.limits

    true, empty = life.Turn.cash_out.fget, Record.is_empty
    return [(life.Turn, "cash_out", property(each_time)), (Record, "is_empty", is_empty)]


def each_part_rounded() -> Puts:
    """The parts of a fee are rounded one by one, and need not add up to it."""

    def rounded(total: int, weights: Sequence[int]) -> tuple[int, ...]:
        return tuple((total * weight + sum(weights) // 2) // sum(weights) for weight in weights)

    return [(fees, "share_out", rounded)]


def drawer_without_what_is_in_it() -> Puts:
    """Whether cash still fits is asked of the one payment alone."""
    true = decide._Table._may_not_take

    def alone(self: Any, ask: Any, book: Book) -> Any:
        return true(self, ask, structs.replace(book, balance=0))

    return [(decide._Table, "_may_not_take", alone)]


def day_from_the_wall() -> Puts:
    """The business date is what the local clock shows."""
    true = decide._Table.__init__

    def local(self: Any, loaded: Any, network: Any, outlook: Any, now: Any, ids: Any) -> None:
        true(self, loaded, network, outlook, now, ids)
        self._date = (now + timedelta(hours=8)).date()
        self.record.business_date = self._date

    return [(decide._Table, "__init__", local)]


def yesterdays_shift() -> Puts:
    """What was left of the last period is used again in the next one."""

    def old(self: Any, ask: Any) -> int:
        known = self._loaded.shifts.get(ask.till)
        return int(known.number) if known is not None else int(true(self, ask))

    true = decide._Table._shift
    return [(decide._Table, "_shift", old)]


# -- keys, holds and errands --------------------------------------------------------------------


def cash_back_in_doubt() -> Puts:
    """The cash of a payment in doubt may be handed back."""
    true = undo._hand_back

    def generous(of: Any, ask: Any, at: Any) -> Any:
        return true(of, ask, at)

    def slip(of: Any, ask: Any, shift: Any, network: Any, at: Any) -> Any:
        news = undo._news(FactKind.CASH_RETURNED, ask, at, attempt=0)
        return life.learn(of, news, at)

    return [(undo, "_void", slip), (undo, "_hand_back", generous)]


def paid_elsewhere_told_last() -> Puts:
    """What follows from a decline is decided before it is known that the bill is paid."""

    def declined(asked: Any, finding: Any, at: Any) -> Any:
        turn = life.learn(asked.life, asked.news(FactKind.DECLINED, at, finding.code), at)
        if finding.duplicate:
            news = asked.news(FactKind.PAID_ELSEWHERE, at, "")
            elsewhere = life.learn(turn.life, news, at)
            turn.facts += elsewhere.facts
            turn.life = elsewhere.life
        return turn

    return [(outcome, "_declined", declined)]


def free_before_burn() -> Puts:
    """The sweep gives the bill away first, and burns the hold after that."""

    async def sweep(self: Any, lapsed: Any) -> None:
        bill = (lapsed.bucket, lapsed.biller, lapsed.bill_ref, lapsed.hold)
        await self._claims.free([Mark(*bill, None, None, 0, 0, False)])
        step("sweep:burnt")
        await self._lane.ask(BurnAsk(lapsed.outlet, lapsed.till, lapsed.hold, lapsed.hold, "sweep"))

    return [(Sweeper, "sweep", sweep)]


def errand_done_before_its_work() -> Puts:
    """An errand is deleted when it is taken."""
    true, load = SimErrands.take, SimUnit.load_known

    async def taken(self: Any, kinds: Any, *args: Any, **named: Any) -> Any:
        jobs = await true(self, kinds, *args, **named)
        await self.finish([ErrandKey(job.bucket, job.id) for job in jobs])
        return jobs

    async def as_if_there(self: Any, wanted: Any) -> Any:
        loaded = await load(self, wanted)
        loaded.errands |= {ident for _, ident in wanted.errands}
        return loaded

    async def record(self: Any, record: Any, **named: Any) -> None:
        record.done.clear()
        await write(self, record, **named)

    write = SimUnit.record
    return [(SimErrands, "take", taken), (SimUnit, "load_known", as_if_there),
            (SimUnit, "record", record)]  # fmt: skip


def key_not_looked_up() -> Puts:
    """What was decided under a key is not looked up, and a second answer is given."""

    def forgetful(ask: Any, loaded: Any) -> Any:
        return None

    def keep(self: Any, ask: Any, kind: Any, verdict: Any, **named: Any) -> None:
        if (ask.outlet, ask.key) not in self._loaded.asks:
            true(self, ask, kind, verdict, **named)

    true = decide._Table._keep
    return [(decide, "answered_before", forgetful), (decide._Table, "_keep", keep)]


PLANTS: Mapping[str, Callable[[], Puts]] = {
    plant.__name__: plant
    for plant in (
        time_out_is_failure, new_key_on_retry, late_failure_overwrites, other_route_in_doubt,
        shut_door_says_all, doubt_moves_on, exposure_is_kept,
        refused_enquiry_is_unsent, unsent_push_is_forgotten, answer_to_the_last_attempt,
        grace_by_the_wall, not_found_is_final, nobody_after_a_day, receipt_before_commit,
        double_reversal, each_part_rounded, drawer_without_what_is_in_it, day_from_the_wall,
        yesterdays_shift, paid_elsewhere_told_last, cash_back_in_doubt, free_before_burn,
        errand_done_before_its_work, key_not_looked_up,
    )
}  # fmt: skip
