"""Takes a survey of who needs a counter: all of it or nothing, about the places on record."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.place_list import Line
from cashlane.core.survey import SurveyReading, read_survey
from cashlane.store.connect import Single
from cashlane.store.demand import Demand
from cashlane.store.surveys import SurveyRow, is_known, put_survey
from cashlane.values.ids import Ids


class HandedSurvey(Struct, frozen=True):
    """A survey and what was said with it: who made it, and on which date it ended."""

    name: str
    content: bytes
    lines: Sequence[Line]
    made_by: str
    ended_on: date
    actor: str


class TakenSurvey(Struct, frozen=True):
    """What became of a survey. `done`: it was written; one that is known already is not again."""

    done: bool
    reading: SurveyReading


def take_survey(
    connection: Single, handed: HandedSurvey, demand: Demand, clock: Clock, ids: Ids, *,
    for_real: bool,
) -> TakenSurvey:  # fmt: skip
    """Take a survey about the places of the list in force; `for_real` False tries it."""
    reading = read_survey(handed.lines, demand.places)
    digest, now = sha256(handed.content).digest(), clock.now()
    if not reading.found or not for_real or is_known(connection, digest):
        return TakenSurvey(False, reading)
    assert demand.row is not None, "places come with their list"
    row = SurveyRow(
        ids.fresh(now), digest, handed.name, handed.made_by, handed.ended_on, demand.row.id, now,
        handed.actor, len(reading.found),
    )  # fmt: skip
    put_survey(connection, row, reading.found)
    connection.commit()
    return TakenSurvey(True, reading)
