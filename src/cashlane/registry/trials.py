"""The trials: in which order messages go to a partner, and what happens to the line meanwhile.

Each takes bills of its own, so that none spoils what another shows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, cycle, islice

from msgspec.structs import replace

from cashlane.core.evidence import Trial
from cashlane.core.line import PASS, LineFault, broken, fault
from cashlane.core.partner_sheet import TestBill
from cashlane.core.ports import Delivery, Unknown
from cashlane.core.rulings import nineteen_of_twenty
from cashlane.registry.bench import Bench, with_bill

COPIES = 5
"""Of one payment at the same moment: enough that some meet inside the partner."""
LINES_AT_ONCE = 5
"""Broken lines at the same time: no more than the copies of one payment that meet anyway."""
PLAIN_COUNT = 2
"""Payments that show a whole line: one could be luck."""
BROKEN_AFTER_BYTES = (1, 120, 260)
"""Where an answer or a request breaks: at once, in its head, and about where its body begins."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Sizes and rates on the way up to what is claimed."""
RATE_STEP_S = 1
"""How long each rate is held: long enough to fall behind, too short to break a sandbox."""
TICKS_PER_S = 10
"""Payments of a high rate leave in as many messages a second, as our own sender gathers them."""


async def at_once(bench: Bench) -> None:
    """Every trial that can be begun without waiting for a day or the grace to pass.

    Those that break a line wait out an attempt each: they do so together, on lines of their own.
    """
    async with asyncio.TaskGroup() as together:
        together.create_task(_on_a_whole_line(bench))
        gate = asyncio.Semaphore(LINES_AT_ONCE)
        for trial in _ON_BROKEN_LINES:
            together.create_task(_apart(bench, trial, gate))


async def _on_a_whole_line(bench: Bench) -> None:
    for trial in _ON_A_WHOLE_LINE:
        await trial(bench)


async def _apart(
    bench: Bench, trial: Callable[[Bench], Awaitable[None]], gate: asyncio.Semaphore
) -> None:
    async with gate, bench.apart() as own:
        await trial(own)


async def _plain(bench: Bench) -> None:
    for _ in range(PLAIN_COUNT):
        await _paid(bench, "plain")


async def _paid(bench: Bench, trial: Trial) -> Delivery:
    """One payment of a fresh bill: sent, enquired about, and asked after again later."""
    one = bench.fresh(bench.bill())
    bench.track(trial, one)
    await bench.send(trial, one)
    await bench.enquire(trial, one)
    return one


async def _repeat(bench: Bench) -> None:
    one = await _paid(bench, "repeat")
    await bench.send("repeat", replace(one, attempt=2))


async def _copies(bench: Bench) -> None:
    one = bench.fresh(bench.bill())
    bench.track("copies", one)
    await asyncio.gather(*(bench.send("copies", one) for _ in range(COPIES)))


async def _other_amount(bench: Bench) -> None:
    one = await _paid(bench, "other_amount")
    await bench.send("other_amount", replace(one, amount=one.amount + 1))


async def _other_bill(bench: Bench) -> None:
    one, bill = await _paid(bench, "other_bill"), bench.bill()
    await bench.send("other_bill", with_bill(one, bill))
    other = bench.fresh(bill)
    bench.track("other_bill", other)
    await bench.send("other_bill", other)


async def _two_ids(bench: Bench) -> None:
    bill = bench.bill()
    for one in (bench.fresh(bill), bench.fresh(bill)):
        bench.track("two_ids", one)
        await bench.send("two_ids", one)
        await bench.until_known("two_ids", one)


def _disturbed(trial: Trial, state: LineFault) -> Callable[[Bench], Awaitable[None]]:
    """A payment sent while the line is in a state; enquired about as soon as it is whole."""

    async def run(bench: Bench) -> None:
        one = bench.fresh(bench.bill())
        bench.track(trial, one)
        await bench.line(state)
        await bench.send(trial, one)
        await bench.line(PASS)
        await bench.enquire(trial, one)

    return run


async def _never_sent(bench: Bench) -> None:
    one = bench.fresh(_unknown(bench))
    bench.track("never_sent", one)
    await bench.enquire("never_sent", one)


async def _void(bench: Bench) -> None:
    one = await _paid(bench, "void")
    await bench.until_known("void", one)
    for _ in range(2):
        await bench.void("void", one)
    await bench.enquire("void", one)
    await bench.send("void", replace(one, attempt=2))


async def _void_lost(bench: Bench) -> None:
    one = await _paid(bench, "void_lost")
    await bench.until_known("void_lost", one)
    await bench.line(fault("lose_answers"))
    await bench.void("void_lost", one)
    await bench.line(PASS)
    await bench.void("void_lost", one)
    await bench.enquire("void_lost", one)


async def _void_unknown(bench: Bench) -> None:
    await bench.void("void_unknown", bench.fresh(_unknown(bench)))


async def _refusals(bench: Bench) -> None:
    for refused in bench.sheet.refused:
        one = bench.fresh(refused.bill)
        bench.track(refused.because, one)
        await bench.send(refused.because, one)


async def _wrong_amount(bench: Bench) -> None:
    """One fen too much, and then the right amount: it shows that the refusal left the bill open.

    Not one too little: what is short by less than a coin may be carried over to the next bill.
    """
    bill = bench.bill()
    right = bench.fresh(bill)
    wrong = replace(bench.fresh(bill), amount=bill.amount + 1)
    bench.track("wrong_amount", wrong, right)
    await bench.send("wrong_amount", wrong)
    await bench.send("wrong_amount", right)


_ON_A_WHOLE_LINE: Sequence[Callable[[Bench], Awaitable[None]]] = (
    _plain,
    _repeat,
    _copies,
    _other_amount,
    _other_bill,
    _two_ids,
    _never_sent,
    _void,
    _void_unknown,
    _refusals,
    _wrong_amount,
)
_ON_BROKEN_LINES: Sequence[Callable[[Bench], Awaitable[None]]] = (
    _disturbed("answer_lost", fault("lose_answers")),
    *(_disturbed("answer_broken", broken("break_answer", at)) for at in BROKEN_AFTER_BYTES),
    _disturbed("answer_late", fault("hold_answers")),
    _disturbed("request_lost", fault("lose_requests")),
    *(_disturbed("request_broken", broken("break_request", at)) for at in BROKEN_AFTER_BYTES),
    _disturbed("request_late", fault("hold_requests")),
    _disturbed("no_line", fault("refuse")),
    _void_lost,
)


def _unknown(bench: Bench) -> TestBill:
    return next(one.bill for one in bench.sheet.refused if one.because == "unknown_account")


# How much at a time. Payments for an account that does not exist are refused one by one and
# cost no bill; bills that are left over go first, so that real postings are among them.


async def sizes(bench: Bench) -> None:
    """Larger and larger messages up to the claim; ends at the first that is not answered."""
    for size in _steps(bench.per_message):
        each = [bench.fresh(_unknown(bench)) for _ in range(size)]
        found = await bench.send("message_size", *each, size=size)
        if any(isinstance(one, Unknown) for one in found):
            return


async def rates(bench: Bench) -> None:
    """Higher and higher rates up to the claim; ends at the first at which answers fall behind."""
    bills = chain(bench.spare(), cycle([_unknown(bench)]))
    for rate in _steps(bench.sheet.claimed.per_second):
        each = [bench.fresh(bill) for bill in islice(bills, rate * RATE_STEP_S)]
        since = len(bench.heard)
        await _at_rate(bench, rate, each)
        heard = bench.heard[since:]
        late = nineteen_of_twenty(heard) > bench.sheet.answer_within_ms
        if late or any(isinstance(one.finding, Unknown) for one in heard):
            return


async def _at_rate(bench: Bench, rate: int, each: Sequence[Delivery]) -> None:
    together = max(1, min(bench.per_message, rate // TICKS_PER_S))
    begun, tasks = bench.elapsed_ms(), []
    for at in range(0, len(each), together):
        await bench.wait_until_ms(begun + at * 1000 // rate)
        part = each[at : at + together]
        tasks.append(asyncio.create_task(bench.send("rate", *part, size=rate)))
    await asyncio.gather(*tasks)


def _steps(most: int) -> list[int]:
    return [*(step for step in STEPS if step < most), most]
