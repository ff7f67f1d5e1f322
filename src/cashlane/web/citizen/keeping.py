"""What keeps a counter open: the sums of a month in plain words, for everybody, without scripts.

Nothing of any company is in it: public figures and assumptions, each with its source and date.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from cashlane.core.economic_figures import BASIS_NAMES, Figure, figure
from cashlane.core.economics import Account
from cashlane.core.programme import NO_WORK, Work
from cashlane.core.scenario import (
    KIND_NAMES,
    LEVERS,
    Kind,
    Lever,
    labour,
    labour_for,
    one_outlet,
    starting,
)
from cashlane.counter.service import Service
from cashlane.values.money import Currency, write_amount
from cashlane.values.text import Language, Text
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, elder_of, language_of

_pages = Pages("cashlane.web.citizen")
EXAMPLES: tuple[Kind, ...] = ("chain", "post")
"""A store and a post counter: where most bills are paid in cash."""
SECONDS = (20, 30, 40, 60, 90, 120)
_USES: dict[str, tuple[str, ...]] = {
    "labour": ("payments", "seconds", "wage", "on_cost"),
    "deposits": ("payments", "bill", "deposit", "trips", "trip_cost"),
    "errors": ("payments", "errors", "error_cost"),
    "fixed": ("fixed",),
    "fees": ("payments", "fee"),
}
"""Which figures a line of the sum is made of."""
_LINES: dict[str, Text] = {
    "labour": Text("人工", "Work"),
    "deposits": Text("把现金存进银行", "Taking the cash to the bank"),
    "errors": Text("差错", "Mistakes"),
    "fixed": Text("机器、线路等固定支出", "Machine, line and the like"),
    "fees": Text("手续费收入", "Fees that come in"),
}
_HOW: dict[str, Text] = {
    "labour": Text(
        "{payments} 笔，每笔 {seconds}；一小时工资 {wage}，雇主另付 {on_cost}。",
        "{payments} payments of {seconds} each; an hour's wage is {wage}, and the employer pays"
        " {on_cost} on top.",
    ),
    "deposits": Text(
        "{payments} 笔，平均 {bill}；银行收 {deposit}；专程 {trips}，每次 {trip_cost}。",
        "{payments} payments of {bill} on average; the bank takes {deposit}; {trips} made for it,"
        " at {trip_cost} each.",
    ),
    "errors": Text(
        "{payments} 笔里有 {errors} 出错，每笔损失 {error_cost}。",
        "of {payments} payments {errors} go wrong, and each of these costs {error_cost}.",
    ),
    "fixed": Text(
        "每月 {fixed}，有没有人来都要付。", "{fixed} a month, whether anybody comes or not."
    ),
    "fees": Text("{payments} 笔，每笔 {fee}。", "{payments} payments, {fee} for each."),
}


class Used(Struct, frozen=True):
    """A figure as it is shown, with its definition."""

    name: str
    shown: str
    figure: Figure
    basis: str


class Line(Struct, frozen=True):
    """One line of a month's sum; it opens to what it is made of."""

    code: str
    name: str
    amount: int
    how: str
    made_of: Sequence[Used]


class Beside(Struct, frozen=True):
    """A post counter's month with another public service at the same counter."""

    account: Account
    bill_minutes: int
    minutes: int
    made_of: Sequence[Used]


class Example(Struct, frozen=True):
    """A counter's month. `pays_seconds` is what the fee pays, `takes_seconds` what it takes."""

    name: str
    costs: Sequence[Line]
    income: Line
    account: Account
    fee: int
    pays_seconds: int
    takes_seconds: int


@get("/economics")
async def keeping_page(
    request: Request[Any, Any, Any], service: Service, lang: str | None = None
) -> Response[str]:
    """Two examples, what a second costs, and what each figure rests on."""
    currency = service.places.network.currency
    language = language_of(lang, request.headers.get("accept-language", ""))
    start = starting("chain")
    wage, on_cost = start["wage"].value, start["on_cost"].value
    return _pages.page(
        "keeping.html",
        language=language,
        elder=elder_of(request),
        currency=currency.code,
        money=lambda amount: write_amount(amount, currency),
        examples=[_example(kind, currency, language) for kind in EXAMPLES],
        seconds=[(it, labour_for(it, 0, wage), labour_for(it, on_cost, wage)) for it in SECONDS],
        second_figures=[_used("wage", "chain", currency, language),
                        _used("on_cost", "chain", currency, language)],
        beside=_beside(currency, language),
        bases={basis: name.say(language) for basis, name in BASIS_NAMES.items()},
    )  # fmt: skip


def _example(kind: Kind, currency: Currency, language: Language) -> Example:
    values = {code: one.value for code, one in starting(kind).items()}
    account = one_outlet(values, NO_WORK)

    def line(code: str) -> Line:
        used = {it: _used(it, kind, currency, language) for it in _USES[code]}
        how = _HOW[code].fill(**{it: one.shown for it, one in used.items()})
        amount = getattr(account, code)
        return Line(code, _LINES[code].say(language), amount, how.say(language), [*used.values()])

    return Example(
        name=KIND_NAMES[kind].say(language),
        costs=[line(code) for code in _USES if code != "fees"],
        income=line("fees"),
        account=account,
        fee=values["fee"],
        pays_seconds=labour(values).seconds_for(values["fee"]),
        takes_seconds=values["seconds"],
    )


def _beside(currency: Currency, language: Language) -> Beside:
    values = {code: one.value for code, one in starting("post").items()}
    visits, each = figure("programme_visits"), figure("programme_minutes")
    minutes = visits.value * each.value
    told = [
        Used(name.say(language), f"{one.value} {one.unit.say(language)}", one,
             BASIS_NAMES[one.basis].say(language))
        for name, one in ((_VISITS, visits), (_EACH, each))
    ]  # fmt: skip
    return Beside(
        account=one_outlet(values, Work(visits.value, minutes)),
        bill_minutes=values["payments"] * values["seconds"] // 60,
        minutes=minutes,
        made_of=[*told, _used("fixed", "post", currency, language),
                 _used("programme_pay", "post", currency, language)],
    )  # fmt: skip


_VISITS = Text("合办业务每月人次", "Visits a month")
_EACH = Text("每次用时", "Time of a visit")


def _used(code: str, kind: Kind, currency: Currency, language: Language) -> Used:
    lever = next(one for one in LEVERS if one.code == code)
    figure = starting(kind)[code]
    return Used(
        lever.name.say(language),
        _shown(lever, figure, currency).say(language),
        figure,
        BASIS_NAMES[figure.basis].say(language),
    )


def _shown(lever: Lever, figure: Figure, currency: Currency) -> Text:
    """A figure with its unit, as people say it; a count is its bare number."""
    value = figure.value
    match lever.unit:
        case "money":
            return Text("{n} {c}", "{n} {c}").fill(
                n=write_amount(value, currency), c=_CURRENCIES.get(currency.code, currency.code)
            )
        case "ppm":
            percent = f"{value // 10_000}.{value % 10_000:04}".rstrip("0").rstrip(".")
            return Text("{n} %", "{n} %").fill(n=percent)
        case "seconds":
            return Text("{n} 秒", "{n} seconds").fill(n=value)
        case "count":
            return (_TRIPS if lever.code == "trips" else _BARE).fill(n=value)


_CURRENCIES = {"CNY": Text("元", "yuan")}
_TRIPS = Text("{n} 次", "{n} trips")
_BARE = Text("{n}", "{n}")


def keeping_router(service: Service) -> Router:
    """The page, among those of the city."""
    return Router(
        "/now",
        route_handlers=[keeping_page],
        dependencies={"service": Provide(lambda: service, sync_to_thread=False)},
        include_in_schema=False,
        after_request=guarded,
    )
