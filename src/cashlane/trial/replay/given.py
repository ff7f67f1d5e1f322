"""What a replay is computed from: the facts by name, each with its unit and bounds.

The unit of a fact stands in its type here, once; the values stand in the story's data file.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, cast, get_args, get_type_hints

from msgspec import Struct

from cashlane.values.text import Text

Value = int | str | date
SpareState = Literal["none", "signed", "certified", "warm"]
WayKind = Literal["own", "aggregator", "bank"]


class Unit(Struct, frozen=True):
    """What a value counts, in words; numbers lie between `least` and `most`, words in `words`."""

    name: Text
    least: int
    most: int
    words: Mapping[str, Text]


def _number(zh: str, en: str, least: int, most: int) -> Unit:
    return Unit(Text(zh, en), least, most, {})


DAY = _number("日期", "date", 0, 0)
SPARE = Unit(
    Text("状态", "state"),
    0,
    0,
    {
        "none": Text("无", "none"),
        "signed": Text("已签约", "signed"),
        "certified": Text("已认证", "certified"),
        "warm": Text("热备", "warm"),
    },
)
WAY = Unit(
    Text("通道", "way"),
    0,
    0,
    {
        "own": Text("自有", "its own"),
        "aggregator": Text("汇缴平台", "an aggregator"),
        "bank": Text("银行", "a bank"),
    },
)

Day = Annotated[date, DAY]
Hour = Annotated[int, _number("时", "o'clock", 0, 23)]
Outlets = Annotated[int, _number("个", "outlets", 0, 6_000)]
Homes = Annotated[int, _number("户", "households", 100_000, 20_000_000)]
Bills = Annotated[int, _number("张", "bills", 1, 8)]
Percent = Annotated[int, _number("%", "%", 0, 100)]
Detour = Annotated[int, _number("%", "%", 100, 300)]
Metres = Annotated[int, _number("米", "m", 0, 50_000)]
Days = Annotated[int, _number("天", "days", 1, 366)]
Seconds = Annotated[int, _number("秒", "s", 1, 36_000)]
Months = Annotated[int, _number("个月", "months", 0, 120)]
Weight = Annotated[int, _number("份", "parts", 0, 1_000)]
Fen = Annotated[int, _number("元", "yuan", 0, 100_000_000)]
Spare = Annotated[SpareState, SPARE]
Way = Annotated[WayKind, WAY]


class Channel(Struct, frozen=True):
    """A family of outlets of the story. `returns_on` is asked for where the way stops only."""

    code: str
    outlets: Outlets
    way: Way
    returns_on: Day


class Given(Struct, frozen=True):
    """All facts of one world; what each means is said in the data file, beside its value."""

    channels: tuple[Channel, ...]
    stops_on: Day
    stop_hour: Hour
    quiet_offices: Outlets
    quiet_leave_on: Day
    quiet_return_on: Day
    quiet_kept_percent: Percent
    first_day: Day
    last_day: Day
    homes: Homes
    offline_percent: Percent
    bills_a_month: Bills
    detour_percent: Detour
    further_most_m: Metres
    further_most_over_70_m: Metres
    far_m: Metres
    told_before_percent: Percent
    told_at_door_percent: Percent
    again_after_days: Days
    hear_within_days: Days
    spare_state: Spare
    certify_days: Days
    connect_days: Days
    detect_s: Seconds
    spare_capacity_percent: Percent
    fee_fen: Fen
    fee_share_agent: Weight
    fee_share_operator: Weight
    fee_share_route: Weight
    spare_fee_fen: Fen
    spare_kept_fen: Fen
    certify_fen: Fen
    kept_months: Months
    availability_fen: Fen
    notice_fen: Fen
    seconds_post: Seconds
    seconds_store: Seconds
    wage_fen: Fen
    calls_percent: Percent
    call_seconds: Seconds


def units(channels: Mapping[str, str]) -> dict[str, Unit]:
    """The unit of every fact that a story must give; `channels` are ways by channel code.

    A channel's facts are named after it, as outlets.post.
    """
    found = {name: unit for name, unit in _units_of(Given).items() if name != "channels"}
    for code, way in channels.items():
        for name, unit in _units_of(Channel).items():
            if name != "code" and (name != "returns_on" or way == "aggregator"):
                found[f"{name}.{code}"] = unit
    return found


def _units_of(form: type[Struct]) -> dict[str, Unit]:
    hints = get_type_hints(form, include_extras=True)
    return {
        name: next((one for one in get_args(hint) if isinstance(one, Unit)), DAY)
        for name, hint in hints.items()
    }


def given(values: Mapping[str, Value], channels: tuple[str, ...]) -> Given:
    """The facts of a world, out of values that were checked."""
    plain = {name: value for name, value in values.items() if "." not in name}
    families = tuple(_channel(values, code) for code in channels)
    return Given(channels=families, **plain)  # type: ignore[arg-type]


def _channel(values: Mapping[str, Value], code: str) -> Channel:
    outlets, way = values[f"outlets.{code}"], values[f"way.{code}"]
    back = values.get(f"returns_on.{code}", values["last_day"])
    assert isinstance(outlets, int)
    assert isinstance(back, date)
    return Channel(code, outlets, cast(WayKind, way), back)
