"""Reading a bill code: every declared layout has a look, and exactly one must recognise it.

What cannot be read is answered by a value that says why; nothing is guessed and nothing raises.
"""

from collections.abc import Mapping, Sequence

from cashlane.core.barcode.answers import NEAREST, CodeRead, CodeRefusal
from cashlane.core.barcode.layout import Layout
from cashlane.core.barcode.meaning import amount_of, due_of, joined, period_of, ref_of
from cashlane.core.barcode.splitting import read_fields

TEXT_MOST = 512
"""No bill code is nearly this long: what is longer is not looked at."""

Billers = Mapping[tuple[str, str], int]


def read_code(
    text: str, layouts: Sequence[Layout], billers_by_issuer: Billers
) -> CodeRead | CodeRefusal:
    """Understand what was scanned or typed. `billers_by_issuer`: (layout, issuer) -> biller.

    If several layouts claim the text and do not mean the same bill, the person is asked.
    """
    if len(text) > TEXT_MOST:
        return CodeRefusal("CODE_TOO_LONG")
    if not text.isascii():
        foreign = any(letter.isdigit() and not letter.isascii() for letter in text)
        return CodeRefusal("NOT_ASCII_DIGITS" if foreign else "NOT_A_CODE")
    answers = [_read_as(layout, text, billers_by_issuer) for layout in layouts]
    readings = [answer for answer in answers if isinstance(answer, CodeRead)]
    return _agreed(readings) if readings else _nearest(answers)


def _agreed(readings: Sequence[CodeRead]) -> CodeRead | CodeRefusal:
    meanings = {(one.biller, one.account, one.ref, one.period, one.amount) for one in readings}
    if len(meanings) == 1:
        return readings[0]
    return CodeRefusal("TWO_LAYOUTS_CLAIM", readings=tuple(readings))


def _nearest(answers: Sequence[CodeRead | CodeRefusal]) -> CodeRefusal:
    refusals = [answer for answer in answers if isinstance(answer, CodeRefusal)]
    nobody = CodeRefusal("NOT_A_CODE")
    return min(refusals, key=lambda one: NEAREST.index(one.code), default=nobody)


def _read_as(layout: Layout, text: str, billers: Billers) -> CodeRead | CodeRefusal:
    fields = read_fields(layout, text)
    if isinstance(fields, CodeRefusal):
        return fields
    due, period = due_of(layout.due, fields), period_of(layout, fields)
    if due == "BAD" or period == "BAD":
        return CodeRefusal("BAD_DATE", layout.name)
    amount = amount_of(layout, fields)
    if amount == "BAD":
        return CodeRefusal("BAD_AMOUNT", layout.name)
    issuer = joined(layout.issuer, fields, "")
    biller = billers.get((layout.name, issuer))
    if biller is None:
        return CodeRefusal("UNKNOWN_ISSUER", layout.name)
    return CodeRead(
        layout=layout.name,
        biller=biller,
        issuer=issuer,
        account=joined(layout.account, fields, "-"),
        ref=ref_of(layout, fields),
        period=period,
        amount=amount,
        currency=layout.currency,
        due_on=due,
    )
