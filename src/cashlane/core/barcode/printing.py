"""Printing a bill code: from named fields to the text of a symbol, or to the line under it.

The table decides order, padding, separators and check digits; the caller gives the contents.
"""

from collections.abc import Mapping

from cashlane.core.barcode.checks import CHECKS
from cashlane.core.barcode.forms import FORMS, read_digits
from cashlane.core.barcode.layout import Field, Layout


def print_code(layout: Layout, fields: Mapping[str, str | int], *, form: str) -> str:
    """Write a code as `form`: "symbol" for what the symbol holds, or one of `layout.forms`.

    Whole numbers are filled with zeros to the field's length; constants and the code's check
    digit need not be given (a given check digit must be the right one). Raises ValueError for
    a field that does not fit: codes are printed from our own data, never from a scan.
    """
    given = (field for field in layout.fields if not _is_check(layout, field))
    texts = _checked(layout, {field.name: _fitted(field, fields) for field in given})
    _reject(layout, fields, texts)
    plain = _plain(layout, texts)
    present = {name: text for name, text in texts.items() if text}
    return plain if form == "symbol" else FORMS[form].write(layout, present, plain)


def _is_check(layout: Layout, field: Field) -> bool:
    return layout.check is not None and layout.check.field == field.name


def _fitted(field: Field, fields: Mapping[str, str | int]) -> str:
    given = fields.get(field.name, field.value)
    text = str(given).rjust(field.least, "0") if isinstance(given, int) else given
    if not text and field.optional:
        return ""
    if not fits(field, text):
        raise ValueError(f"{text!r} does not fit into {field.name}")
    return text


def fits(field: Field, text: str) -> bool:
    """Whether a text may stand in a field: length, characters, choices, its own check digit."""
    sized = field.least <= len(text) <= field.most
    return sized and may_hold(field, text) and self_checked(field, text)


def may_hold(field: Field, text: str) -> bool:
    """Whether the characters are those of the field's kind, and among its choices.

    Letters are A-Z, a-z, digits, hyphen, slash and full stop.
    """
    if field.kind == "const":
        return text == field.value
    if field.among:
        return text in field.among
    if field.kind == "digits":
        return not text or read_digits(text) is not None
    return text.isascii() and all(letter.isalnum() or letter in "-/." for letter in text)


def self_checked(field: Field, text: str) -> bool:
    """Whether a field that carries a check digit of its own carries the right one."""
    return not field.check or CHECKS[field.check](text[:-1]) == text[-1]


def others(layout: Layout, texts: Mapping[str, str]) -> str:
    """Everything that the code's check digit is computed over, in the order of the code."""
    return "".join(texts[field.name] for field in layout.fields if not _is_check(layout, field))


def _checked(layout: Layout, texts: dict[str, str]) -> dict[str, str]:
    if layout.check is None:
        return texts
    return texts | {layout.check.field: CHECKS[layout.check.rule](others(layout, texts))}


def _reject(layout: Layout, given: Mapping[str, str | int], texts: Mapping[str, str]) -> None:
    strangers = given.keys() - texts.keys()
    if strangers:
        raise ValueError(f"{layout.name} has no field {', '.join(sorted(strangers))}")
    if layout.check is None or layout.check.field not in given:
        return
    if given[layout.check.field] != texts[layout.check.field]:
        raise ValueError(f"the check digit of {layout.name} is {texts[layout.check.field]}")


def _plain(layout: Layout, texts: Mapping[str, str]) -> str:
    written = ""
    for field in layout.fields:
        if field.mark and not texts[field.name]:
            continue
        written += field.mark + texts[field.name] + (layout.ends if field.ended else "")
    return written.rstrip(layout.ends) if layout.ends else written
