"""What a biller's desk says, by golden samples: good, broken, empty."""

from datetime import date

import pytest

from cashlane.adapters.billers import desk
from cashlane.adapters.link import Answered
from cashlane.core.bill import Bill, BillKey
from cashlane.core.ports import AlreadyPaid, BillsFound, DeskSilent, NoSuchAccount

KEY = BillKey(biller=7, account="A000001")


def answered(body, status=200):
    return Answered(status, {}, body)


def test_questions_are_the_golden_bytes(golden):
    assert desk.write_question(KEY) == golden("question_account.json")
    named = BillKey(biller=7, account="A000001", ref="B000001")
    assert desk.write_question(named) == golden("question_bill.json")


def test_bills_come_oldest_first(golden):
    assert desk.read(answered(golden("answer_good.json")), KEY) == BillsFound(
        (
            Bill(7, "B000001", "A000001", "202601", 12650, None, "张三"),
            Bill(7, "B000002", "A000001", "202602", 9900, date(2026, 3, 10), "张三"),
        )
    )


def test_nothing_owed_is_an_answer(golden):
    assert desk.read(answered(golden("answer_empty.json")), KEY) == BillsFound(())


def test_a_broken_answer_is_silence(golden):
    found = desk.read(answered(golden("answer_broken.json")), KEY)
    assert found == DeskSilent("the answer is not readable")


def test_an_answer_about_another_account_is_silence(golden):
    other = BillKey(biller=7, account="A000009")
    found = desk.read(answered(golden("answer_good.json")), other)
    assert found == DeskSilent("the answer is about another bill")


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (404, "no_such_account", NoSuchAccount()),
        (404, "no_such_bill", NoSuchAccount()),
        (409, "already_paid", AlreadyPaid()),
        (409, "closed", DeskSilent("status 409")),
        (429, "too_many", DeskSilent("status 429")),
        (500, "already_paid", DeskSilent("status 500")),
    ],
)
def test_refusals(status, code, wanted):
    assert desk.read(answered(f'{{"code":"{code}"}}'.encode(), status), KEY) == wanted
