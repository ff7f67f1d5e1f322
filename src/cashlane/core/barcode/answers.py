"""What reading a code can come to: a reading, or a refusal that says why.

Refusals are values: a badly printed bill is an everyday thing at a counter.
"""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct

CodeWhy = Literal[
    "NOT_ASCII_DIGITS",
    "TWO_LAYOUTS_CLAIM",
    "UNKNOWN_ISSUER",
    "BAD_AMOUNT",
    "BAD_DATE",
    "CHECK_DIGIT_WRONG",
    "CODE_WRONG_LENGTH",
    "CODE_TOO_LONG",
    "NOT_A_CODE",
]
NEAREST: tuple[CodeWhy, ...] = get_args(CodeWhy)
"""Of several layouts' answers the first in this order is given: the nearest miss."""


class CodeRead(Struct, frozen=True):
    """What a code says. `amount` is in minor units of `currency`, None where none is printed.

    `account` and `ref` (the bill's identity) are the same for one bill however it was typed,
    scanned or reprinted. `period` is YYYYMM, or empty where the layout has none.
    """

    layout: str
    biller: int
    issuer: str
    account: str
    ref: str
    period: str
    amount: int | None
    currency: str
    due_on: date | None


class CodeRefusal(Struct, frozen=True):
    """Why a text was not understood; `layout` came nearest, `readings` are what to choose from."""

    code: CodeWhy
    layout: str | None = None
    readings: tuple[CodeRead, ...] = ()
