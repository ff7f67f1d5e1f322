"""Bill codes: what a scanner or a tired clerk hands us, understood by one declared table.

The same layouts drive reading and printing; a code that two of them claim is asked, not guessed.
"""

from cashlane.core.barcode.answers import CodeRead, CodeRefusal, CodeWhy
from cashlane.core.barcode.checks import iso7064_mod11_10
from cashlane.core.barcode.layout import AmountPlace, Check, DuePlace, Field, Layout, faults
from cashlane.core.barcode.meaning import ref_of
from cashlane.core.barcode.printing import print_code
from cashlane.core.barcode.reading import read_code
from cashlane.core.barcode.splitting import read_fields
from cashlane.core.barcode.table import (
    BRAZIL_COLLECTION,
    DECLARED_CITY_BILL,
    GS1_BILL,
    JAPAN_SLIP,
    LAYOUTS,
    SWISS_REFERENCE,
    THAI_BILL,
)

__all__ = [
    "BRAZIL_COLLECTION",
    "DECLARED_CITY_BILL",
    "GS1_BILL",
    "JAPAN_SLIP",
    "LAYOUTS",
    "SWISS_REFERENCE",
    "THAI_BILL",
    "AmountPlace",
    "Check",
    "CodeRead",
    "CodeRefusal",
    "CodeWhy",
    "DuePlace",
    "Field",
    "Layout",
    "faults",
    "iso7064_mod11_10",
    "print_code",
    "read_code",
    "read_fields",
    "ref_of",
]
