"""Requests said plainly are read quickly, and read as nothing else than what they say."""

import json
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cashlane.api.v1.plain import SHAPES
from cashlane.counter.messages import BatchIn, HeldBatchIn, HeldIn, PaymentIn
from tests.street.running import Street, run

KEY = "0190f3a0-0000-7000-8000-0000000000ab"
WHOLE: dict[str, Any] = {"outlet": "post-0001", "till": "1", "hold": "h" * 40, "tendered": 100}
ODD: tuple[dict[str, Any], ...] = (
    {"outlet": "post-0001\n"}, {"outlet": ""}, {"outlet": "P"}, {"outlet": "a" * 33},
    {"till": None}, {"till": 1}, {"hold": "h" * 19}, {"hold": "h" * 2001}, {"tendered": -1},
    {"tendered": 10**18}, {"tendered": True}, {"tendered": "100"}, {"tendered": 1.5},
    {"tendered": None}, {"more": 1}, {"key": KEY},
)  # fmt: skip
KEYS = (KEY.replace("-", ""), f"{{{KEY}}}", f"urn:uuid:{KEY}", KEY[:-1], f"{KEY}\n", "", 7, None)


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_the_whole_form_refuses_is_not_plain_either(odd: dict[str, Any]) -> None:
    body = json.dumps(WHOLE | odd)
    with pytest.raises(ValidationError):
        PaymentIn.model_validate_json(body)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=HeldIn)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_key_has_one_spelling_in_a_batch_too(key: object) -> None:
    body = json.dumps({"payments": [WHOLE | {"key": key}]})
    with pytest.raises(ValidationError):
        BatchIn.model_validate_json(body)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=HeldBatchIn)


@given(
    st.fixed_dictionaries(
        {
            "outlet": st.from_regex(r"[a-z0-9-]{0,34}", fullmatch=True),
            "till": st.text(max_size=3),
            "hold": st.text(min_size=15, max_size=40),
            "tendered": st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans()),
        },
        optional={"currency": st.just("CNY")},
    )
)
def test_both_ways_of_reading_say_the_same(said: dict[str, Any]) -> None:
    body = json.dumps(said)
    try:
        plain = msgspec.json.decode(body, type=HeldIn)
    except msgspec.DecodeError:
        return
    whole = PaymentIn.model_validate_json(body)
    for name in HeldIn.__struct_fields__:
        assert getattr(plain, name) == getattr(whole, name)
    assert (whole.currency, whole.code, whole.biller) == (None, None, None)


def test_what_is_not_plain_is_read_whole() -> None:
    read = SHAPES["/v1/payments"].read
    assert isinstance(read(json.dumps(WHOLE).encode()), HeldIn)
    assert isinstance(read(json.dumps(WHOLE | {"currency": "CNY"}).encode()), PaymentIn)
    batch = SHAPES["/v1/batches"].read
    lines = [WHOLE | {"key": KEY}, WHOLE | {"key": KEY, "tendered": 100.0}]
    assert isinstance(batch(json.dumps({"payments": lines[:1]}).encode()), HeldBatchIn)
    found = batch(json.dumps({"payments": lines}).encode())
    assert isinstance(found, BatchIn)
    assert [line.key for line in found.payments] == [UUID(KEY)] * 2


def test_a_large_batch_comes_in_pieces_and_is_answered_once(street: Street) -> None:
    """Beyond what a server hands over at once, and beyond what is read plainly: one answer each,
    and the same again under the same keys."""

    async def main(http: Any) -> None:
        till = street.till(http)
        bill = await till.hold(street.bill())
        held = {"hold": bill["hold"]["token"], "tendered": 10**6}
        unreadable = {"hold": "x" * 2000, "tendered": 1}
        keys = [str(uuid4()) for _ in range(150)]
        lines = [till.at | {"key": keys[0]} | held]
        lines += [till.at | {"key": key} | unreadable for key in keys[1:]]
        assert 1 << 18 < len(json.dumps(lines)) < 1 << 20
        for size in (150, 60):
            answer = await till.ask("POST", "/v1/batches", {"payments": lines[:size]})
            assert answer.status == 200, answer.json
            results = answer.json["results"]
            assert [one["key"] for one in results] == keys[:size]
            assert results[0]["payment"]["bill_ref"] == bill["bill_ref"]
            assert {one["problem"]["code"] for one in results[1:]} == {"HOLD_UNREADABLE"}

    run(main)


def test_a_malformed_line_refuses_its_batch_as_before(street: Street) -> None:
    async def main(http: Any) -> None:
        till = street.till(http)
        line = till.at | {"key": KEY, "hold": "x" * 40, "tendered": 100}
        for odd in ({"tendered": -1}, {"key": "7"}, {"outlet": "P\n"}, {"more": 1}):
            answer = await till.ask("POST", "/v1/batches", {"payments": [line | odd]})
            assert (answer.status, answer.code) == (422, "SCHEMA"), answer.json
            (name,) = odd
            assert [one["pointer"] for one in answer.json["errors"]] == [f"/payments/0/{name}"]

    run(main)
