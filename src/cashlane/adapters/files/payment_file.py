"""The file of payments left for a biller that takes no messages: its name, lines and making.

First line count|amount, then one line a payment. A file appears under its name only when whole.
"""

import os
import re
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from cashlane.core.ports import Delivery
from cashlane.values.ids import spell
from cashlane.values.money import read_minor
from cashlane.values.times import write_moment

KIND = "PAY"
SEQUENCE_MOST = 9999
"""Files a day to one partner; the name has four digits."""

_NAME = re.compile(r"[a-z0-9-]{1,40}_PAY_[0-9]{8}_[0-9]{4}\.txt", re.ASCII)
_SPOILS = re.compile(r"[|\r\n\x00]")


class FiledLine(Struct, frozen=True):
    """One payment as a file holds it; `place` is its line number, the header being line 1."""

    payment: str
    amount: int
    place: int


def file_name(partner: str, business_date: date, sequence: int) -> str:
    """The name: partner, type, business date, sequence."""
    assert 1 <= sequence <= SEQUENCE_MOST
    return f"{partner}_{KIND}_{business_date:%Y%m%d}_{sequence:04d}.txt"


def is_payment_file(name: str) -> bool:
    """Whether a name is that of a whole payment file."""
    return _NAME.fullmatch(name) is not None


def write_lines(business_date: date, deliveries: Sequence[Delivery]) -> bytes:
    """The content: header with count and amount, then the payments in the order given."""
    total = sum(delivery.amount for delivery in deliveries)
    lines = [_line(business_date, delivery) for delivery in deliveries]
    return "\n".join((f"{len(deliveries)}|{total}", *lines, "")).encode("gb18030")


def fits(delivery: Delivery) -> bool:
    """Whether a payment's texts can stand in a file whose separator is a bar."""
    texts = (delivery.bill_ref, delivery.account, delivery.outlet, delivery.receipt_number)
    return not any(_SPOILS.search(text) for text in texts)


def _line(business_date: date, delivery: Delivery) -> str:
    return "|".join(
        (
            f"{business_date:%Y%m%d}",
            spell("pay", delivery.payment),
            delivery.bill_ref,
            delivery.account,
            str(delivery.amount),
            delivery.outlet,
            delivery.receipt_number,
            write_moment(delivery.accepted_at),
        )
    )


def read_lines(content: bytes) -> list[FiledLine] | None:
    """The payments in a file of ours; None where it does not agree with its own header."""
    try:
        header, *lines = content.decode("gb18030").splitlines()
    except (UnicodeDecodeError, ValueError):
        return None
    read = [_read_line(line, place) for place, line in enumerate(lines, start=2)]
    good = [line for line in read if line is not None]
    agrees = header == f"{len(lines)}|{sum(line.amount for line in good)}"
    return good if agrees and len(good) == len(lines) else None


def _read_line(line: str, place: int) -> FiledLine | None:
    fields = line.split("|")
    amount = read_minor(fields[4]) if len(fields) == 8 else None
    return None if amount is None else FiledLine(fields[1], amount, place)


def put(folder: Path, name: str, content: bytes) -> bool:
    """Write a file durably, whole or not at all; False where the name is already taken.

    The content is on the disk before the name exists, and the name before this returns.
    """
    hidden = _write_hidden(folder, content)
    try:
        # A link, unlike a rename, never replaces a file that somebody else made meanwhile.
        os.link(hidden, folder / name)
    except FileExistsError:
        return False
    finally:
        hidden.unlink(missing_ok=True)
    sync(folder)
    return True


def _write_hidden(folder: Path, content: bytes) -> Path:
    """The content on the disk, under a name that no reader takes for a payment file."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        os.fchmod(handle, 0o640)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def sync(folder: Path) -> None:
    """Push the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
