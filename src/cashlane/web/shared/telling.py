"""The words in which coverage is told, to operators and to everybody alike."""

from collections.abc import Mapping

from cashlane.core.access import Method
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
