"""Other ways the same code is written: what scanners add, what people type, what a QR holds.

Reading undoes a layout's forms one after the other until the plain text of the symbol is left.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from cashlane.core.barcode.checks import brazil_block, crc16
from cashlane.core.barcode.layout import Layout
from cashlane.values.money import read_minor

Fields = Mapping[str, str]
Wrong = Literal["CHECK_DIGIT_WRONG", "CODE_WRONG_LENGTH", "NOT_A_CODE"]

GROUP_SEPARATOR = "\x1d"
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)
_FRAME = "\r\n\t \x02\x03\x1d"


class Misread(Struct, frozen=True):
    """This form was tried and the text is not it; `code` says why."""

    code: Wrong


class Form(Struct, frozen=True):
    """A pair of functions: from plain symbol text to this form, and back."""

    write: Callable[[Layout, Fields, str], str]
    read: Callable[[Layout, str], str | Misread]


def strip_scanner(text: str) -> str:
    """Take off what a scanner adds: AIM symbology identifier, FNC1 in front, line ends."""
    bare = text.strip(_FRAME)
    found = _SYMBOLOGY.match(bare)
    if found is not None:
        bare = bare[found.end() :].lstrip(GROUP_SEPARATOR)
    return bare.replace("\r\n", "\r").replace("\n", "\r")


def _brackets(layout: Layout, fields: Fields, plain: str) -> str:
    """(415)…(8020)…: application identifiers in brackets, as printed under a GS1 symbol."""
    if layout.fields[0].kind == "const":
        return f"({layout.lead}){plain.removeprefix(layout.lead)}"
    scaled = {place.field for place in layout.amounts if place.form != "minor"}
    written = ""
    for field in layout.fields:
        text, inside = fields.get(field.name, ""), int(field.name in scaled)
        written += f"({field.mark}{text[:inside]}){text[inside:]}" if text else ""
    return written


def _unbracket(_layout: Layout, text: str) -> str:
    if not text.startswith("("):
        return text
    return _BRACKETED.sub(GROUP_SEPARATOR + r"\1", text).lstrip(GROUP_SEPARATOR)


def _group(layout: Layout, _fields: Fields, plain: str) -> str:
    sizes = layout.groups or tuple(field.most for field in layout.fields)
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    parts = (plain[start : start + size] for start, size in zip(starts, sizes, strict=True))
    return " ".join(parts)


def _ungroup(_layout: Layout, text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _line(_layout: Layout, fields: Fields, plain: str) -> str:
    """Brazil's 48-digit line: four blocks of eleven, each with a check digit of its own."""
    blocks = (plain[at : at + 11] for at in range(0, 44, 11))
    return " ".join(f"{block}-{brazil_block(block, fields['value_kind'])}" for block in blocks)


def _unline(layout: Layout, text: str) -> str | Misread:
    if len(text) != 48 or not text.startswith(layout.lead) or read_digits(text) is None:
        return text
    blocks = [(text[at : at + 11], text[at + 11]) for at in range(0, 48, 12)]
    if any(brazil_block(block, text[2]) != check for block, check in blocks):
        return Misread("CHECK_DIGIT_WRONG")
    return "".join(block for block, _ in blocks)


_THAI_BILL = "A000000677010112"


def _thai_qr(layout: Layout, fields: Fields, _plain: str) -> str:
    """The EMVCo text of a Thai bill payment QR (tag 30), closed by its CRC in tag 63."""
    amount = read_minor(fields.get("amount", "")) or 0
    places = (("01", "issuer"), ("02", "ref1"), ("03", "ref2"))
    inner = _tag("00", _THAI_BILL) + "".join(
        _tag(number, fields[name]) for number, name in places if fields.get(name)
    )
    text = _tag("00", "01") + _tag("01", "12" if amount else "11") + _tag("30", inner)
    text += _tag("53", layout.currency_number) + _tag("58", "TH")
    if amount:
        text += _tag("54", f"{amount // 100}.{amount % 100:02d}")
    text += "6304"
    return text + crc16(text)


def _tag(number: str, value: str) -> str:
    return f"{number}{len(value):02d}{value}"


def _from_thai_qr(layout: Layout, text: str) -> str | Misread:
    if not text.startswith("000201"):
        return text
    if text[-8:-4] != "6304" or crc16(text[:-4]) != text[-4:].upper():
        return Misread("CHECK_DIGIT_WRONG")
    outer = _tags(text[:-8])
    inner = _tags(outer.get("30", ""))
    if inner.get("00") != _THAI_BILL or outer.get("53") != layout.currency_number:
        return Misread("NOT_A_CODE")
    amount = _satang(outer.get("54", "0"))
    if amount is None:
        return Misread("NOT_A_CODE")
    return "|" + "\r".join([*(inner.get(tag, "") for tag in ("01", "02", "03")), amount])


def _tags(text: str) -> dict[str, str]:
    """Take tag, two-digit length, value apart; empty where the lengths do not come out."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        size = read_minor(text[at + 2 : at + 4])
        if size is None or at + 4 + size > len(text):
            return {}
        found[text[at : at + 2]] = text[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _satang(written: str) -> str | None:
    whole, _, part = written.partition(".")
    if len(part) > 2 or read_minor(whole + part.ljust(2, "0")) is None:
        return None
    return (whole + part.ljust(2, "0")).lstrip("0") or "0"


def read_digits(text: str) -> str | None:
    """The text itself if it is nothing but ASCII digits."""
    return text if text.isascii() and text.isdigit() else None


FORMS: Mapping[str, Form] = {
    "brackets": Form(_brackets, _unbracket),
    "groups": Form(_group, _ungroup),
    "line": Form(_line, _unline),
    "thai_qr": Form(_thai_qr, _from_thai_qr),
}
