"""The figures of an outcome in the order in which they are told, with their names and units.

Estimates are told to three digits: a sample knows no more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cashlane.trial.replay.cost import Party
from cashlane.trial.replay.given import DAY, Unit, Value
from cashlane.trial.replay.outcome import Outcome
from cashlane.trial.replay.replay import Replay
from cashlane.trial.replay.saying import SAMPLED
from cashlane.trial.replay.story import Fact
from cashlane.values.money import CNY, write_amount
from cashlane.values.text import Language, Text

_KILOMETRES = Text("公里", "km")
_PAYMENTS = Text("笔", "payments")
_TRIPS = Text("趟", "trips")


class Figure(Struct, frozen=True):
    """A figure: what it is, its unit, whether it is an estimate, and where it stands."""

    name: Text
    unit: Text
    estimate: bool
    of: Callable[[Outcome], int]


IN_VAIN = Figure(Text("白跑", "trips in vain"), _TRIPS, True, lambda it: it.payments.in_vain)
FURTHER = Figure(
    Text("所有人多走的路", "further on foot, everybody"),
    _KILOMETRES,
    True,
    lambda it: (it.walked.further_m + 500) // 1_000,
)
FURTHER_OVER_70 = Figure(
    Text("七十岁及以上者多走的路", "further on foot, people over 70"),
    _KILOMETRES,
    True,
    lambda it: (it.walked.over_70_m + 500) // 1_000,
)
CITIZENS = Text("市民（不以钱付）", "citizens (not in money)")
PAID_BY_CITIZENS = (IN_VAIN, FURTHER, FURTHER_OVER_70)
"""What people pay: it stands among the costs, and is not added to them."""

FIGURES: tuple[Figure, ...] = (
    Figure(
        Text("网点停收天数", "outlet-days lost"),
        Text("网点·天", "outlet-days"),
        False,
        lambda it: it.outlets.days_lost,
    ),
    Figure(
        Text("经备用通道的网点天数", "outlet-days over the spare"),
        Text("网点·天", "outlet-days"),
        False,
        lambda it: it.outlets.days_over_spare,
    ),
    Figure(
        Text("无通道的时间（当日不计停收）", "time without a way, no day lost"),
        Text("秒", "s"),
        False,
        lambda it: it.outlets.gap_s,
    ),
    Figure(
        Text("这段时间里等候的缴费", "payments that waited for those seconds"),
        _PAYMENTS,
        True,
        lambda it: it.payments.held_up,
    ),
    Figure(
        Text("未能在平时网点缴的账单", "payments displaced from their usual counter"),
        _PAYMENTS,
        True,
        lambda it: it.payments.displaced,
    ),
    Figure(
        Text("其中改在别处缴", "of these, made at another counter"),
        _PAYMENTS,
        True,
        lambda it: it.payments.elsewhere,
    ),
    Figure(
        Text("拖到以后才缴", "made on a later day"), _PAYMENTS, True, lambda it: it.payments.late
    ),
    Figure(
        Text("合计晚缴天数", "days late, all together"),
        Text("天", "days"),
        True,
        lambda it: it.payments.days_late,
    ),
    Figure(
        Text("到最后一天仍未缴", "not made by the last day"),
        _PAYMENTS,
        True,
        lambda it: it.payments.not_paid,
    ),
    IN_VAIN,
    Figure(
        Text("网点开着却因通道满载被拒", "turned away where the spare was full"),
        _TRIPS,
        True,
        lambda it: it.payments.turned_away,
    ),
    FURTHER_OVER_70,
    Figure(
        Text("其中每张受影响的账单", "of that, for each displaced payment"),
        Text("米", "m"),
        True,
        lambda it: it.walked.over_70_each_m,
    ),
    Figure(
        Text(
            "七十岁及以上者近处无处可缴（最差时）", "payers over 70 with no counter near, at worst"
        ),
        Text("人", "people"),
        True,
        lambda it: it.walked.far_over_70,
    ),
    FURTHER,
)

PARTY_NAMES: Mapping[Party, Text] = {
    "biller": Text("收费单位", "billers"),
    "operator": Text("网络运营方", "the network's operator"),
    "aggregator": Text("汇缴平台", "the aggregator"),
    "stopped": Text("停收的代收机构", "agents whose counters were shut"),
    "helping": Text("接过缴费的代收机构", "agents whose counters helped"),
}
COST_NAMES: Mapping[str, Text] = {
    "dearer-fee": Text("备用通道较贵的手续费", "the spare's dearer fee"),
    "quiet-kept": Text("保留清淡网点的可用性付费", "availability payment for quiet offices"),
    "spare-kept": Text("保持备用通道", "keeping the spare"),
    "certified": Text("联调与认证", "connecting and certifying"),
    "notices": Text("门口告示", "notices at the doors"),
    "hotline": Text("热线接听", "calls to the hotline"),
    "fees-not-earned": Text("未得的手续费", "fees not earned"),
    "work-not-done": Text("省下的人工", "work not done"),
    "fees-earned": Text("多得的手续费", "fees earned"),
    "more-work": Text("多出的人工", "more work"),
}


def exactly(number: int) -> str:
    """With a comma every three digits."""
    return f"{number:,}"


def about(number: int) -> str:
    """To three significant digits, rounded half up away from zero; small numbers as they are."""
    size = abs(number)
    unit = 10 ** max(0, len(str(size)) - 3)
    return f"{(size + unit // 2) // unit * unit * (1 if number >= 0 else -1):,}"


def named(figure: Figure, language: Language) -> str:
    """A figure's name with its unit."""
    return f"{figure.name.say(language)} ({figure.unit.say(language)})"


def told(figure: Figure, outcome: Outcome) -> str:
    """A figure of an outcome as people read it."""
    number = figure.of(outcome)
    return about(number) if figure.estimate else exactly(number)


def yuan(fen: int) -> str:
    """Money in whole yuan, to three digits: most of it follows from estimates."""
    return about((abs(fen) + 50) // 100 * (1 if fen >= 0 else -1))


_MONTHS = "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"


def day_in(day: date, language: Language) -> str:
    """A day without its year: 1月14日, 14 Jan."""
    if language == "zh":
        return f"{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_in(day: date, language: Language) -> str:
    """A day with its year."""
    return (
        f"{day.year}年{day_in(day, language)}"
        if language == "zh"
        else f"{day_in(day, language)} {day.year}"
    )


def value_in(value: Value, unit: Unit, language: Language) -> str:
    """A fact's value with its unit."""
    if isinstance(value, date):
        return date_in(value, language)
    if isinstance(value, str):
        return unit.words[value].say(language) if value in unit.words else value
    name = unit.name.say(language)
    if unit.name.en == "yuan":
        return f"{exactly(value // 100)} {name}" if value % 100 == 0 else _yuan(value, name)
    if unit is DAY or name == "%":
        return f"{value}%"
    return f"{exactly(value)} {name}"


def _yuan(fen: int, name: str) -> str:
    return f"{write_amount(fen, CNY)} {name}"


def sampled(done: Replay) -> Text:
    """What of the figures is exact, and what was looked at for the others."""
    return SAMPLED.fill(
        looked_at=exactly(done.looked_at), payers=exactly(done.payers), seed=done.seed
    )


def cost_lines(outcomes: Sequence[Outcome], party: str) -> Iterator[tuple[str, list[int]]]:
    """The lines of a party, each with its amount in every world."""
    for at, line in enumerate(outcomes[0].costs):
        if line.payer == party:
            yield line.what, [outcome.costs[at].fen for outcome in outcomes]


def origin(fact: Fact, language: Language) -> str:
    """Source and date of a fact."""
    when = f", {date_in(fact.date, language)}" if fact.date is not None else ""
    return f"{fact.source.say(language)}{when}"
