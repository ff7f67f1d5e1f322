"""Takes an operator's list of where people live: all of it or nothing, the latest in force."""

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.demand_list import DemandReading, read_census, read_demand
from cashlane.core.place_list import Declared, Line
from cashlane.store.connect import Single
from cashlane.store.demand import DemandRow, latest_row, put_demand
from cashlane.values.ids import Ids


class HandedDemand(Struct, frozen=True):
    """A list and what was said with it: `census` are the rows of its districts' census, None where
    the list itself counts people; `synthetic` says that its places are made up."""

    name: str
    content: bytes
    lines: Sequence[Line]
    census: Sequence[Line] | None
    declared: Declared
    synthetic: bool
    actor: str


class TakenDemand(Struct, frozen=True):
    """What became of a list. `done`: it is in force now; a list that was in force already is not
    taken again."""

    done: bool
    reading: DemandReading


def take_demand(
    connection: Single, handed: HandedDemand, clock: Clock, ids: Ids, *, for_real: bool
) -> TakenDemand:
    """Take a list; `for_real` False tries it and writes nothing."""
    census = None
    if handed.census is not None:
        census, faults = read_census(handed.census)
        if faults:
            return TakenDemand(False, DemandReading((), tuple(faults), ()))
    reading = read_demand(handed.lines, handed.declared, census)
    digest, now = sha256(handed.content).digest(), clock.now()
    known = latest_row(connection)
    if reading.faults or not for_real or (known is not None and known.sha256 == digest):
        return TakenDemand(False, reading)
    row = DemandRow(
        ids.fresh(now), digest, handed.name, handed.declared.datum, handed.synthetic, now,
        handed.actor, len(reading.places),
    )  # fmt: skip
    put_demand(connection, row, reading.places)
    connection.commit()
    return TakenDemand(True, reading)
