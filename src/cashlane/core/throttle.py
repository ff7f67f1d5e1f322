"""How often a secret may be guessed: by rate, never by locking an account.

Each subject (a login, a till, an address) owes a pause per try and may run up a short debt; so a
stranger's guesses delay the owner of an account but can never shut it.
"""

from datetime import datetime, timedelta

from msgspec import Struct


class Rate(Struct, frozen=True):
    """`burst` tries at once, then one for each `pause`."""

    burst: int
    pause: timedelta


LOGIN = Rate(10, timedelta(seconds=60))
"""A password: ten slips of the finger, then 1,440 a day, against at least ten characters."""
PIN = Rate(5, timedelta(seconds=120))
"""A PIN: 720 a day; half of a million PINs would take two years, at one enrolled till."""
TILL = Rate(20, timedelta(seconds=30))
"""One till, whoever stands at it: a whole shift may come to work within minutes."""
ADDRESS = Rate(60, timedelta(seconds=5))
"""One address: an office of many people shares one."""


def wait(clear_at: datetime, now: datetime, rate: Rate) -> timedelta:
    """How long until the next try is allowed; zero where it is allowed now."""
    debt = max(clear_at, now) - now + rate.pause
    return max(timedelta(0), debt - rate.burst * rate.pause)


def charged(clear_at: datetime, now: datetime, rate: Rate) -> datetime:
    """When the debt is paid off, after one more try."""
    assert not wait(clear_at, now, rate), "a try that must wait is not taken"
    return max(clear_at, now) + rate.pause


def given_back(clear_at: datetime, rate: Rate) -> datetime:
    """A try that succeeded costs nothing; what others guessed before it stays owed."""
    return clear_at - rate.pause
