"""The words in which coverage is told, to operators and to everybody alike."""

from collections.abc import Mapping

from cashlane.core.access import Method
from cashlane.core.network import Network
from cashlane.core.reduction import Reduction
from cashlane.values.text import Text

KINDS: Mapping[str, Text] = {
    "electricity": Text("电费", "electricity"),
    "water": Text("水费", "water"),
    "gas": Text("燃气费", "gas"),
    "other": Text("其他账单", "other bills"),
}
_NAMED = {1_609: Text("1 英里", "1 mile"), 4_828: Text("3 英里", "3 miles")}
BEYOND = Text("更远", "beyond")


def bands_of(method: Method) -> list[Text]:
    """The method's bands in words; what lies beyond the last is out of reach."""
    return [band(metres) for metres in method.bands_m]


def band(metres: int) -> Text:
    """A walk up to which people are counted."""
    if metres in _NAMED:
        return _NAMED[metres]
    if metres % 1_000 == 0:
        return Text(f"{metres // 1_000} 公里", f"{metres // 1_000} km")
    return Text(f"{metres} 米", f"{metres} m")


def kind_of(name: str) -> Text:
    """A kind of bill; of a single biller's service its code."""
    kind, _, biller = name.partition("/")
    told = KINDS.get(kind, Text(kind, kind))
    return told if not biller else Text(f"{told.zh}（{biller}）", f"{told.en} ({biller})")


NAMED_OUTLETS_MOST = 3
"""Outlets by name in one line: of a way's five hundred nobody reads more."""
_WHOLE = {
    "closing": Text("关闭", "closes"),
    "shop": Text("自行歇业", "has closed by itself"),
    "suspending": Text("暂停", "is suspended"),
}


def what(network: Network, wanted: Reduction) -> Text:
    """What is to go, in one line."""
    if wanted.wish is not None:
        zh, en = _billers(network, wanted)
        name = wanted.wish.name
        return Text(f"{name.zh}：市民请求设立收 {zh} 的网点",
                    f"{name.en}: somebody asks for a counter for {en}")  # fmt: skip
    known = [network.outlets[one].name for one in wanted.outlets if one in network.outlets]
    named = known[:NAMED_OUTLETS_MOST]
    zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
    more = len(wanted.outlets) - len(named)
    if more > 0:
        zh, en = f"{zh} 等另 {more} 家网点", f"{en} and {more} more outlets"
    act = _act(network, wanted)
    return Text(f"{zh}：{act.zh}", f"{en}: {act.en}")


def _act(network: Network, wanted: Reduction) -> Text:
    if wanted.trigger in _WHOLE:
        return _WHOLE[wanted.trigger]
    if wanted.trigger == "hours":
        return Text(f"营业时间改为 {wanted.hours}", f"opens {wanted.hours}")
    zh, en = _billers(network, wanted)
    if wanted.trigger == "withdrawing":
        return Text(f"停办 {zh}", f"{en} withdrawn")
    if wanted.trigger == "request":
        return Text(f"市民请求恢复 {zh}", f"somebody asks to have {en} back")
    return Text(f"不能缴 {zh}", f"cannot take {en}")


def _billers(network: Network, wanted: Reduction) -> tuple[str, str]:
    billers = sorted({biller for one in wanted.lost for biller in one.billers})
    if len(billers) > 1 and set(billers) >= set(network.billers):
        return "各种账单", "all kinds of bills"
    names = [network.billers[one].name for one in billers if one in network.billers]
    return "、".join(one.zh for one in names), ", ".join(one.en for one in names)
