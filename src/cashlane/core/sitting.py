"""How long a session lasts: an absolute end set at login, and an end by silence.

A session ends for good: nothing prolongs the one, only use prolongs the other.
"""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.roles import Person


class Life(Struct, frozen=True):
    """`idle` without a request ends a session; `whole` ends it however busy it is."""

    idle: timedelta
    whole: timedelta


STAFF = Life(timedelta(minutes=30), timedelta(hours=12))
"""A desk: half an hour is a meeting, twelve hours the longest day of work."""
AT_TILL = Life(timedelta(minutes=60), timedelta(hours=10))
"""A till: quiet hours at a small counter are common; no shift is longer than ten hours."""
TOUCH_AFTER = timedelta(seconds=60)
"""Use is written down at most once a minute: idle ends are that coarse, the database that calm."""


def at_work(person: Person, *, must_change: bool) -> Person:
    """The person with the roles that count now: none before a word given by another is changed."""
    return structs.replace(person, roles=frozenset()) if must_change else person


class Session(Struct, frozen=True):
    """Somebody at work. `till` is the machine they stand at, None at a desk.

    `must_change`: their password or PIN was given by another; until it is changed they have no
    roles, so that every permission is refused.
    """

    id: UUID
    person: Person
    must_change: bool
    till: int | None
    started_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def life(self) -> Life:
        """The limits of this kind of session."""
        return STAFF if self.till is None else AT_TILL

    def lasts(self, now: datetime) -> bool:
        """Whether it still opens doors."""
        return now < self.expires_at and now < self.seen_at + self.life.idle

    def worth_touching(self, now: datetime) -> bool:
        """Whether its last use is long enough ago to be written anew."""
        return now >= self.seen_at + TOUCH_AFTER
