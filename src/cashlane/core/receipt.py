"""Receipt numbers, and the short code by which anyone with the key can tell a true one.

The code carries outlet, business date and number, sealed with 50 bits: it can be read out over
a telephone, checked without a database, and not be made up at a counter.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from cashlane.values.base32 import read_base32, write_base32
from cashlane.values.money import read_minor
from cashlane.values.times import day_number, day_of

OUTLET_BITS, DATE_BITS, NUMBER_BITS, SEAL_BITS = 20, 16, 14, 50
NUMBER_MAX = (1 << NUMBER_BITS) - 1
"""Receipts of one outlet and business date: ten times the busiest post counter."""

_LETTERS = (OUTLET_BITS + DATE_BITS + NUMBER_BITS + SEAL_BITS) // 5
_GROUP = 4
_PURPOSE = b"cashlane receipt code, version 1\x00"
_LOOKALIKES = str.maketrans("oil", "011")
_TYPED_MOST = 80
"""Letters of a typed receipt code that are looked at: a code with blanks is half of it."""
_NUMBER = re.compile(
    r"(?P<outlet>[a-z0-9-]{1,20})-(?P<day>[0-9]{8})-(?P<number>[0-9]{5})", re.ASCII
)


class ReceiptKey(Struct, frozen=True):
    """A sealing secret of at least 32 bytes and its number. Two are valid while one retires."""

    number: int
    secret: bytes


class Sealed(Struct, frozen=True):
    """What a true code says, and the number of the key that sealed it."""

    outlet: int
    business_date: date
    number: int
    key: int


class NotSealed(Struct, frozen=True):
    """A text that is no true code: "MALFORMED" cannot be one at all, "FORGED" has a wrong seal.

    A slip of the pen in a true code is answered FORGED too: the seal cannot tell them apart.
    """

    why: Literal["MALFORMED", "FORGED"]


def receipt_number(*, outlet_code: str, business_date: date, number: int) -> str:
    """The number on the paper, "post-0001-20220114-00012": one count per outlet and date."""
    assert 1 <= number <= NUMBER_MAX
    return f"{outlet_code}-{_day(business_date)}-{number:05d}"


@lru_cache(maxsize=16)
def _day(business_date: date) -> str:
    return business_date.isoformat().replace("-", "")


def read_receipt_number(text: str) -> tuple[str, date, int] | None:
    """Outlet code, business date and number of a receipt number; None if it is not one."""
    found = _NUMBER.fullmatch(text.strip().lower())
    if found is None:
        return None
    number = read_minor(found["number"])
    assert number is not None, "five ASCII digits"
    try:
        return found["outlet"], date.fromisoformat(found["day"]), number
    except ValueError:
        return None


def make_code(key: ReceiptKey, *, outlet: int, business_date: date, number: int) -> str:
    """The short code of a receipt: 20 letters in groups of four.

    Raises AssertionError for an outlet above 1,048,575 or a number above NUMBER_MAX.
    """
    assert 0 <= outlet < 1 << OUTLET_BITS
    assert 1 <= number <= NUMBER_MAX
    body = (outlet << DATE_BITS | day_number(business_date)) << NUMBER_BITS | number
    letters = write_base32(body << SEAL_BITS | _seal(key, body), _LETTERS).upper()
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def _seal(key: ReceiptKey, body: int) -> int:
    """The first 50 bits of an HMAC-SHA256 (RFC 2104) over purpose and body."""
    assert len(key.secret) >= 32, "a sealing secret has at least 32 bytes"
    digest = hmac.new(key.secret, _PURPOSE + body.to_bytes(7), hashlib.sha256).digest()
    return int.from_bytes(digest[:7]) >> 6


def read_code(text: str, keys: Sequence[ReceiptKey]) -> Sealed | NotSealed:
    """Check a code as people say and type it: any case, blanks, hyphens, O for 0, I or L for 1."""
    if len(text) > _TYPED_MOST:
        return NotSealed("MALFORMED")
    letters = "".join(text.split()).replace("-", "")
    bits = read_base32(letters.lower().translate(_LOOKALIKES)) if letters.isascii() else None
    if bits is None or len(letters) != _LETTERS:
        return NotSealed("MALFORMED")
    body, seal = bits >> SEAL_BITS, bits & (1 << SEAL_BITS) - 1
    for key in keys:
        if hmac.compare_digest(_seal(key, body).to_bytes(7), seal.to_bytes(7)):
            return _opened(body, key.number)
    return NotSealed("FORGED")


def _opened(body: int, key: int) -> Sealed:
    rest, number = body >> NUMBER_BITS, body & NUMBER_MAX
    outlet, day = rest >> DATE_BITS, rest & (1 << DATE_BITS) - 1
    return Sealed(outlet=outlet, business_date=day_of(day), number=number, key=key)
