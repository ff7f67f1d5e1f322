"""Names of things: sortable ids, their public spelling, and the bucket a thing lives in.

Every id is a UUID version 7 (RFC 9562): 48 bits of milliseconds, then our own bits. A payment's
id also carries its business date and bucket, so that a look-up touches one partition.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec

from cashlane.values.base32 import read_base32, write_base32
from cashlane.values.times import day_number, day_of, milliseconds

BUCKETS = 64
"""Fixed for the life of a network: the unit by which money tables may later be spread."""

_LENGTH = 26
_BODY = (1 << 62) - 1
_DATE_BITS, _BUCKET_BITS, _NOISE_BITS = 16, 6, 40


def bucket_of(kind: str, *names: object) -> int:
    """The bucket of a thing: a stable hash of its kind and names, 0 to BUCKETS - 1."""
    text = "\x1f".join((kind, *map(str, names)))
    return hashlib.blake2b(text.encode(), digest_size=2).digest()[0] % BUCKETS


class Ids:
    """Makes ids out of a moment and handed-in chance.

    `noise(bits)` gives that many random bits: the operating system's in production, a seeded
    generator in a simulation.
    """

    def __init__(self, noise: Callable[[int], int]) -> None:
        self._noise = noise

    def fresh(self, now: datetime) -> UUID:
        """An id of no particular kind."""
        return _version_7(now, self._noise(12), self._noise(62))

    def payment(self, now: datetime, *, business_date: date, bucket: int) -> UUID:
        """The id of a payment accepted on a business date at an outlet of this bucket."""
        assert 0 <= bucket < BUCKETS
        body = (day_number(business_date) << _BUCKET_BITS | bucket) << _NOISE_BITS
        return _version_7(now, self._noise(12), body | self._noise(_NOISE_BITS))


@lru_cache(maxsize=8)
def _milliseconds(now: datetime) -> int:
    """All ids of one decision are made at one moment."""
    return milliseconds(now)


def _version_7(now: datetime, high: int, low: int) -> UUID:
    number = _milliseconds(now) << 80 | 7 << 76 | high << 64 | 2 << 62 | low
    return msgspec.convert(number.to_bytes(16), UUID)  # a third of what UUID(int=...) takes


def payment_home(payment: UUID) -> tuple[int, date]:
    """Bucket and business date that a payment's id carries."""
    body = payment.int & _BODY
    bucket = body >> _NOISE_BITS & (1 << _BUCKET_BITS) - 1
    return bucket, day_of(body >> (_NOISE_BITS + _BUCKET_BITS))


def moment_of(ident: UUID) -> datetime:
    """When an id was made, to the millisecond, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ident.int >> 80)


def least_id(moment: datetime) -> UUID:
    """No id made at this moment or later is smaller: a range of ids is a range of time."""
    return UUID(int=milliseconds(moment) << 80)


def spell(prefix: str, ident: UUID) -> str:
    """The public spelling: prefix, underscore, 26 letters of Crockford's base 32 (sortable)."""
    return f"{prefix}_{write_base32(ident.int, _LENGTH)}"


def read_id(prefix: str, text: str) -> UUID | None:
    """Read a public spelling back; None for another prefix, length or letter."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH:
        return None
    number = read_base32(tail)
    return UUID(int=number) if number is not None and number < 1 << 128 else None
