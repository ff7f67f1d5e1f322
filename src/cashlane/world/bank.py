"""The wire of a bank: XML, one payment a message, amounts in yuan, numeric return codes.

It carries out every message it receives: the same payment sent twice is two lines in its book.
"""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from cashlane.values.money import CNY, read_amount, write_amount
from cashlane.world.bank_message import read_message, write_message
from cashlane.world.journal import Carried, Said
from cashlane.world.plan import RoutePlan
from cashlane.world.route import RouteOffice
from cashlane.world.wire import meet

CODES = {
    "posted": "0",
    "already_posted": "0",
    "pending": "100",
    "no_such_bill": "201",
    "wrong_amount": "202",
    "closed": "203",
    "already_paid": "204",
    "voided": "205",
    "withdrawn": "301",
    "refuses": "302",
    "not_found": "401",
    "not_supported": "501",
    "malformed": "901",
}
"""Neutral words to this wire's return codes; a word that is not here travels as it is."""

Fields = dict[str, str]


class BankServer:
    """A bank."""

    def __init__(self, folder: Path, plan: RoutePlan, billers: Mapping[str, str]) -> None:
        self.office = RouteOffice(folder, plan, billers, dedups=False)

    def routes(self) -> list[web.RouteDef]:
        """What this bank answers to."""
        return [web.post("/b2e", self._message), *self.office.routes()]

    async def work(self) -> None:
        """The office's follow-up."""
        await self.office.work()

    async def close(self) -> None:
        """Close the office."""
        await self.office.close()

    async def _message(self, request: web.Request) -> web.StreamResponse:
        asked = read_message(await request.read())
        match asked and asked.get("head/trcode"):
            case "BP01" if asked:
                return await self._pay(request, asked)
            case "BP02" if asked:
                return await self._query(request, asked)
            case "BP03" if asked:
                return _answer(asked, Said(asked.get("head/seqno", ""), "not_supported", 0, "", ""))
        return _answer(asked or {}, Said("", "malformed", 0, "", ""))

    async def _pay(self, request: web.Request, asked: Fields) -> web.StreamResponse:
        carried = _carried(asked)
        if carried is None:
            return _answer(asked, Said(asked.get("head/seqno", ""), "malformed", 0, "", ""))

        async def answer() -> web.Response:
            said = await self.office.take([carried])
            return _answer(asked, said[0])

        return await meet(
            request, self.office.faults, act="post", billers=(carried.biller,),
            outlet=carried.outlet, answer=answer,
        )  # fmt: skip

    async def _query(self, request: web.Request, asked: Fields) -> web.StreamResponse:
        async def answer() -> web.Response:
            return _answer(asked, self.office.status(asked.get("head/seqno", "")))

        return await meet(
            request, self.office.faults, act="status", billers=(), outlet="", answer=answer
        )


def _carried(asked: Fields) -> Carried | None:
    """The payment in a message; None where a field is missing or the amount is not one."""
    amount = read_amount(asked.get("body/amt", ""), CNY)
    names = ("head/seqno", "body/payee", "body/billno", "body/acctno", "head/term", "body/slip")
    payment, biller, ref, account, outlet, slip = (asked.get(name, "") for name in names)
    if not amount or not (payment and biller and ref and account):
        return None
    return Carried(payment, biller, ref, account, amount, outlet, slip)


def _answer(asked: Fields, said: Said) -> web.Response:
    head = {
        "trcode": asked.get("head/trcode", ""),
        "seqno": asked.get("head/seqno", ""),
        "retcode": CODES.get(said.result, said.result),
        "since": said.since,
    }
    body = {"amt": write_amount(said.amount, CNY), "hostno": said.reference}
    return web.Response(body=write_message(head, body), content_type="application/xml")
