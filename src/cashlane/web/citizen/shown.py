"""A counter in the words of a public page: when it is open, how far it is, what can be paid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from cashlane.core.access import WALKING
from cashlane.core.finding import WALK_M_PER_MIN, Counter, Opening
from cashlane.core.network import Network
from cashlane.values.text import Language

_ROUND_M = 10
"""A walk is not known to the metre."""


class Shown(Struct, frozen=True):
    """What is said of one counter. `place` is its number on the page and on the map."""

    place: int
    outlet: int
    code: str
    name: str
    minutes: int | None
    walk_m: int | None
    opening: Literal["open", "closed", "unknown"]
    hours: str
    steps: str
    step_free: bool | None
    address: str
    transit: str
    bills: str
    also: str


def shown(
    network: Network, counter: Counter, now: datetime, *, place: int, language: Language
) -> Shown:
    """A counter as it is shown."""
    outlet, premises = network.outlets[counter.outlet], counter.premises
    return Shown(
        place=place,
        outlet=counter.outlet,
        code=outlet.code,
        name=outlet.name.say(language),
        minutes=counter.minutes,
        walk_m=_rounded(counter.metres),
        opening=counter.opening.state,
        hours=opening_words(network, counter.opening, now, language),
        steps=steps_words(premises.step_free, language),
        step_free=premises.step_free,
        address=premises.address,
        transit=premises.transit,
        bills=_bills(network, counter, language),
        also=also_words(network, counter.programmes, language),
    )


def _bills(network: Network, counter: Counter, language: Language) -> str:
    """Whose bills are taken; where it is everybody's, nobody has to read them all."""
    if set(counter.billers) == set(network.billers):
        return "本网络的所有账单" if language == "zh" else "every bill of this network"
    names = [network.billers[one].name.say(language) for one in counter.billers]
    return ("、" if language == "zh" else ", ").join(names)


def also_words(network: Network, programmes: Sequence[str], language: Language) -> str:
    """What else can be done at the same counter; "" where nothing can."""
    names = [network.programmes[one].name.say(language) for one in programmes]
    return ("、" if language == "zh" else ", ").join(names)


def _rounded(metres: int | None) -> int | None:
    if metres is None:
        return None
    return -(-WALKING.walk_m(metres) // _ROUND_M) * _ROUND_M


def opening_words(network: Network, stands: Opening, now: datetime, language: Language) -> str:
    """Whether a door is open, and until or from when."""
    zh = language == "zh"
    if stands.state == "unknown":
        return "营业时间未告知，请先打电话问" if zh else "hours not told: call before you go"
    if stands.changes_at is None:
        always = "全天营业" if zh else "open day and night"
        return always if stands.state == "open" else ("已关门" if zh else "closed")
    when = _when(network, stands.changes_at, now, language)
    if stands.state == "open":
        return f"正在营业，到{when}" if zh else f"open now, until {when}"
    return f"现在关门，{when}开门" if zh else f"closed now, opens {when}"


def _when(network: Network, at: datetime, now: datetime, language: Language) -> str:
    local, today = network.local(at), network.local(now).date()
    hour = f"{local:%H:%M}"
    if local.date() == today:
        return hour
    if local.date() == today + timedelta(days=1):
        return f"明天 {hour}" if language == "zh" else f"tomorrow {hour}"
    return f"{local.month} 月 {local.day} 日 {hour}" if language == "zh" else f"{local:%d %b %H:%M}"


def steps_words(step_free: bool | None, language: Language) -> str:
    """Whether one gets in without a step."""
    words = {
        True: ("门口无台阶", "no step at the door"),
        False: ("门口有台阶", "there is a step at the door"),
        None: ("有无台阶未告知", "steps: not told"),
    }[step_free]
    return words[0] if language == "zh" else words[1]


def aloud(one: Shown, language: Language) -> str:
    """What to read to somebody on the telephone: short sentences, the way first."""
    if language == "zh":
        way = f"，走过去约 {one.minutes} 分钟" if one.minutes is not None else ""
        address = f"地址是{one.address}。" if one.address else ""
        also = f"还能办{one.also}。" if one.also else ""
        bills = f"那里能缴{one.bills}。{also}"
        return f"您可以去{one.name}{way}。{address}{one.hours}。{one.steps}。{bills}"
    way = f", about {one.minutes} minutes on foot" if one.minutes is not None else ""
    address = f" The address is {one.address}." if one.address else ""
    steps = one.steps[0].upper() + one.steps[1:]
    hours = one.hours[0].upper() + one.hours[1:]
    also = f" Also there: {one.also}." if one.also else ""
    return f"You can go to {one.name}{way}.{address} {hours}. {steps}. It takes {one.bills}.{also}"


def minutes_m(minutes: int) -> int:
    """How far in a straight line one gets in so many minutes of walking."""
    return minutes * WALK_M_PER_MIN * 1_000_000 // WALKING.detour_ppm
