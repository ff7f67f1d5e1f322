"""Wires one check of a partner: its wire over a line of ours that breaks, and its statement.

Nothing of a running network is touched: a check needs neither a database nor a data folder.
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.adapters.control_page import ControlPage
from cashlane.adapters.fault_line import FaultLine
from cashlane.adapters.link import LinkPlan
from cashlane.adapters.partners import PARTNER_CONNECTIONS
from cashlane.adapters.reach import why_not_reached
from cashlane.adapters.routes.aggregator import MANIFEST as AGGREGATOR
from cashlane.adapters.routes.aggregator import AggregatorRoute
from cashlane.adapters.routes.bank import MANIFEST as BANK
from cashlane.adapters.routes.bank import BankRoute
from cashlane.adapters.routes.statement import Statement
from cashlane.core.conformance import Kind
from cashlane.core.partner_sheet import Sheet
from cashlane.registry.bench import Tools, Wire
from cashlane.registry.certify import Owed, Stranger
from cashlane.registry.ordered import Examined, examine_partner, order_partner
from cashlane.values.text import Text

_STATEMENT = Text("对账单的地址：{why}", "the statement's address: {why}")
_NO_STATEMENT = Text(
    "对账单的地址给出的不是完整的对账单（格式见 docs/integrate/partner-check.zh.md 第 2 节）",
    "what its statement's address shows is no whole statement"
    " (see docs/integrate/partner-check.md, section 2)",
)


async def check_partner(
    sheet: Sheet,
    secret: bytes,
    *,
    trust: ssl.SSLContext,
    owed: Sequence[Owed],
    control: str | None,
    orders: Sequence[Kind],
) -> Examined | Stranger:
    """Try a partner's sandbox over a line of ours that can be broken; see registry.certify.

    `trust` is for https addresses. Where it has a control page, each of `orders` is ordered there
    and tried as well.
    """
    for address in filter(None, (sheet.address, sheet.statement)):
        why = await why_not_reached(*_end(address), _tls(address, trust))
        if why is not None:
            return Stranger(why if address == sheet.address else _STATEMENT.fill(why=why))
    tools = _tools(sheet, secret, trust)
    if sheet.statement and await tools.statement() is None:
        return Stranger(_NO_STATEMENT)
    if control is None:
        return await examine_partner(sheet, tools, owed)
    page = ControlPage(control)
    try:
        return await order_partner(sheet, tools, owed, orders, page.order)
    finally:
        await page.clear()


def _tools(sheet: Sheet, secret: bytes, trust: ssl.SSLContext) -> Tools:
    page = Statement(sheet.statement, _tls(sheet.statement, trust))
    return Tools(
        open_wire=lambda: _wire(sheet, secret, trust),
        statement=page.read if sheet.statement else _no_statement,
        clock=SystemClock(timedelta(0)),
        ids=system_ids(),
        per_message_most=(BANK if sheet.wire == "bank" else AGGREGATOR).per_message,
    )


@asynccontextmanager
async def _wire(sheet: Sheet, secret: bytes, trust: ssl.SSLContext) -> AsyncIterator[Wire]:
    """The wire over a line of ours. TLS is spoken beyond the line only: on it bytes are counted
    in the partner's own messages."""
    far = urlsplit(sheet.address)
    line = FaultLine(*_end(sheet.address), _tls(sheet.address, trust))
    address = f"http://{await line.open()}{far.path}"
    plan = LinkPlan(address, sheet.attempt_ms / 1000, PARTNER_CONNECTIONS, host=far.netloc)
    route = _route(sheet, plan, secret)
    try:
        yield Wire(route, line.order)
    finally:
        await route.close()
        await line.close()


def _end(address: str) -> tuple[str, int]:
    """Host and port."""
    far = urlsplit(address)
    return far.hostname or "", far.port or (443 if far.scheme == "https" else 80)


def _tls(address: str, trust: ssl.SSLContext) -> ssl.SSLContext | None:
    return trust if address.startswith("https:") else None


def _route(sheet: Sheet, plan: LinkPlan, secret: bytes) -> AggregatorRoute | BankRoute:
    if sheet.wire == "bank":
        return BankRoute(plan, tls=None)
    true_clock = SystemClock(timedelta(0))
    return AggregatorRoute(plan, secret=secret, clock=true_clock.now, tls=None)


async def _no_statement() -> None:
    return None
