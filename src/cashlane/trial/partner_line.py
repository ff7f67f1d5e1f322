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
from cashlane.adapters.routes.aggregator import MANIFEST as AGGREGATOR
from cashlane.adapters.routes.aggregator import AggregatorRoute
from cashlane.adapters.routes.bank import MANIFEST as BANK
from cashlane.adapters.routes.bank import BankRoute
from cashlane.adapters.routes.statement import Statement
from cashlane.core.conformance import Kind
from cashlane.core.network import Manifest
from cashlane.core.partner_sheet import Sheet
from cashlane.main import PARTNER_CONNECTIONS
from cashlane.registry.bench import Tools
from cashlane.registry.certify import Owed, Stranger
from cashlane.registry.ordered import Examined, examine_partner, order_partner


async def check_partner(
    sheet: Sheet,
    secret: bytes,
    *,
    owed: Sequence[Owed],
    control: str | None,
    orders: Sequence[Kind],
) -> Examined | Stranger:
    """Try a partner's sandbox over a line of ours that can be broken; see registry.certify.

    Where it has a control page, each of `orders` is ordered there and tried as well.
    """
    async with _tools(sheet, secret) as tools:
        if tools is None:
            return Stranger("nobody listens")
        if control is None:
            return await examine_partner(sheet, tools, owed)
        page = ControlPage(control)
        try:
            return await order_partner(sheet, tools, orders, page.order)
        finally:
            await page.clear()


@asynccontextmanager
async def _tools(sheet: Sheet, secret: bytes) -> AsyncIterator[Tools | None]:
    """What a run is done with; None where nobody listens at the sandbox's address."""
    far = urlsplit(sheet.address)
    tls = ssl.create_default_context() if far.scheme == "https" else None
    line = FaultLine(far.hostname or "", far.port or (443 if tls else 80), tls)
    if not await line.reaches():
        yield None
        return
    address = f"http://{await line.open()}{far.path}"
    plan = LinkPlan(address, sheet.attempt_ms / 1000, PARTNER_CONNECTIONS, host=far.netloc)
    clock, (route, manifest) = SystemClock(timedelta(0)), _route(sheet, plan, secret)
    statement = Statement(sheet.statement, None).read if sheet.statement else _no_statement
    try:
        yield Tools(route, line.order, statement, clock, system_ids(), manifest.per_message)
    finally:
        await route.close()
        await line.close()


def _route(
    sheet: Sheet, plan: LinkPlan, secret: bytes
) -> tuple[AggregatorRoute | BankRoute, Manifest]:
    """The wire, and what our side of it can do."""
    if sheet.wire == "bank":
        return BankRoute(plan, tls=None), BANK
    true_clock = SystemClock(timedelta(0))
    return AggregatorRoute(plan, secret=secret, clock=true_clock.now, tls=None), AGGREGATOR


async def _no_statement() -> None:
    return None
