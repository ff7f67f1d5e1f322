"""Lost service folded from its facts: stages, lateness, outlets back, outlet-days, the line."""

from datetime import date
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.restoration import (
    Course,
    Fact,
    Standing,
    Step,
    board,
    enabled_outlets,
    lost_outlet_days,
    standing,
    taking_cash,
)
from tests.core.losses import case, course, day, fact
from tests.rolls.counter import network


def stands(*facts: Fact, on: int) -> Standing:
    return standing(course(*facts), day(on))


def test_a_case_of_which_nothing_was_said_is_out_whole() -> None:
    found = stands(on=5)
    assert (found.stage, found.outlets_on, found.outlets_out) == ("repaired", 0, 10)
    assert (found.lost_outlet_days, found.late_days, found.open) == (40, 0, True)
    assert all((one.planned, one.came) == (None, None) for one in found.stages)


def test_before_it_begins_nothing_is_lost() -> None:
    found = stands(on=1)
    assert (found.outlets_out, found.lost_outlet_days, found.open) == (0, 0, True)


def test_stages_go_on_one_by_one() -> None:
    facts = [fact("came", "repaired", 5), fact("came", "reconnected", 6)]
    assert stands(*facts, on=7).stage == "tested"
    tested = [*facts, fact("came", "tested", 8, 2)]
    found = stands(*tested, on=8)
    assert (found.stage, found.outlets_on, found.outlets_out) == ("outlets_on", 2, 8)
    assert found.lost_outlet_days == 6 * 10 + 8
    back = stands(*tested, fact("came", "outlets_on", 9), on=20)
    assert (back.stage, back.outlets_on, back.outlets_out, back.open) == (None, 10, 0, False)
    assert back.lost_outlet_days == 6 * 10 + 8
    assert [one.came for one in back.stages] == [day(5), day(6), day(8), day(9)]


def test_a_later_stage_may_be_all_that_is_known() -> None:
    found = stands(fact("came", "outlets_on", 9), on=9)
    assert (found.stage, found.stages[0].came, found.stages[3].came) == (None, None, day(9))
    assert found.lost_outlet_days == 70


def test_outlets_come_back_in_parts_and_may_be_lost_again() -> None:
    facts = [fact("came", "outlets_on", 4, 6), fact("came", "outlets_on", 6, 10)]
    whole = stands(*facts, on=9)
    assert (whole.stages[3].came, whole.stage) == (day(6), None)
    assert whole.lost_outlet_days == 2 * 10 + 2 * 4
    again = stands(*facts, fact("came", "outlets_on", 8, 7), on=9)
    assert (again.stages[3].came, again.stage, again.outlets_out) == (None, "outlets_on", 3)
    assert again.lost_outlet_days == 2 * 10 + 2 * 4 + 2 * 3
    told = stands(*facts, fact("came", "outlets_on", 7), on=9)
    assert told.stages[3].came == day(6), "it has been whole since the sixth"


@pytest.mark.parametrize(("on", "late"), [(5, 0), (6, 1), (10, 5)])
def test_a_plan_that_passed_is_late(on: int, late: int) -> None:
    found = stands(fact("planned", "repaired", 5), on=on)
    assert (found.stages[0].late_days, found.late_days) == (late, late)


def test_a_stage_that_came_late_stays_told_and_hurries_nobody() -> None:
    found = stands(fact("planned", "repaired", 5), fact("came", "repaired", 8), on=20)
    assert (found.stages[0].late_days, found.late_days) == (3, 0)
    early = stands(fact("planned", "repaired", 5), fact("came", "repaired", 4), on=20)
    assert early.stages[0].late_days == 0


def test_a_stage_that_the_work_has_passed_is_late_no_more() -> None:
    facts = [fact("planned", "repaired", 5), fact("came", "tested", 8)]
    found = stands(*facts, on=20)
    assert [one.behind for one in found.stages] == [True, True, True, False]
    assert (found.stages[0].came, found.stages[0].late_days, found.late_days) == (None, 0, 0)


def test_some_outlets_back_are_the_last_stage_begun() -> None:
    found = stands(fact("planned", "outlets_on", 5), fact("came", "outlets_on", 7, 4), on=9)
    assert (found.stage, found.late_days, found.open) == ("outlets_on", 4, True)
    none = stands(fact("came", "outlets_on", 7, 0), on=9)
    assert none.stage == "repaired"


def test_another_plan_holds_and_the_first_is_remembered() -> None:
    found = stands(fact("planned", "tested", 5), fact("planned", "tested", 12), on=8)
    cell = found.stages[2]
    assert (cell.first_planned, cell.planned, cell.late_days) == (day(5), day(12), 0)


def test_a_correction_replaces_the_first_and_can_be_corrected() -> None:
    facts = [fact("came", "repaired", 5), fact("came", "repaired", 4, corrects=1)]
    assert stands(*facts, on=9).stages[0].came == day(4)
    facts.append(fact("undone", None, 9, corrects=2))
    assert stands(*facts, on=9).stages[0].came is None
    facts.append(fact("undone", None, 9, corrects=3))
    assert stands(*facts, on=9).stages[0].came is None, "what is taken back is said anew, not so"


def test_a_closed_case_loses_no_more() -> None:
    closing = fact("closed", None, 6, note="five shops closed for good")
    found = stands(
        fact("came", "outlets_on", 4, 5), fact("planned", "outlets_on", 3), closing, on=30
    )
    assert (found.closed_on, found.open, found.outlets_out) == (day(6), False, 0)
    assert found.lost_outlet_days == 2 * 10 + 2 * 5
    assert found.late_days == 3, "up to its end, not beyond"
    opened = stands(closing, fact("undone", None, 7, corrects=1), on=9)
    assert (opened.closed_on, opened.open, opened.outlets_out) == (None, True, 10)


def test_what_was_opened_by_mistake_counts_nowhere() -> None:
    wrong = course(fact("mistaken", None, 3))
    assert wrong.outlets_out(day(3)) == 0
    assert lost_outlet_days(wrong, through=day(9)) == 0
    found = board([wrong], {1: 10}, day(9), silent={})
    assert (found.standings, found.taking) == ((), 10)


def other(number: int, agent: int, **words: object) -> Course:
    words |= {"id": UUID(int=number), "agent": agent}
    return course(fact("came", "outlets_on", 10), of=case(**words))


def test_outlets_taking_cash_are_those_enabled_less_those_out() -> None:
    enabled = {1: 10, 2: 20}
    courses = [course(fact("came", "outlets_on", 6)), other(2, 2, outlets_meant=4)]
    steps = taking_cash(courses, enabled, first=day(1), last=day(31))
    assert steps == [Step(day(1), 30), Step(day(2), 16), Step(day(6), 26), Step(day(10), 30)]
    assert taking_cash(courses, enabled, first=day(3), last=day(7)) == [
        Step(day(3), 16), Step(day(6), 26),
    ]  # fmt: skip


def test_a_day_on_which_nothing_changes_is_no_step() -> None:
    same = course(fact("came", "outlets_on", 4, 6), fact("came", "outlets_on", 6, 6))
    assert taking_cash([same], {1: 10}, first=day(3), last=day(9)) == [
        Step(day(3), 0), Step(day(4), 6),
    ]  # fmt: skip


def test_an_agent_has_no_more_outlets_out_than_it_has() -> None:
    twice = [course(), other(2, 1), other(3, 9)]
    assert taking_cash(twice, {1: 10, 2: 5}, first=day(5), last=day(5)) == [Step(day(5), 5)]


def test_a_case_about_one_bill_leaves_outlets_taking_others() -> None:
    gas = other(2, 1, biller=4)
    assert taking_cash([gas], {1: 10}, first=day(1), last=day(9)) == [Step(day(1), 10)]


def test_the_board_puts_first_what_is_open_and_largest() -> None:
    small, back = other(3, 2, outlets_meant=3), other(4, 3)
    large = course(of=case(id=UUID(int=5), agent=4, outlets_meant=9))
    found = board([back, small, large], {1: 1, 2: 3, 3: 10, 4: 9}, day(9), silent={})
    assert [one.case.agent for one in found.standings] == [3, 4, 2]
    later = board([back, small, large], {1: 1, 2: 3, 3: 10, 4: 9}, day(12), silent={})
    assert [one.case.agent for one in later.standings] == [4, 2, 3]
    assert (later.enabled, later.taking, later.steps[0].since) == (23, 14, date(2021, 12, 26))


def test_the_line_begins_before_the_trouble_and_not_years_ago() -> None:
    assert board([], {1: 7}, day(20), silent={}).steps == (Step(day(13), 7),)
    old = course(of=case(began_on=date(2012, 1, 1)))
    assert board([old], {1: 10}, day(20), silent={}).steps == (Step(date(2020, 12, 16), 0),)
    coming = course(of=case(began_on=day(25)))
    assert board([coming], {1: 10}, day(20), silent={}).steps == (Step(day(13), 10),)


def test_enabled_are_those_that_the_register_has_on() -> None:
    plain = network()
    count = {agent: len(outlets) for agent, outlets in plain.outlets_by_agent().items()}
    assert enabled_outlets(plain, day(9)) == count
    gone = structs.replace(plain, withdrawn={(1, 0): day(9), (2, 3): day(1)})
    agent = plain.outlets[1].agent
    assert enabled_outlets(gone, day(8)) == count
    assert enabled_outlets(gone, day(9)) == count | {agent: count[agent] - 1}
    off = {**plain.outlets, 1: structs.replace(plain.outlets[1], suspended=True)}
    shut = structs.replace(plain, outlets=off)
    assert enabled_outlets(shut, day(9)) == count | {agent: count[agent] - 1}
