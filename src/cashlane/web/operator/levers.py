"""A scenario in an address: what somebody moved, read back strictly; how each lever is shown."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from cashlane.core.economic_figures import BASIS_NAMES, Figure
from cashlane.core.refusals import Refused
from cashlane.core.scenario import KIND_NAMES, LEVERS, Kind, Lever, Scenario
from cashlane.counter.problems import RefusedError
from cashlane.values.money import Currency, read_minor, write_amount
from cashlane.values.text import Text
from cashlane.web.operator.show import Show

Starts = Mapping[Kind, Mapping[str, Figure]]
HELD_MOST = 2_000
"""Letters of a scenario that is held beside another: all levers of all kinds, moved, need 1,500."""
ROOM = 2
"""A lever reaches to so many times its starting figure, where that is more than its usual end."""
_CHANGED = Text("已改动", "changed")


class Setting(Struct, frozen=True):
    """One lever of one kind as it stands. `decimals` is how many of its digits are behind the
    point."""

    name: str
    whose: str
    label: str
    value: int
    shown: str
    least: int
    most: int
    step: int
    decimals: int
    unit: str
    tone: str
    basis: str


class Row(Struct, frozen=True):
    """A lever with its settings by kind, and what its starting figures rest on."""

    name: str
    settings: Sequence[Setting]
    sources: Sequence[str]


def read_scenario(asked: Mapping[str, str], starts: Starts) -> Scenario:
    """What the address says, and the starting figures for the rest. Raises MALFORMED for a lever
    that is moved past its ends or to no number: a shared address means one thing or nothing."""
    return {
        kind: {
            lever.code: _read(asked.get(f"{kind}.{lever.code}"), lever, kind, figures)
            for lever in LEVERS
        }
        for kind, figures in starts.items()
    }


def read_held(asked: Mapping[str, str], starts: Starts) -> Scenario | None:
    """The scenario that is held beside this one, if any."""
    text = asked.get("held")
    if text is None:
        return None
    if len(text) > HELD_MOST:
        raise RefusedError(Refused("MALFORMED", {"what": Text("所比方案", "the held scenario")}))
    return read_scenario(dict(parse_qsl(text)), starts)


def moved(scenario: Scenario, starts: Starts) -> dict[str, str]:
    """The levers that stand elsewhere than they start: the shortest address of a scenario."""
    return {
        f"{kind}.{lever.code}": str(values[lever.code])
        for kind, values in scenario.items()
        for lever in LEVERS
        if values[lever.code] != starts[kind][lever.code].value
    }


def held_address(scenario: Scenario, starts: Starts) -> str:
    """How a scenario is written to be held: never empty, so that it is seen to be held."""
    return urlencode(moved(scenario, starts)) or "start"


def _read(text: str | None, lever: Lever, kind: Kind, figures: Mapping[str, Figure]) -> int:
    start = figures[lever.code].value
    if text is None:
        return start
    value = read_minor(text)
    if value is None or not lever.least <= value <= end(lever, start):
        where = Text("{kind}的{lever}", "{lever} of {kind}")
        where = where.fill(kind=KIND_NAMES[kind], lever=lever.name)
        raise RefusedError(Refused("MALFORMED", {"what": where}))
    return value


def end(lever: Lever, start: int) -> int:
    """How far a lever goes."""
    return max(lever.most, ROOM * start)


def rows(show: Show, starts: Starts, scenario: Scenario) -> list[Row]:
    """All levers, as they stand."""
    return [
        Row(
            show.say(lever.name),
            [_setting(show, lever, kind, starts, scenario) for kind in starts],
            _sources(show, [starts[kind][lever.code] for kind in starts]),
        )
        for lever in LEVERS
    ]


def _sources(show: Show, figures: Sequence[Figure]) -> list[str]:
    """Each once, in the order of the kinds."""
    return list(dict.fromkeys(show.say(one.source) for one in figures))


def _setting(show: Show, lever: Lever, kind: Kind, starts: Starts, scenario: Scenario) -> Setting:
    start, value = starts[kind][lever.code], scenario[kind][lever.code]
    same = value == start.value
    currency = show.network.currency
    return Setting(
        name=f"{kind}.{lever.code}",
        whose=show.say(KIND_NAMES[kind]),
        label=f"{show.say(lever.name)} · {show.say(KIND_NAMES[kind])}",
        value=value,
        shown=written(lever, value, currency),
        least=lever.least,
        most=end(lever, start.value),
        # What was counted, or typed into an address, may stand between the steps.
        step=1 if (value - lever.least) % lever.step else lever.step,
        decimals=_decimals(lever, currency),
        unit=unit(show, lever),
        tone=start.basis if same else "changed",
        basis=show.say(BASIS_NAMES[start.basis] if same else _CHANGED),
    )


def written(lever: Lever, value: int, currency: Currency) -> str:
    """A value as people write it: money with its decimals, parts per million in percent."""
    if lever.unit == "money":
        return write_amount(value, currency)
    if lever.unit == "ppm":
        return f"{value // 10_000}.{value % 10_000:04}".rstrip("0").rstrip(".")
    return str(value)


def _decimals(lever: Lever, currency: Currency) -> int:
    return {"money": currency.exponent, "ppm": 4}.get(lever.unit, 0)


def unit(show: Show, lever: Lever) -> str:
    """The unit in which a value is written."""
    return {
        "money": show.network.currency.code,
        "ppm": "%",
        "seconds": show.t("秒", "s"),
        "count": "",
    }[lever.unit]
