"""Checking a receipt: one sentence for everybody, by the code on the paper alone.

It names outlet, date, amount and biller, as the paper does, and never a person or an account.
"""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, get
from litestar.di import Provide
from litestar.response import Redirect

from cashlane.core.network import Network
from cashlane.core.payment import IN_DOUBT, State
from cashlane.core.receipt import Sealed, read_code
from cashlane.counter.service import Service
from cashlane.store.lookup import Seen
from cashlane.store.shelf import AwayError
from cashlane.values.money import write_amount
from cashlane.values.text import LANGUAGES, Text
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, elder_of, language_of

_pages = Pages("cashlane.web.citizen")
TYPED_MOST = 40
"""Letters of a typed code that are looked at."""
_PAID = frozenset({State.CONFIRMED, State.STOOD_IN})
_DUE = frozenset({State.DECLINED, State.REFUND_DUE})
_WHAT = Text(
    "{outlet}于 {day} 收取{biller}账单现金 {amount} {currency}",
    "on {day} {outlet} took {amount} {currency} in cash for a bill of {biller}",
)
_TRUE = Text("收据属实：{what}，账单已缴。", "This receipt is true: {what}, and the bill is paid.")
_WAITING = Text(
    "受理单属实：{what}，正在与收费单位确认，请勿重复缴费。",
    "This slip is true: {what}, and the biller is being asked; please do not pay again.",
)
_BACK = Text(
    "本笔未缴成：{what}，请凭单到网点取回现金。",
    "This was not paid: {what}; please take the paper to the outlet and get the cash back.",
)
_OVER = Text(
    "本单已作废：{what}，现金已退还。",
    "This paper is void: {what}, and the cash was handed back.",
)
_AWAY = Text(
    "这是本网络的凭证：{outlet} {day} 第 {number} 号。该月已归档，档案暂时读不到，请稍后再查。",
    "This is a paper of this network: {outlet}, {day}, number {number}. Its month is archived, and"
    " the archive cannot be read now; please check again later.",
)
_FALSE = Text(
    "这不是本网络的有效收据，请核对核验码；如确系网点所给，请保留原件并向我们反映。",
    "This is no receipt of this network. Check the code; if an outlet gave you the paper, keep it"
    " and tell us.",
)


@get("/")
async def ask(
    request: Request[Any, Any, Any], code: str | None = None, lang: str | None = None
) -> Response[Any]:
    """Where a code is typed; what was typed leads to its answer."""
    if code is not None and code.strip():
        place = f"/check/{quote(code.strip()[:TYPED_MOST], safe='')}"
        return Redirect(place + (f"?lang={lang}" if lang in LANGUAGES else ""))
    accepted = request.headers.get("accept-language", "")
    return _pages.page("ask.html", language=language_of(lang, accepted), elder=elder_of(request))


@get("/{code:str}")
async def check(
    request: Request[Any, Any, Any], service: Service, code: str, lang: str | None = None
) -> Response[str]:
    """Whether a paper is true, in one sentence."""
    status, verdict, sentence = await answer(service, code)
    return _pages.page(
        "check.html",
        status=status,
        verdict=verdict,
        sentence=sentence,
        language=language_of(lang, request.headers.get("accept-language", "")),
        elder=elder_of(request),
        code=code[:TYPED_MOST],
    )


async def answer(service: Service, code: str) -> tuple[int, str, Text]:
    """HTTP status, "true", "waiting", "not", "away" or "false", and the sentence.

    A sealed paper is ours, whether or not its archive can be read: it is never called false.
    """
    sealed, network = read_code(code, [service.receipt_key]), service.places.network
    outlet = network.outlets.get(sealed.outlet) if isinstance(sealed, Sealed) else None
    if outlet is None or not isinstance(sealed, Sealed):
        return 404, "false", _FALSE
    try:
        seen = await service.lookup.receipt(
            outlet.agent, outlet.bucket,
            outlet=outlet.number, day=sealed.business_date, number=sealed.number,
        )  # fmt: skip
    except AwayError:
        day = sealed.business_date.isoformat()
        return 503, "away", _AWAY.fill(outlet=outlet.name, day=day, number=sealed.number)
    return (404 if seen is None else 200, *_sentence(seen, network))


def _sentence(seen: Seen | None, network: Network) -> tuple[str, Text]:
    """The verdict, and the sentence."""
    if seen is None:
        return "false", _FALSE
    payment = seen.payment
    what = _WHAT.fill(
        outlet=network.outlets[payment.outlet].name,
        day=payment.business_date.isoformat(),
        amount=write_amount(payment.cash_due, network.currency),
        currency=network.currency.code,
        biller=network.billers[payment.biller].name,
    )
    if payment.state in _PAID:
        return "true", _TRUE.fill(what=what)
    if payment.state in IN_DOUBT:
        return "waiting", _WAITING.fill(what=what)
    return "not", (_BACK if payment.state in _DUE else _OVER).fill(what=what)


def check_router(service: Service) -> Router:
    """The check page, for whoever holds a paper."""
    return Router(
        "/check",
        route_handlers=[ask, check],
        dependencies={"service": Provide(lambda: service, sync_to_thread=False)},
        include_in_schema=False,
        after_request=guarded,
    )
