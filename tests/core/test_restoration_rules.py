"""What may be said about lost service: each refusal, and its neighbour that is allowed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from cashlane.core.refusals import Refused
from cashlane.core.restoration import Case, Course, Fact
from cashlane.core.restoration_rules import (
    AHEAD_MOST_DAYS,
    BEHIND_MOST_DAYS,
    CASES_MOST,
    FACTS_MOST,
    NOTE_MOST,
    check_case,
    check_fact,
)
from cashlane.values.text import LANGUAGES
from tests.core.losses import case, course, day, fact

TODAY = day(20)


def opens(wanted: Case, *others: Course, enabled: int = 10) -> str | None:
    return code(check_case(wanted, others, enabled=enabled, today=TODAY))


def says(said: Course, fact: Fact) -> str | None:
    placed = course(*said.facts, fact, of=said.case).facts[-1]
    return code(check_fact(said, placed, today=TODAY))


def code(refused: Refused | None) -> str | None:
    if refused is None:
        return None
    sentence = refused.sentence()
    assert all("{" not in sentence.say(language) for language in LANGUAGES)
    return refused.code


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({}, None),
        ({"began_on": TODAY + timedelta(days=AHEAD_MOST_DAYS)}, None),
        ({"began_on": TODAY + timedelta(days=AHEAD_MOST_DAYS + 1)}, "RESTORATION_DAY"),
        ({"began_on": TODAY - timedelta(days=BEHIND_MOST_DAYS)}, None),
        ({"began_on": TODAY - timedelta(days=BEHIND_MOST_DAYS + 1)}, "RESTORATION_DAY"),
        ({"outlets_meant": 1}, None),
        ({"outlets_meant": 0}, "RESTORATION_COUNT"),
        ({"outlets_meant": 11}, "RESTORATION_COUNT"),
        ({"note": "x" * NOTE_MOST}, None),
        ({"note": "x" * (NOTE_MOST + 1)}, "RESTORATION_COUNT"),
    ],
)
def test_a_case_has_a_day_and_a_number_that_fit(words: dict[str, Any], refused: str) -> None:
    assert opens(case(**words)) == refused


def lost(many: int, *facts: Fact, **words: Any) -> Course:
    return course(*facts, of=case(id=UUID(int=7), outlets_meant=many, **words))


def test_no_outlet_is_lost_twice_at_a_time() -> None:
    wanted = case(outlets_meant=5, began_on=day(5))
    assert opens(wanted, lost(5)) is None
    assert opens(wanted, lost(6)) == "RESTORATION_OVERLAP"
    assert opens(wanted, lost(6, fact("came", "outlets_on", 5, 1))) is None
    assert opens(wanted, lost(6, fact("came", "outlets_on", 6, 1))) == "RESTORATION_OVERLAP"
    assert opens(wanted, lost(6, fact("closed", None, 5, note="gone"))) is None
    assert opens(wanted, lost(6, began_on=day(9))) == "RESTORATION_OVERLAP"
    assert opens(wanted, lost(6, began_on=day(30))) == "RESTORATION_OVERLAP", "as announced"
    assert opens(case(outlets_meant=5, began_on=day(25)), lost(6)) == "RESTORATION_OVERLAP"


def test_different_bills_are_different_losses() -> None:
    gas, water = case(outlets_meant=5, biller=4), lost(10, biller=3)
    assert opens(gas, water) is None
    assert opens(gas, lost(10, biller=4)) == "RESTORATION_OVERLAP"
    assert opens(gas, lost(10, biller=0)) == "RESTORATION_OVERLAP"
    assert opens(case(outlets_meant=5, biller=0), water) == "RESTORATION_OVERLAP"


def test_outlets_that_are_named_are_named_once() -> None:
    named = lost(2, outlets=(1, 2))
    assert opens(case(outlets_meant=2, outlets=(3, 4)), named) is None
    assert opens(case(outlets_meant=2, outlets=(2, 3)), named) == "RESTORATION_OVERLAP"
    back = lost(2, fact("came", "outlets_on", 4), outlets=(1, 2))
    assert opens(case(outlets_meant=2, outlets=(2, 3), began_on=day(5)), back) is None


def test_an_agent_has_so_many_cases_at_most() -> None:
    over = [lost(1, fact("closed", None, 2, note="gone"))] * CASES_MOST
    assert opens(case(), *over) == "RESTORATION_COUNT"
    assert opens(case(), *over[1:]) is None


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (fact("planned", "repaired", 2), None),
        (fact("planned", "repaired", 1), "RESTORATION_DAY"),
        (fact("planned", "repaired", 20 + AHEAD_MOST_DAYS), None),
        (fact("planned", "repaired", 21 + AHEAD_MOST_DAYS), "RESTORATION_DAY"),
        (fact("came", "repaired", 20), None),
        (fact("came", "repaired", 21), "RESTORATION_DAY"),
        (fact("came", "repaired", 1), "RESTORATION_DAY"),
        (fact("came", "outlets_on", 9, 10), None),
        (fact("came", "outlets_on", 9, 0), None),
        (fact("came", "outlets_on", 9, 11), "RESTORATION_COUNT"),
        (fact("came", "outlets_on", 9, -1), "RESTORATION_COUNT"),
        (fact("came", "outlets_on", 9, note="x" * (NOTE_MOST + 1)), "RESTORATION_COUNT"),
        (fact("mistaken", None, 1), None),
        (fact("closed", None, 9), "RESTORATION_NOTE"),
        (fact("closed", None, 9, note="three closed for good"), None),
        (fact("closed", None, 21, note="soon"), "RESTORATION_DAY"),
        (fact("undone", None, 9), "RESTORATION_CORRECTS"),
        (fact("came", "repaired", 9, corrects=1), "RESTORATION_CORRECTS"),
    ],
)
def test_a_fact_has_a_day_and_a_number_that_fit(said: Fact, refused: str | None) -> None:
    assert says(course(), said) == refused


def test_a_later_stage_never_came_before_an_earlier_one() -> None:
    tested = course(fact("planned", "repaired", 3), fact("came", "tested", 9))
    assert says(tested, fact("came", "outlets_on", 9)) is None
    assert says(tested, fact("came", "outlets_on", 8)) == "RESTORATION_ORDER"
    assert says(tested, fact("came", "repaired", 9)) is None
    assert says(tested, fact("came", "repaired", 10)) == "RESTORATION_ORDER"
    assert says(tested, fact("came", "tested", 10)) is None
    assert says(tested, fact("planned", "outlets_on", 3)) is None, "plans may cross"
    parts = course(fact("came", "outlets_on", 6, 2), fact("came", "outlets_on", 9))
    assert says(parts, fact("came", "tested", 7)) == "RESTORATION_ORDER"
    assert says(parts, fact("came", "tested", 6)) is None


def test_a_correction_does_not_stand_in_its_own_way() -> None:
    said = course(fact("came", "repaired", 9), fact("came", "tested", 9))
    assert says(said, fact("came", "repaired", 10)) == "RESTORATION_ORDER"
    assert says(said, fact("came", "tested", 12, corrects=2)) is None
    assert says(said, fact("came", "tested", 8, corrects=2)) == "RESTORATION_ORDER"
    assert says(said, fact("came", "repaired", 8, corrects=2)) == "RESTORATION_CORRECTS"
    assert says(said, fact("planned", "tested", 12, corrects=2)) == "RESTORATION_CORRECTS"
    assert says(said, fact("undone", None, 20, corrects=2)) is None
    again = course(*said.facts, fact("undone", None, 20, corrects=2))
    assert says(again, fact("undone", None, 20, corrects=2)) == "RESTORATION_CORRECTS"


def test_a_case_that_is_over_takes_corrections_only() -> None:
    over = course(fact("came", "outlets_on", 9), fact("closed", None, 9))
    assert says(over, fact("came", "tested", 9)) == "RESTORATION_CLOSED"
    assert says(over, fact("mistaken", None, 20)) == "RESTORATION_CLOSED"
    assert says(over, fact("closed", None, 12, corrects=2)) is None
    assert says(over, fact("undone", None, 20, corrects=2)) is None
    assert says(course(fact("mistaken", None, 9)), fact("came", "tested", 9)) == (
        "RESTORATION_CLOSED"
    )


def test_a_case_ends_after_its_last_stage() -> None:
    back = course(fact("came", "outlets_on", 9))
    assert says(back, fact("closed", None, 8, note="early")) == "RESTORATION_DAY"
    assert says(back, fact("closed", None, 9)) is None


def test_a_case_takes_so_many_facts_at_most() -> None:
    many = course(*[fact("planned", "tested", 9)] * FACTS_MOST)
    assert says(many, fact("planned", "tested", 9)) == "RESTORATION_COUNT"
    assert says(course(*many.facts[1:]), fact("planned", "tested", 9)) is None
