"""What was seen of a partner's sandbox: each message with the line's state, answer and times.

Together with the sandbox's own statement this is all that a verdict may rest on.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, get_args

from msgspec import Struct

from cashlane.core.line import LineKind
from cashlane.core.network import Manifest
from cashlane.core.ports import Confirmed, Declined, Finding, NotFound, Unknown

Act = Literal["send", "enquire", "void"]
Trial = Literal[
    "plain", "repeat", "copies", "repeat_late", "other_amount", "other_bill", "two_ids",
    "answer_lost", "answer_broken", "answer_late",
    "request_lost", "request_broken", "request_late", "never_sent", "no_line",
    "void", "void_lost", "void_unknown",
    "unknown_account", "wrong_amount", "already_paid", "closed", "shut",
    "message_size", "rate",
]  # fmt: skip
"""What is tried: an order of messages, and what happens to the line meanwhile."""

Refusal = Literal["unknown_account", "wrong_amount", "already_paid", "closed", "shut"]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)
"""Bills that a sandbox must refuse, by why. Those of a shut way have no fault of their own."""


class Heard(Struct, frozen=True):
    """One message about one payment and what came back. Times are milliseconds of the run.

    `message` numbers what left together, of `size` payments (or, at a rate, `size` a second).
    """

    trial: Trial
    act: Act
    payment: str
    bill_ref: str
    amount: int
    line: LineKind
    at_ms: int
    took_ms: int
    message: int
    size: int
    finding: Finding

    @property
    def definite(self) -> bool:
        """Whether the answer settles what became of the payment."""
        return isinstance(self.finding, Confirmed | Declined)


class BookLine(Struct, frozen=True):
    """One carried-out payment in the sandbox's own statement."""

    payment: str
    amount: int
    undone: bool
    business_date: date | None


class Measures(Struct, frozen=True):
    """By what the partner is measured: its own figure for an answer, how long the run kept asking
    after its payments, and the days of the partner's zone that it touched ("2026-01-15")."""

    answer_within_ms: int
    looked_ms: int
    days: tuple[str, ...]


class Evidence(Struct, frozen=True):
    """Everything seen in one run. `book` is None where the sandbox shows no statement."""

    claimed: Manifest
    measures: Measures
    heard: tuple[Heard, ...]
    book: Mapping[str, tuple[BookLine, ...]] | None

    def of(self, *trials: Trial) -> list[Heard]:
        """What was heard in some trials, in order."""
        return [one for one in self.heard if one.trial in trials]

    def about(self, payment: str) -> list[Heard]:
        """What was heard of one payment, in order."""
        return [one for one in self.heard if one.payment == payment]

    def lines(self, payment: str) -> tuple[BookLine, ...]:
        """The statement's lines of one payment."""
        return () if self.book is None else self.book.get(payment, ())

    def posted(self, payment: str) -> bool:
        """Whether a payment was carried out, by anybody's word."""
        told = any(isinstance(one.finding, Confirmed) for one in self.about(payment))
        return told or bool(self.lines(payment))

    def final(self, payment: str) -> Finding:
        """The last word that settles a payment; else the last word at all."""
        heard = self.about(payment)
        settled = [one for one in heard if one.definite or isinstance(one.finding, NotFound)]
        return (settled or heard)[-1].finding


def payments(heard: Iterable[Heard]) -> list[str]:
    """The payments heard of, each once, in order."""
    return list(dict.fromkeys(one.payment for one in heard))


def sends(heard: Iterable[Heard]) -> list[Heard]:
    """The messages that carried a payment."""
    return [one for one in heard if one.act == "send"]


def ages_not_found(evidence: Evidence, payment: str) -> list[int]:
    """How old a payment was, in ms since its sending had ended, each time it was not found."""
    heard = evidence.about(payment)
    first = next((one for one in heard if one.act == "send"), None)
    if first is None:
        return []
    return [
        max(one.at_ms - first.at_ms - first.took_ms, 0)
        for one in heard
        if one.act == "enquire" and isinstance(one.finding, NotFound)
    ]


def proof(one: Heard) -> str:
    """A message in one line, the same in every language."""
    line = "" if one.line == "pass" else f" [{one.line}]"
    return f"+{one.at_ms} ms {one.act}{line} {one.payment} {spoken(one.finding)} {one.took_ms} ms"


def spoken(finding: Finding) -> str:
    """An answer in a word, with the partner's own code or number."""
    match finding:
        case Confirmed(reference=reference):
            return f"confirmed({reference})"
        case Declined(code=code):
            return f"declined({code})"
        case NotFound():
            return "not_found"
        case Unknown(why=why):
            return f"unknown({why})"
