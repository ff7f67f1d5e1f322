"""What the bank's wire carries, by golden samples: good, broken, hostile, empty."""

import pytest

from cashlane.adapters.routes import bank_message as wire
from cashlane.core.ports import Confirmed, Declined, Unknown


def read(golden, deliver, name):
    return wire.read_answer(golden(name), wire.PAY, deliver(1), wire.PAY_CODES)


def test_requests_are_the_golden_bytes(golden, deliver):
    assert wire.write_pay(deliver(1)) == golden("request_pay.xml")
    assert wire.write_query(deliver(1)) == golden("request_query.xml")


def test_good_answers(golden, deliver):
    assert read(golden, deliver, "answer_good.xml") == Confirmed("R000000001", 12650)
    assert read(golden, deliver, "answer_declined.xml") == Declined("201", not_posted=True)


@pytest.mark.parametrize("name", ["broken", "doctype", "twice", "empty"])
def test_anything_else_is_unknown(golden, deliver, name):
    assert read(golden, deliver, f"answer_{name}.xml") == Unknown("the answer is not readable")


def test_another_amount_is_unknown(golden, deliver):
    found = wire.read_answer(
        golden("answer_good.xml").replace(b"126.50", b"126.05"),
        wire.PAY, deliver(1), wire.PAY_CODES,
    )  # fmt: skip
    assert found == Unknown("amount differs", heard=True)


def test_another_payment_is_unknown(golden, deliver):
    found = wire.read_answer(golden("answer_good.xml"), wire.PAY, deliver(2), wire.PAY_CODES)
    assert found == Unknown("the answer is about another payment")


@pytest.mark.parametrize(
    "body",
    [
        b"<msg>" + b"<a>" * 10_000,
        b"<msg><head>" + b"".join(b"<f%d>1</f%d>" % (n, n) for n in range(100)) + b"</head></msg>",
        b"<msg><head><retcode>" + b"0" * 5000 + b"</retcode></head></msg>",
        b'<?xml version="1.0" encoding="UTF-16"?><msg/>',
        b"\x00\x01\x02",
    ],
)
def test_hostile_messages_are_no_messages(body):
    assert not wire.read_fields(body)


def test_text_in_a_request_cannot_become_markup(deliver):
    import msgspec

    nasty = msgspec.structs.replace(deliver(1), bill_ref="<amt>1</amt>&")
    assert wire.read_fields(wire.write_pay(nasty))["body/billno"] == "<amt>1</amt>&"
