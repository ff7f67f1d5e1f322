"""Scenarios: the figures of the economics that somebody may move, and every outlet's account by
them.

A scenario gives one value to each lever of each kind of agent. Payments are a month's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, structs

from cashlane.core.economic_figures import Figure, figure
from cashlane.core.economics import Account, Labour, Programmes, Terms, Working, account
from cashlane.core.programme import NO_WORK, Work
from cashlane.values.text import Text

Kind = Literal["post", "chain", "bank"]
"""As agents are told apart."""
KIND_NAMES: Mapping[Kind, Text] = {
    "post": Text("邮政柜台", "post counters"),
    "chain": Text("便利店", "stores"),
    "bank": Text("银行柜台", "bank counters"),
}
_OWN: Mapping[Kind, str] = {"post": "post", "chain": "store", "bank": "bank"}
"""How a starting figure of one kind alone is called."""
Unit = Literal["money", "ppm", "seconds", "count"]


class Lever(Struct, frozen=True):
    """A figure that may be moved, in whole units from `least` to `most`. `starts` is the starting
    figure it begins with."""

    code: str
    starts: str
    name: Text
    unit: Unit
    least: int
    most: int
    step: int


LEVERS = (
    Lever("seconds", "seconds", Text("每笔用时", "Seconds per payment"), "seconds", 5, 300, 1),
    Lever("wage", "wage_an_hour", Text("小时工资", "Wage an hour"), "money", 1_000, 8_000, 50),
    Lever("on_cost", "on_cost_ppm", Text("工资外支出", "On top of the wage"),
          "ppm", 0, 1_000_000, 10_000),
    Lever("payments", "payments_a_month", Text("每月笔数", "Payments a month"),
          "count", 0, 5_000, 1),
    Lever("bill", "bill", Text("平均账单", "Mean bill"), "money", 500, 50_000, 1),
    Lever("deposit", "deposit_ppm", Text("解款费率", "Banking the cash"), "ppm", 0, 10_000, 50),
    Lever("trips", "trips", Text("每月专程解款", "Trips to the bank a month"), "count", 0, 60, 1),
    Lever("trip_cost", "trip_cost", Text("专程一次", "One trip"), "money", 0, 30_000, 100),
    Lever("errors", "errors_ppm", Text("差错率", "Payments that go wrong"), "ppm", 0, 2_000, 10),
    Lever("error_cost", "error_cost", Text("一笔差错损失", "Cost of one gone wrong"),
          "money", 0, 50_000, 500),
    Lever("fixed", "fixed", Text("每月固定支出", "Fixed cost a month"), "money", 0, 300_000, 500),
    Lever("programme_pay", "programme_pay",
          Text("合办业务每次所付", "Paid for a programme's visit"), "money", 0, 5_000, 10),
    Lever("fee", "fee", Text("每笔手续费", "Fee per payment"), "money", 0, 500, 1),
    Lever("subsidy", "subsidy", Text("每笔补贴", "Subsidy per payment"), "money", 0, 500, 1),
    Lever("availability", "availability", Text("每月保底补贴", "Availability payment a month"),
          "money", 0, 300_000, 100),
)  # fmt: skip
"""In the order in which somebody asks: the work, the cash, what goes wrong, what comes in."""

_MANY = 1_000
Values = Mapping[str, int]
"""A value for the code of every lever."""
Scenario = Mapping[Kind, Values]


class Counter(Struct, frozen=True):
    """An outlet as it is calculated. `counted`: its payments of a month, where they were; `work`:
    what programmes there came to in a month, as it was told."""

    outlet: int
    kind: Kind
    counted: int | None
    work: Work = NO_WORK


class Taken(Struct, frozen=True):
    """What an outlet took in a month: payments, and their amount in minor units."""

    payments: int
    amount: int


def starting(kind: Kind) -> dict[str, Figure]:
    """The figure that each lever of a kind begins with while nothing is measured."""
    found = {}
    for lever in LEVERS:
        own = f"{lever.starts}_{_OWN[kind]}" if lever.starts == "seconds" else lever.starts
        found[lever.code] = figure(own)
    return found


def measured(kind: Kind, taken: Sequence[Taken], month: date) -> dict[str, Figure]:
    """Likewise, with what the network counted itself: the mean payments of the outlets of a kind in
    a month, and the mean bill; rounded half up. The rest stays as it starts."""
    found, payments = starting(kind), sum(one.payments for one in taken)
    if not payments:
        return found
    said = Text("本网络 {month} 的平均数", "this network's mean of {month}")
    source = said.fill(month=f"{month:%Y-%m}")
    counts = {
        "payments": _half_up(payments, len(taken)),
        "bill": _half_up(sum(one.amount for one in taken), payments),
    }
    for code, value in counts.items():
        found[code] = structs.replace(
            found[code], value=value, basis="measured", source=source, dated=month
        )
    return found


def last_full_month(first: date, latest: date) -> tuple[date, date] | None:
    """The calendar month before the latest business date's, as its first day and the day after its
    last; None where the network began later than on its first day."""
    following = latest.replace(day=1)
    begun = (following - timedelta(days=1)).replace(day=1)
    return (begun, following) if first <= begun else None


def accounts(counters: Iterable[Counter], scenario: Scenario) -> dict[int, Account]:
    """Every outlet's account for a month. An outlet whose payments were counted keeps its part of
    its kind's, however many these are in the scenario; the others have as many as the scenario
    says. Outlets alike are worked out once."""
    rows = list(counters)
    totals = _totals(rows)
    known: dict[tuple[Kind, int, Work], Account] = {}
    found = {}
    for row in rows:
        values = scenario[row.kind]
        payments = _payments(row, values["payments"], *totals[row.kind])
        key = (row.kind, payments, row.work)
        if key not in known:
            known[key] = account(_working(payments, row.work, values), _terms(values))
        found[row.outlet] = known[key]
    return found


def _totals(rows: Sequence[Counter]) -> dict[Kind, tuple[int, int]]:
    """By kind: outlets whose payments were counted, and all payments of theirs."""
    found: dict[Kind, tuple[int, int]] = {}
    for row in rows:
        outlets, payments = found.get(row.kind, (0, 0))
        if row.counted is not None:
            outlets, payments = outlets + 1, payments + row.counted
        found[row.kind] = (outlets, payments)
    return found


def _payments(row: Counter, wanted: int, outlets: int, payments: int) -> int:
    if row.counted is None or not payments:
        return wanted
    if wanted == _half_up(payments, outlets):
        return row.counted
    return _half_up(row.counted * wanted * outlets, payments)


def labour(values: Values) -> Labour:
    """What an hour costs in a scenario."""
    return Labour(values["wage"], values["on_cost"])


def labour_for(seconds: int, on_cost_ppm: int, wage_an_hour: int) -> int:
    """What the work of one payment costs that takes so many seconds, rounded half up: told of many,
    since a single one's cost would be rounded up by nearly a minor unit."""
    return _half_up(Labour(wage_an_hour, on_cost_ppm).cost(seconds * _MANY), _MANY)


def one_outlet(values: Values, work: Work) -> Account:
    """The account of a single outlet, with its payments as the scenario says."""
    return account(_working(values["payments"], work, values), _terms(values))


def _working(payments: int, work: Work, values: Values) -> Working:
    return Working(
        outlet=0,
        payments=payments,
        amount=payments * values["bill"],
        seconds=values["seconds"],
        labour=labour(values),
        deposit_ppm=values["deposit"],
        trips=values["trips"],
        trip_cost=values["trip_cost"],
        errors_ppm=values["errors"],
        error_cost=values["error_cost"],
        fixed=values["fixed"],
        programmes=Programmes(work.visits, 60 * work.minutes, values["programme_pay"]),
    )


def _terms(values: Values) -> Terms:
    return Terms(values["fee"], values["subsidy"], values["availability"])


def _half_up(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)
