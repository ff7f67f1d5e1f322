"""Takes lists of programmes at outlets, and of who came for them: all of a list or nothing, and
only what it tells anew."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.place_list import Line
from cashlane.core.programme_list import (
    PlacementReading,
    VisitReading,
    read_placements,
    read_visits,
)
from cashlane.store import programmes as store
from cashlane.store.connect import Single
from cashlane.store.programmes import ListRow
from cashlane.values.ids import Ids


class HandedList(Struct, frozen=True):
    """A list and what was said with it; `synthetic` says that what it tells is made up."""

    name: str
    content: bytes
    lines: Sequence[Line]
    synthetic: bool
    actor: str


class TakenPlacements(Struct, frozen=True):
    """What became of a list. `done`: it was written; `fresh` of its rows told something new."""

    done: bool
    reading: PlacementReading
    fresh: int


class TakenVisits(Struct, frozen=True):
    """Likewise of a list of who came."""

    done: bool
    reading: VisitReading
    fresh: int


def take_placements(
    connection: Single, handed: HandedList, clock: Clock, ids: Ids, *, for_real: bool
) -> TakenPlacements:
    """Take a list of what is where from when; `for_real` False tries it."""
    outlets, known = store.outlet_numbers(connection), store.read_programmes(connection)
    reading = read_placements(handed.lines, outlets, known)
    before = set(store.read_placements(connection))
    fresh = [one for one in reading.placed if one not in before]
    done = for_real and not reading.faults
    if done:
        row = _row(handed, "placements", clock, ids, told=len(fresh))
        store.put_placements(connection, row, reading.named, fresh)
        connection.commit()
    return TakenPlacements(done, reading, len(fresh))


def take_visits(
    connection: Single, handed: HandedList, clock: Clock, ids: Ids, *, on: date, for_real: bool
) -> TakenVisits:
    """Take a list of who came, as of a business date; `for_real` False tries it."""
    outlets, placed = store.outlet_numbers(connection), store.read_placements(connection)
    reading = read_visits(handed.lines, outlets, placed, on)
    before = set(store.attendances_in(connection, {one.month for one in reading.counted}))
    fresh = [one for one in reading.counted if one not in before]
    done = for_real and not reading.faults
    if done:
        store.put_visits(connection, _row(handed, "visits", clock, ids, told=len(fresh)), fresh)
        connection.commit()
    return TakenVisits(done, reading, len(fresh))


def _row(
    handed: HandedList, kind: Literal["placements", "visits"], clock: Clock, ids: Ids, *, told: int
) -> ListRow:
    now = clock.now()
    return ListRow(
        ids.fresh(now), sha256(handed.content).digest(), kind, handed.name, handed.synthetic, now,
        handed.actor, len(handed.lines), told,
    )  # fmt: skip
