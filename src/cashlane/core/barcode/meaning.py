"""What the fields of a code mean: the amount, the due date, the period, the bill's identity.

"BAD" stands for a field that holds what cannot be; None for one that says nothing.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from cashlane.core.barcode.layout import AmountPlace, DuePlace, Layout
from cashlane.values.money import AMOUNT_MAX, read_minor

Fields = Mapping[str, str]
Bad = Literal["BAD"]


def ref_of(layout: Layout, fields: Fields) -> str:
    """The biller's identity of a bill, from the fields that name it, joined by hyphens."""
    return joined(layout.ref, fields, "-")


def joined(names: Sequence[str], fields: Fields, between: str) -> str:
    """The named fields that hold something, one after the other."""
    return between.join(fields[name] for name in names if fields.get(name))


def amount_of(layout: Layout, fields: Fields) -> int | Bad | None:
    """The printed amount in minor units of the layout's currency.

    Two places that disagree, another currency, more decimals than exist: all "BAD".
    """
    amounts = {_amount_at(layout, place, fields) for place in layout.amounts} - {None}
    return "BAD" if len(amounts) > 1 else next(iter(amounts), None)


def _amount_at(layout: Layout, place: AmountPlace, fields: Fields) -> int | Bad | None:
    text = fields.get(place.field, "")
    if not text or (place.when and fields[place.when[0]] not in place.when[1]):
        return None
    if place.form == "minor":
        return _scaled(text, 0)
    decimals, text = "0123456789".index(text[0]), text[1:]
    if place.form == "currency_scaled":
        currency, text = text[:3], text[3:]
        if currency != layout.currency_number:
            return "BAD"
    return _scaled(text, layout.exponent - decimals)


def _scaled(text: str, shift: int) -> int | Bad | None:
    """A whole number times ten to the power of `shift`, if that is whole and not too large."""
    number = read_minor(text.lstrip("0") or "0")
    if number is None:
        return "BAD"
    amount, lost = divmod(number * 10 ** max(0, shift), 10 ** max(0, -shift))
    return "BAD" if lost or amount > AMOUNT_MAX else amount or None


def due_of(place: DuePlace | None, fields: Fields) -> date | Bad | None:
    """The due date, by the layout's way of writing it."""
    text = fields.get(place.field, "") if place else ""
    if place is None or text in {"", place.none}:
        return None
    day = _day("20" + text if place.form == "YYMMDD" else text)
    return day or (None if place.loose else "BAD")


def _day(text: str) -> date | None:
    year, month, day = (read_minor(part) or 0 for part in (text[:4], text[4:6], text[6:]))
    if not (2000 <= year <= 2099 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def period_of(layout: Layout, fields: Fields) -> str | Bad:
    """The billing period YYYYMM; empty where the layout has none."""
    text = fields.get(layout.period, "")
    return "BAD" if text and _day(text + "01") is None else text
