"""What counters cost, get and need to stay: sums by scenario, whose figures anybody may move.

All of a scenario stands in the address; with scripts the sums follow the sliders.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from litestar import Response, get
from msgspec import Struct

from cashlane.core.economics import Account, cheapest_to_keep
from cashlane.core.programme import NO_WORK
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.scenario import KIND_NAMES, LEVERS, Scenario, labour
from cashlane.counter.problems import RefusedError
from cashlane.values.money import Currency, read_amount, write_amount
from cashlane.values.text import Text
from cashlane.web.operator.door import Here
from cashlane.web.operator.levers import (
    held_address,
    moved,
    read_held,
    read_scenario,
    rows,
    unit,
    written,
)
from cashlane.web.operator.reckoning import Counters, Outcome
from cashlane.web.operator.show import Show
from cashlane.web.operator.stairs import Stairs, stairs
from cashlane.web.shared.sheets import sheet

HREF = "/window/economics"
PART = "x-part"
"""The header by which the page's own script asks for its sums alone."""
LISTED_MOST = 25
"""Outlets by name on the page; the file has all."""
TYPED_MOST = 40
"""Letters of a search that are looked at."""
SHARES_PPM = (500_000, 750_000, 900_000, 1_000_000)
COSTS: Mapping[str, Text] = {
    "labour": Text("人工", "Labour"),
    "deposits": Text("解款", "Banking the cash"),
    "errors": Text("差错", "Errors"),
    "fixed": Text("固定支出", "Fixed cost"),
}
INCOMES: Mapping[str, Text] = {
    "fees": Text("手续费", "Fees"),
    "subsidies": Text("补贴", "Subsidy"),
    "availability": Text("保底补贴", "Availability payment"),
    "programmes": Text("合办业务所付", "Paid by programmes"),
}
CARRIED = Text("由合办业务分担", "Carried by programmes")


class Ask(Struct, frozen=True):
    """What was asked: the scenario, the one held beside it, a budget for availability payments in
    minor units, and the words of a search."""

    counters: Counters
    scenario: Scenario
    held: Scenario | None
    budget: int | None
    typed: str


class Changed(Struct, frozen=True):
    """A lever that stands differently in two scenarios."""

    name: str
    held: str
    now: str


class Compared(Struct, frozen=True):
    """One figure of two scenarios, and the difference."""

    name: str
    held: str
    now: str
    more: str


@get("/economics")
async def economics_page(here: Here) -> Response[str]:
    """Levers and sums; its sums alone where the page's script asks."""
    here.require(Permission.NETWORK_READ)
    ask = await _asked(here)
    scenarios = [ask.scenario] if ask.held is None else [ask.scenario, ask.held]
    found = await here.room.reckoning.outcomes(ask.counters, scenarios)
    template = "_economics.html" if PART in here.request.headers else "economics.html"
    return _page(here, template, ask, found)


@get("/economics/outlets.csv")
async def economics_outlets(here: Here) -> Response[bytes]:
    """Every outlet's account by the scenario."""
    here.require(Permission.NETWORK_READ)
    ask = await _asked(here)
    (found,) = await here.room.reckoning.outcomes(ask.counters, [ask.scenario])
    return _sheet(here.show, found)


async def _asked(here: Here) -> Ask:
    counters = await here.room.reckoning.counters()
    asked = dict(here.request.query_params)
    return Ask(
        counters,
        read_scenario(asked, counters.starts),
        read_held(asked, counters.starts),
        _budget(asked.get("budget", ""), here.show.network.currency),
        asked.get("q", "").strip()[:TYPED_MOST],
    )


def _budget(text: str, currency: Currency) -> int | None:
    """None where nothing was typed. Raises MALFORMED."""
    if not text.strip():
        return None
    amount = read_amount(text.strip(), currency)
    if amount is None:
        raise RefusedError(Refused("MALFORMED", {"what": Text("预算", "the budget")}))
    return amount


def _page(here: Here, template: str, ask: Ask, found: Sequence[Outcome]) -> Response[str]:
    show, starts, scenario, now = here.show, ask.counters.starts, ask.scenario, found[0]
    here_again = moved(scenario, starts)
    currency = show.network.currency
    search = {"q": ask.typed} if ask.typed else {}
    if ask.budget is not None:
        search["budget"] = write_amount(ask.budget, currency)
    held = {} if ask.held is None else {"held": held_address(ask.held, starts)}
    listed = _listed(show, now, ask.typed)
    return here.page(
        template,
        kept=_kept(here_again | held | search),
        kinds={kind: show.say(KIND_NAMES[kind]) for kind in starts},
        rows=rows(show, starts, scenario),
        ask=ask,
        now=now,
        pays={kind: labour(scenario[kind]).seconds_for(scenario[kind]["fee"]) for kind in starts},
        costs=COSTS,
        incomes={
            code: name
            for code, name in INCOMES.items()
            if code != "programmes" or now.closing.whole.account.programmes
        },
        carried=CARRIED,
        beside=sum(row.work != NO_WORK for row in ask.counters.rows),
        per=lambda amount, payments: per_payment(amount, payments, show),
        stairs=_stairs(scenario, found),
        shares=[(ppm, now.closing.fee_for(ppm)) for ppm in SHARES_PPM],
        kept_by=None if ask.budget is None else len(cheapest_to_keep(now.accounts, ask.budget)),
        budget=search.get("budget", ""),
        cent=write_amount(1, currency),
        suspended=sum(one.suspended for one in show.network.outlets.values()),
        listed=listed[:LISTED_MOST],
        listed_count=len(listed),
        hold=f"{HREF}?{urlencode(here_again | {'held': held_address(scenario, starts)} | search)}",
        let_go=f"{HREF}?{urlencode(here_again | search)}",
        afresh=f"{HREF}?{urlencode(held)}" if held else HREF,
        held_text=held.get("held"),
        file=f"{HREF}/outlets.csv?{urlencode(here_again)}",
        changed=_changed(show, ask),
        compared=_compared(show, found),
    )


def _kept(values: Mapping[str, str]) -> str:
    """The address's own part of the way to the other language."""
    return f"{urlencode(values)}&" if values else ""


def per_payment(amount: int, payments: int, show: Show) -> str:
    """An amount for each payment, with one decimal more than the currency has, rounded half up;
    a dash where there is no payment to share it."""
    if not payments:
        return "–"
    tenths = (20 * abs(amount) + payments) // (2 * payments)
    digits = str(tenths).rjust(show.network.currency.exponent + 2, "0")
    at = len(digits) - show.network.currency.exponent - 1
    return f"{'−' if amount < 0 else ''}{digits[:at]}.{digits[at:]}"


def _stairs(scenario: Scenario, found: Sequence[Outcome]) -> Stairs:
    fees = [values["fee"] for values in scenario.values()]
    return stairs([one.closing.rungs for one in found], found[0].closing.whole.outlets, fees)


def _listed(show: Show, found: Outcome, typed: str) -> list[tuple[int, Account]]:
    """Outlets with their accounts, those that lose most first; a search leaves out the others."""
    wanted = typed.casefold()

    def meant(outlet: int) -> bool:
        one = show.network.outlets[outlet]
        return any(
            wanted in name.casefold()
            for name in (one.code, one.name.zh, one.name.en, one.district, show.agent(one.agent))
        )

    return [(one, found.accounts[one]) for one in found.order if not wanted or meant(one)]


def _changed(show: Show, ask: Ask) -> list[Changed]:
    """Where the two scenarios differ."""
    if ask.held is None:
        return []
    currency = show.network.currency
    return [
        Changed(
            f"{show.say(lever.name)} · {show.say(KIND_NAMES[kind])}",
            f"{written(lever, ask.held[kind][lever.code], currency)} {unit(show, lever)}".strip(),
            f"{written(lever, values[lever.code], currency)} {unit(show, lever)}".strip(),
        )
        for kind, values in ask.scenario.items()
        for lever in LEVERS
        if values[lever.code] != ask.held[kind][lever.code]
    ]


def _compared(show: Show, found: Sequence[Outcome]) -> list[Compared]:
    if len(found) < 2:
        return []
    now, held = (_told(show, one) for one in found)
    return [
        Compared(
            name, _said(show, old, money), _said(show, new, money), _more(show, old, new, money)
        )
        for (name, new, money), (_, old, _) in zip(now, held, strict=True)
    ]  # fmt: skip


def _told(show: Show, found: Outcome) -> list[tuple[str, int | None, bool]]:
    """The figures that two scenarios are compared by: name, value, whether it is money."""
    whole = found.closing.whole
    rows = [
        (show.t("亏损的网点", "outlets that lose"), whole.losing, False),
        (show.t("每月结余", "result a month"), whole.account.result, True),
        (show.t("每月支出", "cost a month"), whole.account.cost, True),
        (show.t("每月收入", "income a month"), whole.account.income, True),
        (show.t("整体保本手续费", "break-even fee of all"), whole.account.break_even_fee, True),
        (show.t("留住全部所需保底补贴", "keeps every one of them"), whole.keeps, True),
    ]
    return rows + [
        (show.t(f"{name}亏损", f"{name} that lose"), one.losing, False)
        for kind, one in found.kinds.items()
        for name in [show.say(KIND_NAMES[kind])]
    ]


def _said(show: Show, value: int | None, money: bool) -> str:
    if value is None:
        return "–"
    return show.money(value) if money else show.count(value)


def _more(show: Show, old: int | None, new: int | None, money: bool) -> str:
    if old is None or new is None:
        return "–"
    more = new - old
    sign = "+" if more > 0 else "−" if more < 0 else "±"
    return sign + _said(show, abs(more), money)


def _sheet(show: Show, found: Outcome) -> Response[bytes]:
    head = [
        show.t("网点代码", "outlet"), show.t("名称", "name"), show.t("代收机构", "agent"),
        show.t("区", "district"), show.t("每月笔数", "payments a month"),
        *(show.say(one) for one in (*COSTS.values(), CARRIED, *INCOMES.values())),
        show.t("盈余", "surplus"), show.t("亏损", "loss"), show.t("保本手续费", "break-even fee"),
        show.t("无合办业务时的保本手续费", "break-even fee without programmes"),
        show.t("留住它的保底补贴", "payment that keeps it"),
    ]  # fmt: skip
    return sheet("outlets-economics", head, (_cells(show, it, found) for it in found.order))


def _cells(show: Show, outlet: int, found: Outcome) -> list[str]:
    one, row = show.network.outlets[outlet], found.accounts[outlet]
    amounts = [
        *(getattr(row, line) for line in (*COSTS, "carried", *INCOMES)),
        max(row.result, 0), max(-row.result, 0), row.break_even_fee, row.break_even_fee_alone,
        row.keeps,
    ]  # fmt: skip
    return [
        one.code, show.say(one.name), show.agent(one.agent), show.district(one.district),
        str(row.payments),
        *("" if it is None else write_amount(it, show.network.currency) for it in amounts),
    ]  # fmt: skip
