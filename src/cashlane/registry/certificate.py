"""The file that a run leaves: everything seen and judged, dated and sealed by its own digest.

It is what a route's certificate rests on, and what a run of the next day continues from.
"""

import hashlib
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from cashlane.core.conformance import KIT, Judgement
from cashlane.core.evidence import Evidence
from cashlane.core.partner_sheet import Sheet
from cashlane.registry.certify import Owed, Run
from cashlane.registry.ordered import Ordered

FORMAT = 1
FILE_BYTES = 32 << 20
"""Bytes of a result file: the messages of the longest run, several times."""


class Certificate(Struct, frozen=True):
    """One run as it is kept. The sheet is named by its digest: it may name secrets' places."""

    format: int
    kit: str
    partner: str
    address: str
    wire: str
    sheet_sha256: str
    begun_at: datetime
    ended_at: datetime
    judgement: Judgement
    orders: tuple[Ordered, ...]
    owed: tuple[Owed, ...]
    evidence: Evidence


class _Sealed(Struct, frozen=True):
    sha256: str
    certificate: Raw


def certificate(sheet: Sheet, sheet_bytes: bytes, run: Run, orders: tuple[Ordered, ...]) -> bytes:
    """The file of a run."""
    kept = Certificate(
        FORMAT, KIT, sheet.partner, sheet.address, sheet.wire,
        hashlib.sha256(sheet_bytes).hexdigest(), run.begun_at, run.ended_at,
        run.judgement, orders, run.owed, run.evidence,
    )  # fmt: skip
    body = msgspec.json.format(msgspec.json.encode(kept), indent=1)
    return msgspec.json.encode(_Sealed(hashlib.sha256(body).hexdigest(), Raw(body)))


def read_certificate(content: bytes) -> Certificate | None:
    """A run out of its file; None where the file is none, or was changed since it was written."""
    try:
        sealed = msgspec.json.decode(content, type=_Sealed)
        body = bytes(sealed.certificate)
        if hashlib.sha256(body).hexdigest() != sealed.sha256:
            return None
        return msgspec.json.decode(body, type=Certificate)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
