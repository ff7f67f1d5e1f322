"""What an operation says of itself, beside its name and types: which refusals it may answer.

The description of the interface is made from it, and the interface is tested against that.
"""

from typing import Any

from msgspec import Struct

TOLD = "told"
"""Under this name a handler carries what it says of itself."""
NEEDS_KEY = ("UNAUTHENTICATED", "OUTCOME_UNKNOWN", "DEFECT")
"""What every operation behind a key may answer."""
HAS_BODY = ("MALFORMED", "SCHEMA")
AT_COUNTER = ("NOT_FOUND",)
"""Naming an outlet or till that is not the caller's."""
READS_CODE = (
    "NOT_A_CODE", "NOT_ASCII_DIGITS", "CODE_TOO_LONG", "CODE_WRONG_LENGTH", "CHECK_DIGIT_WRONG",
    "BAD_AMOUNT", "BAD_DATE", "UNKNOWN_ISSUER", "TWO_LAYOUTS_CLAIM", "ACCOUNT_FORM",
    "UNKNOWN_BILLER",
)  # fmt: skip
MAY_TAKE = (
    "OUTLET_SUSPENDED", "SERVICE_WITHDRAWN", "NO_CONTRACT", "BILLER_NOTICE", "WINDOW_CLOSED",
    "NO_ROUTE",
)  # fmt: skip
IS_OWED = (
    "INQUIRY_BUSY", "NETWORK_BUSY", "DESK_SILENT", "NO_SUCH_ACCOUNT", "NOTHING_OWED",
    "NO_SUCH_BILL", "AMOUNT_NOT_TAKEN", "AMOUNT_TOO_LARGE", "BILL_PAID", "BILL_HELD",
)  # fmt: skip
OFFERS = (*HAS_BODY, *AT_COUNTER, *READS_CODE, *MAY_TAKE, *IS_OWED)
"""Asking what is owed, with or without a hold."""
KEYED = ("KEY_MISSING", "KEY_REUSED", "KEY_RUNNING", "ABANDONED", "DAY_CLOSED")
"""Everything that is decided under a till's own key."""
UNDOES = (*HAS_BODY, *AT_COUNTER, *KEYED)


class Told(Struct, frozen=True):
    """`tag` groups operations, `may` are the refusals that it can answer, by code.

    `asked` and `answered` are examples of a body and of the answer to it.
    """

    tag: str
    may: tuple[str, ...]
    keyed: bool = False
    free: bool = False
    asked: Any = None
    answered: Any = None


def told(tag: str, *may: str, keyed: bool = False, asked: Any = None, answered: Any = None) -> Any:
    """What a handler behind a key says of itself, for its `opt`."""
    return {TOLD: Told(tag, (*NEEDS_KEY, *may), keyed=keyed, asked=asked, answered=answered)}


def told_freely(tag: str, *, answered: Any = None) -> Any:
    """The same for what anybody may ask."""
    return {TOLD: Told(tag, ("DEFECT",), free=True, answered=answered)}
