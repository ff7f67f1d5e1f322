"""Premises: how an outlet is found and entered, as its agent's list tells it."""

from datetime import date

from msgspec import Struct


class Premises(Struct, frozen=True):
    """What citizens ask before they set out; "" and None where nobody said.

    `hours` are in the notation of core/hours.py; `transit` says how to get there by bus or train.
    """

    address: str
    hours: str
    step_free: bool | None
    transit: str
    collecting_since: date | None


UNTOLD = Premises("", "", None, "", None)
"""Of an outlet whose agent has told nothing."""
