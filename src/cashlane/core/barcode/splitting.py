"""Taking a code apart into its fields, and proving its check digits.

Nothing is read into the fields here; what they mean is the business of `meaning`.
"""

from collections.abc import Mapping

from cashlane.core.barcode.answers import CodeRefusal, CodeWhy
from cashlane.core.barcode.checks import CHECKS
from cashlane.core.barcode.forms import FORMS, Misread, read_digits, strip_scanner
from cashlane.core.barcode.layout import Field, Layout
from cashlane.core.barcode.printing import may_hold, others, self_checked


def read_fields(layout: Layout, text: str) -> dict[str, str] | CodeRefusal:
    """The fields of a code of one layout, check digits verified. Empty fields are left out."""
    plain = _plain(layout, text)
    if isinstance(plain, Misread):
        return CodeRefusal(plain.code, layout.name)
    why = _wrong_size(layout, plain)
    if why is not None:
        return CodeRefusal(why, layout.name)
    found = _split(layout, plain)
    if not isinstance(found, dict):
        return CodeRefusal(found, layout.name)
    why = _wrong_content(layout, found)
    if why is not None:
        return CodeRefusal(why, layout.name)
    return {name: piece for name, piece in found.items() if piece}


def _plain(layout: Layout, text: str) -> str | Misread:
    bare = strip_scanner(text)
    for form in layout.forms:
        undone = FORMS[form].read(layout, bare)
        if isinstance(undone, Misread):
            return undone
        bare = undone
    return bare


def _wrong_size(layout: Layout, plain: str) -> CodeWhy | None:
    if not plain or not plain.startswith(layout.lead):
        return "NOT_A_CODE"
    if layout.ends or len(plain) == layout.length:
        return None
    if read_digits(plain) is None:
        return "NOT_A_CODE"
    return "CODE_TOO_LONG" if len(plain) > layout.length else "CODE_WRONG_LENGTH"


def _split(layout: Layout, plain: str) -> dict[str, str] | CodeWhy:
    """Cut a text into its fields; marked fields may come in any order, others in theirs."""
    found: dict[str, str] = {}
    waiting, rest = list(layout.fields), plain
    while rest:
        field = next((one for one in waiting if rest.startswith(one.mark)), None)
        if field is None:
            return "CODE_TOO_LONG" if found else "NOT_A_CODE"
        waiting.remove(field)
        piece, rest = _cut(layout, field, rest.removeprefix(field.mark))
        if not field.least <= len(piece) <= field.most:
            return "CODE_TOO_LONG" if len(piece) > field.most else "CODE_WRONG_LENGTH"
        found[field.name] = piece
    return found if all(field.optional for field in waiting) else "CODE_WRONG_LENGTH"


def _cut(layout: Layout, field: Field, rest: str) -> tuple[str, str]:
    if field.ended:
        piece, _, rest = rest.partition(layout.ends)
        return piece, rest
    piece, rest = rest[: field.most], rest[field.most :]
    return piece, rest.removeprefix(layout.ends)


def _wrong_content(layout: Layout, found: Mapping[str, str]) -> CodeWhy | None:
    present = [field for field in layout.fields if field.name in found]
    if not all(may_hold(field, found[field.name]) for field in present):
        return "NOT_A_CODE"
    if not all(self_checked(field, found[field.name]) for field in present):
        return "CHECK_DIGIT_WRONG"
    check = layout.check
    if check is not None and CHECKS[check.rule](others(layout, found)) != found[check.field]:
        return "CHECK_DIGIT_WRONG"
    return None
