"""The bank's messages: XML, one payment each, amounts in yuan, numeric return codes.

A document type, an entity, too much depth or too many fields make an answer no answer.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone
from xml.parsers import expat
from xml.sax.saxutils import escape

from cashlane.adapters.routes.verdict import (
    ABSENT,
    CONFIRMED,
    DUPLICATE,
    NOT_POSTED,
    PENDING,
    SHUT,
    UNDONE,
    Meaning,
    Said,
    judge,
    not_posted_codes,
    shut_codes,
)  # fmt: skip
from cashlane.core.network import Manifest
from cashlane.core.ports import Delivery, Finding, Unknown
from cashlane.values.ids import spell
from cashlane.values.money import CNY, read_amount, write_amount

PAY, QUERY = "BP01", "BP02"

PAY_CODES: Mapping[str, Meaning] = {
    "0": CONFIRMED,
    "100": PENDING,
    "201": NOT_POSTED,  # no such bill
    "202": NOT_POSTED,  # wrong amount
    "203": NOT_POSTED,  # the payee does not take it
    "204": DUPLICATE,  # paid by another payment
    "205": UNDONE,
    "301": SHUT,  # the service is suspended
    "302": SHUT,  # refused by the bank itself
}
QUERY_CODES: Mapping[str, Meaning] = {**PAY_CODES, "401": ABSENT}

MANIFEST = Manifest(
    dedups_by_payment_id=False,
    not_found_final=True,
    answers_status=True,
    voids=False,
    not_posted_codes=not_posted_codes(PAY_CODES),
    shut_codes=shut_codes(PAY_CODES),
    grace_s=300,
    per_message=1,
    per_second=200,
)
"""What this route was certified to do."""

_ZONE = timezone(timedelta(hours=8))
_ELEMENTS_MOST, _TEXT_MOST, _DEPTH_MOST = 64, 512, 3


class _Refused(Exception):
    """The answer is not one of this wire."""


def write_pay(delivery: Delivery) -> bytes:
    """A message that carries one payment."""
    body = {
        "payee": delivery.biller,
        "billno": delivery.bill_ref,
        "acctno": delivery.account,
        "amt": write_amount(delivery.amount, CNY),
        "slip": delivery.receipt_number,
    }
    return _write(PAY, delivery, body)


def write_query(delivery: Delivery) -> bytes:
    """A message that asks what became of one payment."""
    return _write(QUERY, delivery, {"payee": delivery.biller})


def serial(delivery: Delivery) -> str:
    """How a payment is named on this wire."""
    return spell("pay", delivery.payment)


def _write(trade: str, delivery: Delivery, body: Mapping[str, str]) -> bytes:
    accepted = delivery.accepted_at.astimezone(_ZONE)
    head = {
        "trcode": trade,
        "seqno": serial(delivery),
        "term": delivery.outlet,
        "time": accepted.strftime("%Y%m%d%H%M%S"),
    }
    parts = f"<head>{_fields(head)}</head><body>{_fields(body)}</body>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<msg>{parts}</msg>\n'.encode()


def _fields(fields: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())


def read_answer(
    body: bytes, trade: str, delivery: Delivery, codes: Mapping[str, Meaning]
) -> Finding:
    """What an answer proves about one payment."""
    fields = read_fields(body)
    if fields is None:
        return Unknown("the answer is not readable")
    if fields.get("head/trcode") != trade or fields.get("head/seqno") != serial(delivery):
        return Unknown("the answer is about another payment")
    said = Said(
        fields.get("head/retcode", ""),
        read_amount(fields.get("body/amt", ""), CNY),
        fields.get("body/hostno", ""),
    )
    return judge(codes, said, delivery.amount)


def read_fields(body: bytes) -> dict[str, str] | None:
    """The fields of a message by path ("head/retcode"); None if it is not one."""
    reader, parser = _Fields(), expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except (_Refused, expat.ExpatError, ValueError):
        return None
    return reader.found


class _Fields:
    """Gathers the text of fields two levels below the root, within bounds."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []
        self._count = 0

    def start(self, name: str, _: object) -> None:
        """An element opens."""
        self._path.append(name)
        self._count += 1
        if len(self._path) > _DEPTH_MOST or self._count > _ELEMENTS_MOST:
            raise _Refused
        if len(self._path) == _DEPTH_MOST:
            self._open(self._where())

    def text(self, data: str) -> None:
        """Text: inside a field it counts, between elements only blanks may stand."""
        if len(self._path) == _DEPTH_MOST:
            self._add(self._where(), data)
        elif data.strip():
            raise _Refused

    def end(self, _: str) -> None:
        """An element closes."""
        self._path.pop()

    def refuse(self, *_: object) -> None:
        """A document type or an entity: never wanted."""
        raise _Refused

    def _where(self) -> str:
        return "/".join(self._path[1:])

    def _open(self, where: str) -> None:
        # A field told twice could be read as one thing by us and as another by the bank.
        if where in self.found:
            raise _Refused
        self.found[where] = ""

    def _add(self, where: str, data: str) -> None:
        self.found[where] += data
        if len(self.found[where]) > _TEXT_MOST:
            raise _Refused
