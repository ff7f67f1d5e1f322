"""Drills from the command line: one thing, whatever is due, or a schedule; told on the terminal and
kept in the database of the network that was drilled."""

import asyncio
import getpass
import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.concentration import OUTCOME_NAMES, RESTARTS
from cashlane.core.drill import (
    EVERY_DAYS_MOST,
    SEEN_NAMES,
    Finding,
    Names,
    PairSeen,
    Record,
    Schedule,
    Thing,
    all_due,
    differences,
    is_right,
    party_names,
    read_thing,
    stopped,
)
from cashlane.core.network import Network
from cashlane.core.routing import Outlook
from cashlane.home import Home, clock_offset
from cashlane.main import network_of
from cashlane.store.connect import open_pool
from cashlane.store.drills import Drills
from cashlane.store.routes import Routes
from cashlane.trial.drill.run import PATIENCE, Order, drill
from cashlane.values.text import Language, Text
from cashlane.world.faults import MESSAGE_FAULTS

DUE = "due"
WIDTH = 120
"""Letters of a line where there is no terminal to ask."""
AS_TOLD, DIFFERENT, WRONG_WORD = 0, 1, 2
"""Exit codes."""
SPOILERS = (*MESSAGE_FAULTS, "refuses")
"""What a party may be told to do beside the stop."""


class Wish(Struct, frozen=True):
    """What was typed. `every` sets a schedule and drills nothing."""

    what: str
    every: int | None
    spoilt: Sequence[str]
    by: str | None
    as_json: bool
    language: Language


class Live(Struct, frozen=True):
    """What is to be drilled, as its database knows it now."""

    house: Home
    network: Network
    outlook: Outlook
    latest: Mapping[Thing, Record]
    schedules: Sequence[Schedule]
    clock: SystemClock


def run_drills(house: Home, wish: Wish) -> int:
    """Do what was asked; 0 where all came as predicted, 1 where not, 2 for wrong words."""
    live = asyncio.run(_read(house))
    spoilt = _spoilt(wish.spoilt)
    things = _things(live, wish.what)
    if things is None or spoilt is None:
        return _wrong(_NO_THING.fill(what=wish.what) if things is None else _NO_SPOILER, wish)
    if wish.every is not None:
        return _schedule(live, wish, things)
    if not things:
        _say(_NONE_DUE, wish)
    passed = [_one(live, Order(thing, spoilt, PATIENCE), wish) for thing in things]
    return AS_TOLD if all(passed) else DIFFERENT


async def _read(house: Home) -> Live:
    network, clock = await asyncio.to_thread(network_of, house), SystemClock(clock_offset(house))
    pool = await open_pool(house.databases().watch, size=1)
    try:
        drills = Drills(pool)
        outlook = await Routes(pool).outlook(clock.now())
        return Live(house, network, outlook, await drills.latest(), await drills.schedules(), clock)
    finally:
        await pool.close()


def _things(live: Live, what: str) -> list[Thing] | None:
    """The things meant; None where a word names nothing of the network."""
    if what == DUE:
        found = all_due(live.schedules, live.latest, live.clock.now())
        return [one for one in found if stopped(one, live.network) is not None]
    thing = read_thing(what)
    return [thing] if thing and stopped(thing, live.network) is not None else None


def _spoilt(words: Iterable[str]) -> dict[str, str] | None:
    pairs = [word.partition("=") for word in words]
    if any(behaviour not in SPOILERS or not party for party, _, behaviour in pairs):
        return None
    return {party: behaviour for party, _, behaviour in pairs}


def _schedule(live: Live, wish: Wish, things: Sequence[Thing]) -> int:
    every = wish.every or 0
    if wish.what == DUE or not 0 <= every <= EVERY_DAYS_MOST:
        return _wrong(_NO_SCHEDULE.fill(most=EVERY_DAYS_MOST), wish)
    for thing in things:
        row = Schedule(thing, every, _actor(wish), live.clock.now())
        asyncio.run(_keep(live.house, schedule=row))
        _say((_EVERY if every else _NEVER).fill(thing=thing.spelled(), days=every), wish)
    return AS_TOLD


def _one(live: Live, order: Order, wish: Wish) -> bool:
    """Drill one thing, keep what was found, and tell it."""
    console = Console(stderr=True)

    def tell(words: Text) -> None:
        console.print(f"  • {words.say(wish.language)}", markup=False, highlight=False)

    tell(_DRILLING.fill(thing=order.thing.spelled()))
    began = live.clock.now()
    finding = drill(live.house, live.network, live.outlook, order, tell)
    ident, ended = system_ids().fresh(began), live.clock.now()
    record = Record(ident, began, ended, _actor(wish), wish.what == DUE, finding)
    if order.spoilt:
        tell(_NOT_KEPT)
    else:
        asyncio.run(_keep(live.house, record=record))
    if wish.as_json:
        sys.stdout.write(msgspec.json.encode(record).decode() + "\n")
    else:
        out = Console(width=None if sys.stdout.isatty() else WIDTH)
        show(finding, party_names(live.network), out, wish.language)
    return finding.passed


async def _keep(
    house: Home, *, record: Record | None = None, schedule: Schedule | None = None
) -> None:
    pool = await open_pool(house.databases().hub, size=1)
    try:
        if record is not None:
            await Drills(pool).add(record)
        if schedule is not None:
            await Drills(pool).schedule(schedule)
    finally:
        await pool.close()


def _actor(wish: Wish) -> str:
    return wish.by or getpass.getuser()


def _say(words: Text, wish: Wish) -> None:
    Console(stderr=True).print(words.say(wish.language), markup=False, highlight=False)


def _wrong(words: Text, wish: Wish) -> int:
    _say(words, wish)
    return WRONG_WORD


# What was found.


def show(finding: Finding, names: Names, console: Console, language: Language) -> None:
    """The finding for people: pair by pair, then the differences, then the verdict."""
    table = Table(*(head.say(language) for head in _HEADS), box=None, pad_edge=False)
    for pair in finding.pairs:
        table.add_row(*_row(finding, pair, language))
    console.print(table)
    for words in _figures(finding):
        _print(console, f"  • {words.say(language)}", "")
    for words in differences(finding, names):
        _print(console, f"  ✗ {words.say(language)}", "bold red")
    verdict, style = (_PASSED, "bold green") if finding.passed else (_FAILED, "bold red")
    _print(console, verdict.fill(thing=finding.thing.spelled()).say(language), style)


def _print(console: Console, words: str, style: str) -> None:
    console.print(words, style=style, markup=False, highlight=False, soft_wrap=True)


def _row(finding: Finding, pair: PairSeen, language: Language) -> tuple[str, ...]:
    right = "✓" if is_right(finding.thing.kind, pair) else "✗"
    predicted, seen = OUTCOME_NAMES[pair.predicted], SEEN_NAMES[pair.seen]
    by = pair.way or pair.word
    return right, pair.agent, pair.biller, predicted.say(language), seen.say(language), by


def _figures(finding: Finding) -> list[Text]:
    found = []
    if finding.moved_ms is not None:
        found.append(_MOVED.fill(seconds=f"{finding.moved_ms / 1000:.1f}"))
    if finding.back_ms is not None:
        found.append(_BACK.fill(seconds=f"{finding.back_ms / 1000:.1f}"))
    if finding.doubts:
        found.append(_DOUBTS.fill(count=finding.doubts, settled=finding.doubts - finding.unsettled))
    found.append(_PAYMENTS.fill(count=finding.payments, pairs=len(finding.pairs)))
    if finding.left_out:
        found.append(_LEFT_OUT.fill(count=finding.left_out))
    found.append(_WHO.fill(who=RESTARTS[finding.thing.kind].who))
    return found


_HEADS = (
    Text("对", "ok"),
    Text("代收机构", "agent"),
    Text("收费单位", "biller"),
    Text("推算", "predicted"),
    Text("实见", "seen"),
    Text("通道或答复", "way or word"),
)
_NO_THING = Text(
    "网络中没有 {what}；可写 route:代码、biller:代码、agent:代码、hub 或 due",
    "the network has no {what}; write route:CODE, biller:CODE, agent:CODE, hub or due",
)
_NO_SPOILER = Text(
    f"--spoil 写作 代码=行为，行为可为 {'、'.join(SPOILERS)}",
    f"--spoil is written CODE=BEHAVIOUR, where a behaviour is {', '.join(SPOILERS)}",
)
_NO_SCHEDULE = Text(
    "--every 须指明一物，天数为 0 到 {most}", "--every names one thing and 0 to {most} days"
)
_NONE_DUE = Text("没有到期的演练", "no drill is due")
_EVERY = Text("{thing} 每 {days} 天演练一次", "{thing} is drilled every {days} days")
_NEVER = Text("{thing} 不再定期演练", "{thing} is drilled on no schedule any more")
_DRILLING = Text("演练 {thing}", "drilling {thing}")
_NOT_KEPT = Text(
    "另有机构按令失常：结果不入记录", "others misbehaved on order: the finding is not kept"
)
_MOVED = Text("第一笔改道用时 {seconds} 秒", "the first payment took another way after {seconds} s")
_BACK = Text(
    "恢复后 {seconds} 秒各对都能缴费", "every pair was served {seconds} s after the return"
)
_DOUBTS = Text("未决 {count} 笔，其中 {settled} 笔已查明", "{count} in doubt, {settled} settled")
_PAYMENTS = Text("{pairs} 对，共缴费 {count} 次", "{pairs} pairs, {count} payments tried")
_LEFT_OUT = Text(
    "另有 {count} 对未演练：没有可用网点，或超出上限",
    "{count} more pairs not drilled: without an outlet of use, or beyond the bound",
)
_WHO = Text("真停摆时由谁恢复：{who}", "who restarts it when it is no drill: {who}")
_PASSED = Text("{thing}：与推算一致", "{thing}: as predicted")
_FAILED = Text("{thing}：与推算不一致", "{thing}: not as predicted")
