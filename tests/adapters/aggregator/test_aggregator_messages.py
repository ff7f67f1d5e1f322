"""What the aggregator's wire carries, by golden samples: good, broken, cut short, empty."""

from datetime import UTC, datetime, timedelta

import pytest

from cashlane.adapters.routes import aggregator_message as wire
from cashlane.adapters.routes.verdict import Said, judge
from cashlane.core.ports import Confirmed, Declined, NotFound, Unknown

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
SECRET = b"a secret of the test"


@pytest.fixture
def two(deliver):
    return [deliver(1), deliver(2, amount=9900)]


def read(golden, two, name):
    batch = wire.write_pay(two).batch
    return wire.read_answer(golden(name), batch, two, wire.PAY_CODES)


def test_requests_are_the_golden_bytes(golden, two):
    assert wire.write_pay(two).body == golden("request_pay.json")
    assert wire.write_ask(two).body == golden("request_query.json")


def test_good_answer(golden, two):
    assert read(golden, two, "answer_good.json") == [
        Confirmed("R000000001", 12650),
        Declined("2004", not_posted=True, duplicate=True),
    ]


def test_amounts_that_are_not_plain_digits_confirm_nothing(golden, two):
    assert read(golden, two, "answer_broken.json") == [Unknown("amount differs", heard=True)] * 2


def test_an_answer_cut_short_or_about_nothing_is_unknown(golden, two):
    assert read(golden, two, "answer_cut.json") == [Unknown("the answer is not readable")] * 2
    assert read(golden, two, "answer_empty.json") == [Unknown("no answer about this payment")] * 2


def test_an_answer_to_another_message_is_unknown(golden, two):
    found = wire.read_answer(golden("answer_good.json"), "other", two, wire.PAY_CODES)
    assert found == [Unknown("the answer is about another message")] * 2


def test_two_different_answers_about_one_payment_are_unknown(golden, two):
    said = golden("answer_good.json").replace(b"]}", b"," + _told(two[0], "2001") + b"]}")
    found = wire.read_answer(said, wire.write_pay(two).batch, two, wire.PAY_CODES)
    assert found[0] == Unknown("two different answers about this payment")


def test_the_same_answer_twice_is_one_answer(golden, two):
    body = golden("answer_good.json")
    first = body[body.index(b"[") + 1 : body.index(b"},") + 1]
    twice = body.replace(b"]}", b"," + first + b"]}")
    found = wire.read_answer(twice, wire.write_pay(two).batch, two, wire.PAY_CODES)
    assert found[0] == Confirmed("R000000001", 12650)


def _told(delivery, code):
    serial = wire.serial(delivery)
    return f'{{"serial":"{serial}","code":"{code}","fen":"12650","trace":""}}'.encode()


@pytest.mark.parametrize("code", ["", "9001", "0000 ", "OK", "2001\n"])
def test_a_code_outside_the_table_is_unknown(code):
    assert isinstance(judge(wire.PAY_CODES, Said(code, 1, ""), 1), Unknown)


def test_not_found_is_an_answer_only_to_a_question():
    assert judge(wire.QUERY_CODES, Said("4001", 1, ""), 1) == NotFound()
    assert isinstance(judge(wire.PAY_CODES, Said("4001", 1, ""), 1), Unknown)


def test_only_a_right_and_recent_signature_vouches():
    headers = wire.sign(SECRET, NOW, b"body")
    assert wire.vouched(SECRET, headers, b"body", NOW)
    assert not wire.vouched(SECRET, headers, b"bodY", NOW)
    assert not wire.vouched(b"another", headers, b"body", NOW)
    assert not wire.vouched(SECRET, headers, b"body", NOW + timedelta(seconds=301))
    assert not wire.vouched(SECRET, {}, b"body", NOW)


def test_manifest_declares_only_codes_of_the_table():
    for code in wire.MANIFEST.not_posted_codes:
        assert wire.PAY_CODES[code].not_posted
