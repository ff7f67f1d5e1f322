"""A till's period: it opens with its first payment and closes with a total."""

from datetime import date

from msgspec import Struct


class Shift(Struct, frozen=True):
    """The latest shift of a till; numbers count from 1 within a business date."""

    business_date: date
    number: int
    open: bool
