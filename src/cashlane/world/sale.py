"""The course of one sale at a chain's counter, as its head-office host drives it.

In doubt it asks again under the same key, looks, and abandons - and abandons only while the
customer still stands there: who left with a slip has paid as far as the chain is concerned.
"""

import asyncio

from msgspec.structs import replace

from cashlane.world.api_line import Abandoned, ApiLine, Doubt, Refused, Taken
from cashlane.world.pos_journal import Sale

TRIES_AT_COUNTER = 3
_BETWEEN_TRIES_S = 0.3
"""What a cashier waits before pressing the button again."""

Answer = Taken | Refused | Abandoned | Doubt


async def at_counter(line: ApiLine, sale: Sale, *, twice: bool) -> Sale:
    """Drive a fresh sale until the customer can be told something."""
    answer: Answer = await _insist(line, sale, twice=twice)
    if isinstance(answer, Doubt):
        answer = await line.look(sale.outlet, sale.key)
    if isinstance(answer, Doubt):
        answer = await line.abandon(sale.outlet, sale.till, sale.key)
    return await _told(line, after(sale, answer))


async def later(line: ApiLine, sale: Sale) -> Sale:
    """Look after a sale whose customer left with a slip."""
    if sale.state in {"accepted", "in_doubt"}:
        return await _told(line, sale)
    answer: Answer = await line.pay(sale.key, request_of(sale))
    if isinstance(answer, Doubt):
        answer = await line.look(sale.outlet, sale.key)
    return await _told(line, after(sale, answer))


def request_of(sale: Sale) -> dict[str, object]:
    """The payment as it is asked for: the same bytes every time the key is used."""
    return {
        "outlet": sale.outlet,
        "till": sale.till,
        "hold": sale.hold,
        "tendered": sale.tendered,
    }


def after(sale: Sale, answer: Answer) -> Sale:
    """The sale after an answer. Only a stored no or an abandon lets the cash go back."""
    match answer:
        case Taken(payment, receipt):
            return replace(sale, state="accepted", payment=payment, receipt=receipt)
        case Refused(code):
            return replace(sale, state="refused", reason=code)
        case Abandoned():
            return replace(sale, state="abandoned", reason="abandoned")
        case Doubt(why):
            return replace(sale, state="unknown", slip=True, reason=why)


async def _insist(line: ApiLine, sale: Sale, *, twice: bool) -> Taken | Refused | Doubt:
    """Ask a few times under the same key; `twice` sends the first one two times at once."""
    asked = request_of(sale)
    if twice:
        await asyncio.gather(line.pay(sale.key, asked), line.pay(sale.key, asked))
    for _ in range(TRIES_AT_COUNTER):
        answer = await line.pay(sale.key, asked)
        if not isinstance(answer, Doubt):
            return answer
        await asyncio.sleep(_BETWEEN_TRIES_S)
    return answer


async def _told(line: ApiLine, sale: Sale) -> Sale:
    """An accepted sale after the network's word; without one the customer gets a slip."""
    if sale.state not in {"accepted", "in_doubt"}:
        return sale
    match await line.word(sale.payment):
        case "paid":
            return replace(sale, state="paid", reason="")
        case "not_paid":
            if not sale.slip:
                await _report(line, sale, "cash-returned")
            return replace(sale, state="not_paid", reason="not_paid")
        case _:
            if not sale.slip:
                await _report(line, sale, "slip-given")
            return replace(sale, state="in_doubt", slip=True)


async def _report(line: ApiLine, sale: Sale, act: str) -> None:
    """Say what was handed over the counter; unsaid after a few tries, deadlines decide."""
    for _ in range(TRIES_AT_COUNTER):
        if await line.report(sale.payment, act, sale.outlet, sale.till, sale.key):
            return
        await asyncio.sleep(_BETWEEN_TRIES_S)
