"""A way to a biller that takes files: one durable file a batch, left in its exchange folder.

By the biller's contract a payment filed against its own bill file is final when the file is whole.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cashlane.adapters.files import payment_file
from cashlane.adapters.files.payment_file import FiledLine
from cashlane.core.network import Manifest
from cashlane.core.ports import (
    Confirmed,
    Declined,
    Delivery,
    Finding,
    NotFound,
    Outcome,
    Unknown,
)
from cashlane.values.ids import payment_home, spell

MANIFEST = Manifest(
    dedups_by_payment_id=True,
    not_found_final=True,
    answers_status=True,
    voids=False,
    not_posted_codes=("unfit", "full"),
    shut_codes=("full",),
    grace_s=0,
    per_message=5000,
    per_second=5000,
)
"""What this route was certified to do. We are its only writer, so "not found" is final at once."""

IN, ARCHIVE = "in", "archive"


class FileDrop:
    """The exchange folder as a RoutePort. Files wait in in/ until the biller archives them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[str, FiledLine]] = {}
        self._read: set[str] = set()
        self._turn = asyncio.Lock()

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """File payments; one that is filed already is not filed again."""
        async with self._turn:
            return await asyncio.to_thread(self._file, deliveries)

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Look whether a file holds each payment."""
        async with self._turn:
            return await asyncio.to_thread(self._look, deliveries)

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """What is filed cannot be taken back."""
        return [Declined("not_supported", not_posted=False) for _ in deliveries]

    async def alive(self) -> bool:
        """Whether the exchange folder can be read."""
        async with self._turn:
            return await asyncio.to_thread(self._readable)

    def _readable(self) -> bool:
        try:
            self._read_new_files()
        except OSError:
            return False
        return True

    async def close(self) -> None:
        """Nothing is held open."""

    def _look(self, deliveries: Sequence[Delivery]) -> list[Finding]:
        try:
            self._read_new_files()
        except OSError as broken:
            return [Unknown(f"the folder is not readable: {broken.strerror}") for _ in deliveries]
        return [self._finding(one) for one in deliveries]

    def _file(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        try:
            self._read_new_files()
        except OSError as broken:
            why = f"the folder is not readable: {broken.strerror}"
            return [Unknown(why, sent=False) for _ in deliveries]
        refused = self._write_missing(deliveries)
        return [self._outcome(one, refused) for one in deliveries]

    def _write_missing(self, deliveries: Sequence[Delivery]) -> dict[str, Outcome]:
        """One file for each partner and business date; what could not be filed, and why."""
        groups: dict[tuple[str, date], dict[str, Delivery]] = {}
        refused: dict[str, Outcome] = {}
        for one in deliveries:
            name = spell("pay", one.payment)
            if not payment_file.fits(one):
                refused[name] = Declined("unfit", not_posted=True)
            elif name not in self._known:
                group = groups.setdefault((one.biller, payment_home(one.payment)[1]), {})
                group.setdefault(name, one)
        for (partner, day), missing in groups.items():
            problem = self._write(partner, day, list(missing.values()))
            if problem is not None:
                refused.update(dict.fromkeys(missing, problem))
        return refused

    def _write(self, partner: str, day: date, missing: Sequence[Delivery]) -> Outcome | None:
        """Make one file under the next free name; None when it is on the disk."""
        content = payment_file.write_lines(day, missing)
        try:
            return self._put(partner, day, content)
        except OSError as broken:
            # The name may or may not have reached the disk: only a look can tell.
            return Unknown(f"the file could not be written: {broken.strerror}")

    def _put(self, partner: str, day: date, content: bytes) -> Outcome | None:
        for sequence in range(self._next(partner, day), payment_file.SEQUENCE_MOST + 1):
            name = payment_file.file_name(partner, day, sequence)
            taken = (self._folder / ARCHIVE / name).exists()
            if not taken and payment_file.put(self._folder / IN, name, content):
                self._learn(name, content)
                return None
        return Declined("full", not_posted=True)

    def _next(self, partner: str, day: date) -> int:
        head = payment_file.file_name(partner, day, 1)[: -len("0001.txt")]
        return 1 + sum(1 for name in self._read if name.startswith(head))

    def _outcome(self, delivery: Delivery, refused: dict[str, Outcome]) -> Outcome:
        problem = refused.get(spell("pay", delivery.payment))
        if problem is not None:
            return problem
        found = self._finding(delivery)
        return Unknown("filed, but not found again") if isinstance(found, NotFound) else found

    def _finding(self, delivery: Delivery) -> Finding:
        known = self._known.get(spell("pay", delivery.payment))
        if known is None:
            return NotFound()
        name, line = known
        if line.amount != delivery.amount:
            return Unknown("amount differs")
        if not self._exists(name):
            return Unknown(f"the file {name} is gone from the exchange folder")
        return Confirmed(f"{name}#{line.place}", line.amount)

    def _exists(self, name: str) -> bool:
        # First where files wait, then where they are moved to: a move in between is not missed.
        return (self._folder / IN / name).exists() or (self._folder / ARCHIVE / name).exists()

    def _read_new_files(self) -> None:
        """Learn the files made since the last look, by whomever."""
        for part in (IN, ARCHIVE):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
            for path in sorted((self._folder / part).iterdir()):
                if payment_file.is_payment_file(path.name) and path.name not in self._read:
                    self._learn_path(path)

    def _learn_path(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            # Moved to the archive since it was listed; the archive is listed next.
            return
        self._learn(path.name, content)

    def _learn(self, name: str, content: bytes) -> None:
        self._read.add(name)
        for line in payment_file.read_lines(content) or ():
            self._known.setdefault(line.payment, (name, line))
