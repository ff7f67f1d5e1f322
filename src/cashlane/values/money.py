"""Money as whole minor units (fen), and the arithmetic that loses none of them.

Currency is known to the account, never to the number; no float and no Decimal enters.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

AMOUNT_MAX = 999_999_999_999
"""The largest amount one row may carry, in minor units: far above any bill, far below bigint."""

_PLAIN = re.compile(r"[0-9]{1,12}", re.ASCII)
_DECIMAL = re.compile(r"(?P<whole>[0-9]{1,10})(?:\.(?P<part>[0-9]{1,3}))?", re.ASCII)


class Currency(Struct, frozen=True):
    """A currency and the coins it really has.

    `exponent` is the number of decimals of the written amount; `cash_unit` the smallest amount,
    in minor units, that people still hand over; `pieces` the notes and coins, largest first.
    """

    code: str
    exponent: int
    cash_unit: int
    pieces: tuple[int, ...]


CNY = Currency(
    code="CNY",
    exponent=2,
    cash_unit=10,
    pieces=(10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 2, 1),
)
"""Fen coins are still legal tender but practically gone: cash is counted in jiao."""


def read_minor(text: str) -> int | None:
    """Read a whole number of minor units from ASCII digits; None for anything else.

    Python's int() takes full-width digits, blanks and underscores: a wire must not.
    """
    if _PLAIN.fullmatch(text) is None:
        return None
    return int(text)


def read_amount(text: str, currency: Currency) -> int | None:
    """Read what a person types ("126", "126.5", "126.50") into minor units; None if it is not so.

    More decimals than the currency has are refused, never rounded.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    part = found["part"] or ""
    if len(part) > currency.exponent:
        return None
    return int(found["whole"] + part.ljust(currency.exponent, "0"))


def write_amount(amount: int, currency: Currency) -> str:
    """Write minor units as people do: 12650 -> "126.50"."""
    sign = "-" if amount < 0 else ""
    digits = str(abs(amount)).rjust(currency.exponent + 1, "0")
    if currency.exponent == 0:
        return sign + digits
    return f"{sign}{digits[: -currency.exponent]}.{digits[-currency.exponent :]}"


def share_out(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide a total by weights so that the parts add up to it exactly.

    Largest remainder: each part is rounded down, and the units left over go one each to the
    largest remainders, the earlier part first where remainders are equal.
    """
    assert total >= 0, "share out what is owed; signs belong to the posting"
    assert all(weight >= 0 for weight in weights), "a share cannot be negative"
    whole = sum(weights)
    assert whole > 0, "nobody to share with"
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-remainders[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    assert sum(parts) == total
    return tuple(parts)


def per_million(amount: int, ppm: int) -> int:
    """A rate in parts per million of an amount, rounded half up (money is never negative here)."""
    assert amount >= 0 <= ppm
    return (amount * ppm + 500_000) // 1_000_000
