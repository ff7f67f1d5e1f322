"""What the till page's handlers stand on: the counter, the people at it, their shifts."""

from msgspec import Struct

from cashlane.cash.shift import Shifts
from cashlane.counter.service import Service
from cashlane.people.doors import TillDoor
from cashlane.people.own_word import OwnWord
from cashlane.people.sessions import Sessions


class CashierRoom(Struct, frozen=True):
    """Built by main. `public` is the address that citizens reach, None for the page's own."""

    service: Service
    door: TillDoor
    sessions: Sessions
    own_word: OwnWord
    shifts: Shifts
    public: str | None
