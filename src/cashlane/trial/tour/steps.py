"""The acts: a basket, a crash, a lost answer, a company that stops, the audit; each told while it
happens."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from cashlane.audit.findings import Report
from cashlane.audit.verify import verify
from cashlane.core.cash import change_in_pieces
from cashlane.store.audit import reading
from cashlane.trial.tour.clerk import Answer, Clerk, money, new_key
from cashlane.trial.tour.lines import Line, Lines, line, not_done
from cashlane.trial.tour.running import api_process
from cashlane.trial.tour.stop import stop
from cashlane.values.money import CNY
from cashlane.values.text import Text

NOTE = 10_000
"""The note that the customer of the first act has: 100 yuan."""
UNDER_WAY_S = 0.004
"""A request has left by then and is not answered yet: a commit takes longer."""
PATIENCE_MS = 4000
"""How long the customer waits for a word: a till says "in doubt" after 5 s."""
LOOK_S = 0.5
"""Between two tries while the API comes back: a person at a till would press again."""
BACK_WITHIN_S = 60.0
"""A killed API that is not back by then has failed the act."""
DOUBT_WITHIN_S = 120.0
"""How long a lost answer may stay in doubt before the act has failed."""


_SCANNED = Text("扫描{biller}账单，应缴 {due} 元", "a bill of {biller} is scanned: {due} yuan")
_NOTE_GIVEN = Text(
    "合计 {total} 元，收到一张 100 元", "{total} yuan in all; one note of 100 yuan is given"
)
_CHANGE = Text("找零 {change} 元：{pieces}", "change of {change} yuan: {pieces}")
_ENTER = Text(
    "扫描账单，应缴 {due} 元，收现金，按 Enter",
    "a bill is scanned: {due} yuan; the cash is in, Enter is pressed",
)
_KILLED = Text(
    "此刻强制结束 API 进程（{pid} 号，kill -9）",
    "at this moment the API, process {pid}, is killed (kill -9)",
)
_NO_ANSWER = Text(
    "没有应答：收银机不知道是否已受理，保留请求号",
    "no answer: the till cannot know whether it was taken, and keeps its key",
)
_ANSWERED = Text("应答抢先到达", "the answer had just come through")
_BACK = Text(
    "API 已自动重启；收银机用同一请求号再问一次，得到缴费 {payment}",
    "the API is back by itself; the till asks again under the same key: {payment}",
)
_SAME = Text("再问第三次：同一回答，一字不差", "asked a third time: the same answer, to the byte")
_LOSE = Text(
    "让通道入账后丢失应答一次，暂不答复查询",
    "the route is told to post the next one, lose its answer, and answer no question for now",
)
_IN_DOUBT = Text(
    "没有及时得到结果：结果待定，交受理单，现金留下，不再发送第二次",
    "no outcome in time: IN DOUBT; a slip is given, the cash stays, nothing is sent a second time",
)
_FOUND = Text(
    "查询得知已入账：结果待定变为已缴费",
    "an enquiry finds that it was posted: IN DOUBT has become PAID",
)
_RECOMPUTE = Text("从流水与分录重算全部账目", "all books are recomputed from facts and entries")
_CLEAN = Text("账账相符，分文不差", "everything agrees, to the fen")
_NOT_CLEAN = Text("有不符之处，见上", "something disagrees; see above")
_PAID = Text("已缴费：收据 {number}，{cash} 元", "PAID: receipt {number}, {cash} yuan")
_NOT_PAID = Text("{number} 结果：{word}", "{number} is {word}")


async def pay(clerk: Clerk) -> Lines:
    """Three bills of three billers, one note, one change, three receipts."""
    bills = [await clerk.scan(one, NOTE // 3) for one in ("city-power", "west-water", "south-gas")]
    for bill in bills:
        biller, due = msgspec.convert(bill["biller"], Text), money(bill["cash_due"])
        yield line("act", _SCANNED, biller=biller, due=due)
    items = [{"key": new_key(), "hold": bill["hold"]["token"]} for bill in bills]
    body = clerk.at(visit=new_key(), tendered=NOTE, items=items)
    answer = await clerk.ask("POST", "/v1/visits", body)
    if answer.status != 200:
        yield not_done(answer)
        return
    change = answer.body["change"]
    yield line("act", _NOTE_GIVEN, total=money(answer.body["total"]))
    yield line("fact", _CHANGE, change=money(change), pieces=_pieces(change))
    for result in answer.body["results"]:
        yield await _word(clerk, result["payment"])


async def crash(clerk: Clerk) -> Lines:
    """The API is killed while a payment is on its way; the same key asked again tells its end."""
    bill, key = await clerk.scan("city-power"), new_key()
    yield line("act", _ENTER, due=money(bill["cash_due"]))
    under_way = asyncio.create_task(clerk.pay(bill, key))
    await asyncio.sleep(UNDER_WAY_S)
    victim = api_process(clerk.house)
    assert victim is not None, "the demo runs, so its API does"
    victim.signal(signal.SIGKILL)
    yield line("act", _KILLED, pid=victim.pid)
    yield line("fact", _NO_ANSWER if (await under_way).status == 0 else _ANSWERED)
    again = await _insist(clerk, bill, key)
    if again.status != 201:
        yield not_done(again)
        return
    yield line("fact", _BACK, payment=again.body["payment"])
    third = await clerk.pay(bill, key)
    yield line("good", _SAME) if third.raw == again.raw else not_done(third)
    yield await _word(clerk, again.body)


async def _insist(clerk: Clerk, bill: dict[str, Any], key: str) -> Answer:
    """Ask under the same key until the API is back."""
    for _ in range(int(BACK_WITHIN_S / LOOK_S)):
        answer = await clerk.pay(bill, key)
        if answer.status not in {0, 503} and answer.body.get("code") != "KEY_RUNNING":
            break
        await asyncio.sleep(LOOK_S)
    return answer


async def doubt(clerk: Clerk) -> Lines:
    """The route posts a payment and its answer is lost: in doubt, then paid, never twice."""
    bill = await clerk.scan("city-power")
    await clerk.lose_next_answer()
    await clerk.answer_no_questions()
    yield line("act", _LOSE)
    paid = await clerk.pay(bill, new_key())
    if paid.status != 201:
        await clerk.behave()
        yield not_done(paid)
        return
    status = await clerk.status(paid.body["payment"], PATIENCE_MS)
    if status["word"] == "in_doubt":
        yield line("fact", _IN_DOUBT)
    await clerk.answer_questions()
    status = await _until_final(clerk, paid.body["payment"])
    await clerk.behave()
    if status["word"] == "paid":
        yield line("good", _FOUND)
    yield await _word(clerk, paid.body)


async def _until_final(clerk: Clerk, payment: str) -> dict[str, Any]:
    status: dict[str, Any] = {}
    for _ in range(int(DOUBT_WITHIN_S / 5)):
        status = await clerk.status(payment, 5000)
        if status.get("word", "in_doubt") != "in_doubt":
            break
    return status


async def audit(clerk: Clerk) -> Lines:
    """Everything recomputed from facts and entries, and compared with what is stored."""
    yield line("act", _RECOMPUTE)
    report = await asyncio.to_thread(_audited, clerk)
    for zh, en in zip(report.lines("zh"), report.lines("en"), strict=True):
        yield Line("fact", Text(zh, en))
    yield line("good", _CLEAN) if report.clean else line("bad", _NOT_CLEAN)


def _audited(clerk: Clerk) -> Report:
    with reading(clerk.house.databases().watch) as books:
        return verify(books)


class Step(Struct, frozen=True):
    """One act of the tour. `name` is the word of its command."""

    name: str
    title: Text
    promise: Text
    act: Callable[[Clerk], Lines]


STEPS = (
    Step(
        "pay",
        Text("一张钞票缴三张账单", "Three bills, one note"),
        Text(
            "三家收费单位，一次收款，一次找零，三张收据。",
            "Three billers, one cash figure, one change, three receipts.",
        ),
        pay,
    ),
    Step(
        "crash",
        Text("缴费途中崩溃", "A crash in the middle"),
        Text(
            "缴费在途时强制结束 API 进程：同一请求号再问，收据还在，只缴一次。",
            "The API is killed while a payment is under way: asked again under the same key, the"
            " receipt is there, once.",
        ),
        crash,
    ),
    Step(
        "doubt",
        Text("应答丢失", "A lost answer"),
        Text(
            "通道已入账而应答丢失：先是“结果待定”，查询后变为“已缴费”，绝不重复缴费。",
            "The route has posted and its answer is lost: first IN DOUBT, then, once it was asked"
            " about, PAID. Never twice.",
        ),
        doubt,
    ),
    Step(
        "stop",
        Text("中间公司停摆", "The company in the middle stops"),
        Text(
            "甲聚合商停摆：新的缴费改走别的通道，待定的一笔不动，恢复后由原通道查明。",
            "Aggregator A stops: new payments move, those in doubt do not, and are settled by their"
            " own route when it is back.",
        ),
        stop,
    ),
    Step(
        "verify",
        Text("稽核", "The audit"),
        Text(
            "由不与柜台共用规则的稽核从头重算，分文不差。",
            "An audit with rules of its own recomputes everything, to the fen.",
        ),
        audit,
    ),
)


async def _word(clerk: Clerk, payment: dict[str, Any]) -> Line:
    """The word for a payment, with the page where anyone checks its paper."""
    status = await clerk.status(payment["payment"], 8000)
    number, cash = payment["receipt_number"], money(payment["cash_due"])
    if status.get("word") != "paid":
        return line("bad", _NOT_PAID, number=number, word=status.get("word", "?"))
    link = f"{clerk.api}/check/{status['receipt_code']}"
    return Line("good", _PAID.fill(number=number, cash=cash), link)


def _pieces(change: int) -> str:
    pieces = change_in_pieces(change, CNY)
    return " + ".join(f"{count} × {money(piece)}" for piece, count in pieces)
