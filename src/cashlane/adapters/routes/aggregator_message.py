"""The aggregator's messages: JSON both ways, signed by HMAC-SHA256 over time and raw body.

Pure text work: what we would send, and what an answer proves about each payment asked for.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec import Struct

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
from cashlane.values.money import read_minor
from cashlane.values.times import milliseconds, write_moment

ITEMS_MOST = 100
"""Payments in one message: as many as its maker takes."""
TIME_HEADER, SIGN_HEADER = "X-Agg-Time", "X-Agg-Sign"
FRESH_S = 300
"""An answer signed longer ago than this is not believed."""

_REFUSED = {
    "2001": NOT_POSTED,  # no such bill
    "2002": NOT_POSTED,  # wrong amount
    "2003": NOT_POSTED,  # the bill or the biller is closed
    "2004": DUPLICATE,  # paid by another payment
    "3001": SHUT,  # the service is withdrawn
    "3002": SHUT,  # refused by the aggregator itself
}
PAY_CODES: Mapping[str, Meaning] = {
    "0000": CONFIRMED,
    "0001": CONFIRMED,  # carried out before, under this serial
    "1001": PENDING,
    "4002": UNDONE,
    **_REFUSED,
}
QUERY_CODES: Mapping[str, Meaning] = {**PAY_CODES, "4001": ABSENT}
VOID_CODES: Mapping[str, Meaning] = {
    "0000": CONFIRMED,
    "0001": CONFIRMED,  # undone before
    "1001": PENDING,
    "2005": UNDONE,  # too late, or never posted: stays as it is
    "4001": ABSENT,
}

MANIFEST = Manifest(
    dedups_by_payment_id=True,
    not_found_final=False,
    answers_status=True,
    voids=True,
    not_posted_codes=not_posted_codes(PAY_CODES),
    shut_codes=shut_codes(PAY_CODES),
    grace_s=300,
    per_message=ITEMS_MOST,
    per_second=1000,
)
"""What this route was certified to do."""


class _Item(Struct, frozen=True):
    serial: str
    org: str
    bill: str
    acct: str
    fen: str
    shop: str
    slip: str
    at: str
    attempt: int


class _Told(Struct, frozen=True):
    serial: str
    code: str
    fen: str
    trace: str


class _Answer(Struct, frozen=True):
    batch: str
    items: tuple[_Told, ...]


class Message(Struct, frozen=True):
    """One message ready to be signed. The answer must name the same `batch`."""

    batch: str
    body: bytes


def write_pay(deliveries: Sequence[Delivery]) -> Message:
    """A message of payments."""
    return _message("items", [_item(delivery) for delivery in deliveries])


def write_ask(deliveries: Sequence[Delivery]) -> Message:
    """A message of serials: a status question, or a void."""
    return _message("serials", [serial(delivery) for delivery in deliveries])


def serial(delivery: Delivery) -> str:
    """How a payment is named on this wire."""
    return _serial(delivery.payment)


@lru_cache(maxsize=1_024)
def _serial(payment: UUID) -> str:
    """Written when it leaves, and looked for in the answer a moment later."""
    return spell("pay", payment)


def _item(delivery: Delivery) -> _Item:
    return _Item(
        serial(delivery), delivery.biller, delivery.bill_ref, delivery.account,
        str(delivery.amount), delivery.outlet, delivery.receipt_number,
        write_moment(delivery.accepted_at), delivery.attempt,
    )  # fmt: skip


def _message(name: str, content: object) -> Message:
    # The batch is named after its content: an answer recorded for another message does not fit.
    batch = hashlib.blake2b(msgspec.json.encode(content), digest_size=12).hexdigest()
    return Message(batch, msgspec.json.encode({"batch": batch, name: content}))


def sign(secret: bytes, moment: datetime, body: bytes) -> dict[str, str]:
    """The headers that vouch for a body sent at a moment."""
    seconds = str(milliseconds(moment) // 1000)
    return {TIME_HEADER: seconds, SIGN_HEADER: _signature(secret, seconds, body)}


def vouched(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether an answer's signature is right and recent."""
    seconds = read_minor(headers.get(TIME_HEADER, ""))
    if seconds is None or abs(milliseconds(now) // 1000 - seconds) > FRESH_S:
        return False
    wanted = _signature(secret, headers[TIME_HEADER], body)
    return hmac.compare_digest(wanted.encode(), headers.get(SIGN_HEADER, "").encode())


def _signature(secret: bytes, seconds: str, body: bytes) -> str:
    return hmac.new(secret, seconds.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def read_answer(
    body: bytes, batch: str, deliveries: Sequence[Delivery], codes: Mapping[str, Meaning]
) -> list[Finding]:
    """What an answer proves about each payment of a message, in the same order."""
    told = _told(body, batch)
    if isinstance(told, Unknown):
        return [told for _ in deliveries]
    return [_finding(told.get(serial(one), set()), one, codes) for one in deliveries]


def _told(body: bytes, batch: str) -> dict[str, set[_Told]] | Unknown:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Unknown("the answer is not readable")
    if answer.batch != batch:
        return Unknown("the answer is about another message")
    by_serial: dict[str, set[_Told]] = {}
    for told in answer.items:
        by_serial.setdefault(told.serial, set()).add(told)
    return by_serial


def _finding(told: set[_Told], delivery: Delivery, codes: Mapping[str, Meaning]) -> Finding:
    """An answer told twice alike is one answer; two different ones are none."""
    if not told:
        return Unknown("no answer about this payment")
    if len(told) > 1:
        return Unknown("two different answers about this payment")
    only = next(iter(told))
    return judge(codes, Said(only.code, read_minor(only.fen), only.trace), delivery.amount)
