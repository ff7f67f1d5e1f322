"""How an outlet's silence is told to one person: in one sentence with its figures, and its alarms
with what was said about them."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from cashlane.core.network import Outlet
from cashlane.core.roles import Permission
from cashlane.core.silence_alarm import ODDS_LEAST, Basis, Pace, Silence, one_in
from cashlane.core.usual_days import AHEAD_DAYS, FULL
from cashlane.store.silence import Alarm, Word
from cashlane.values.text import Text
from cashlane.web.operator.door import Here
from cashlane.web.operator.show import Show, StateShown

ODDS_MOST = 1_000_000
"""Rarer than this is said as "less than once in a million"."""
BASES: Mapping[Basis, Text] = {
    "own": Text("按它自己近四周的收款", "by its own payments of four weeks"),
    "agent": Text(
        "它自己还没有足够记录，按该机构最清淡的一成网点",
        "having no rate of its own yet, by its agent's quietest tenth",
    ),
    "network": Text(
        "它自己还没有足够记录，按全网最清淡的一成网点",
        "having no rate of its own yet, by the network's quietest tenth",
    ),
}
_SHUT = Text(
    "现在没有一条能缴费的路（业务停办或通道关闭），所以它的沉默不算警报。",
    "Nothing can be paid there now (services withdrawn or ways closed), so silence is no alarm.",
)
_OFF = Text("未启用，不等它收款。", "It is not switched on: nobody waits for its payments.")
_UNTOLD = Text(
    "全网还没有足够的记录可以比较，暂不能判断。",
    "The network has too few days counted to compare it with: nothing can be told yet.",
)

SAYS = Permission.CASE_WORK
"""Whoever works cases may say what they found out; it takes no second person, and stays."""


class WordShown(Struct, frozen=True):
    """Something said about an alarm."""

    word: Word
    what: str


class AlarmShown(Struct, frozen=True):
    """An alarm as it is told: why it was raised, and what was said."""

    alarm: Alarm
    state: StateShown
    why: str
    words: Sequence[WordShown]


class SilenceShown(Struct, frozen=True):
    """An outlet's silence on its page: a sentence ("" before any day was counted), its alarms, and
    whether the newest still stands."""

    sentence: str
    alarms: list[AlarmShown]
    raised: bool
    says: bool


async def silence_of(here: Here, outlet: Outlet) -> SilenceShown:
    """How an outlet's silence is to be taken now."""
    look = await here.room.silence_look()
    alarms = [
        told_alarm(here.show, one) for one in await here.room.silence.of_outlet(outlet.number)
    ]
    known = look.each.get(outlet.number)
    return SilenceShown(
        sentence=told_silence(here.show, known) if known is not None else "",
        alarms=alarms,
        raised=bool(alarms) and alarms[0].alarm.cleared is None,
        says=here.session.person.may(SAYS),
    )


def told_silence(show: Show, one: Silence) -> str:
    """How an outlet's silence is to be taken, in a sentence or two."""
    match one.verdict:
        case "off":
            return show.say(_OFF)
        case "shut":
            return show.say(_SHUT)
        case "untold":
            return show.say(_UNTOLD)
        case "taking":
            return _taking(show, one)
        case _:
            assert one.pace is not None, "only what is compared is expected or an alarm"
            return _measured(show, one.pace, one.basis, one.days) + _outlook(show, one)


def told_alarm(show: Show, alarm: Alarm) -> AlarmShown:
    """An alarm with its reason and its words."""
    ended, said = alarm.cleared is not None, bool(alarm.words)
    sign: tuple[str, Literal["quiet", "doubt", "not"], str]
    if ended:
        sign = (show.t("已解除", "ended"), "quiet", "✓")
    elif said:
        sign = (show.t("已有人过问", "acknowledged"), "doubt", "✎")
    else:
        sign = (show.t("待过问", "nobody has asked"), "not", "!")
    why = _measured(show, alarm.pace, alarm.basis, alarm.silent)
    return AlarmShown(
        alarm, StateShown(*sign), why, [WordShown(one, _said(show, one)) for one in alarm.words]
    )


def days_of(thousandths: int) -> str:
    """Usual days to a tenth."""
    return f"{thousandths // FULL}.{thousandths % FULL * 10 // FULL}"


def _measured(show: Show, pace: Pace, basis: Basis, silent: int) -> str:
    rate, odds = days_of(pace.a_thousand_days), one_in(pace, silent)
    rarely = show.count(min(odds, ODDS_MOST))
    more = show.t("不到", "less than ") if odds > ODDS_MOST else ""
    return show.t(
        f"已有 {days_of(silent)} 个营业日没有收款；{show.say(BASES[basis])}，每日约 {rate} 笔，"
        f"这样的沉默偶然出现的机会{more} 1/{rarely}。",
        f"No payment for {days_of(silent)} business days; {show.say(BASES[basis])}, about {rate} a"
        f" day, such a silence comes by chance {more}once in {rarely}.",
    )


def _outlook(show: Show, one: Silence) -> str:
    limit = show.count(ODDS_LEAST)
    if one.verdict == "alarm":
        return ""
    if one.alarm_on is None:
        return show.t(
            f" 太清淡，{AHEAD_DAYS} 天内单凭沉默判断不了。",
            f" Too quiet: silence alone tells nothing within {AHEAD_DAYS} days.",
        )
    day = show.day(one.alarm_on)
    return show.t(
        f" 太清淡，{day} 之前不能断定；到那天仍无收款，机会低于 1/{limit}，即为警报。",
        f" Too quiet to tell until {day}: if nobody pays by then it is rarer than once in"
        f" {limit}, and an alarm.",
    )


def _taking(show: Show, one: Silence) -> str:
    rate = days_of(one.pace.a_thousand_days) if one.pace is not None else "–"
    return show.t(
        f"有收款，{show.say(BASES[one.basis])}，每日约 {rate} 笔。",
        f"It takes cash: {show.say(BASES[one.basis])}, about {rate} a day.",
    )


def _said(show: Show, word: Word) -> str:
    if word.why == "payment":
        return show.t("又收到了缴费", "it took a payment again")
    if word.why == "off":
        return show.t("网点已停用", "the outlet was switched off")
    if word.kind == "cleared":
        return show.t("由人解除", "ended by a person")
    return show.t("已过问", "acknowledged")
