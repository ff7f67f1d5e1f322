"""A hold's token: ours alone, unchangeable, and a JWS like any other."""

from datetime import UTC, datetime
from uuid import UUID

import jwt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.fees import Fee
from cashlane.core.quote import Hold, Quote, seal, unseal
from cashlane.core.refusals import Refused

KEY = b"k" * 32
KEYS = {"1": KEY, "2": b"l" * 32}
HOLD = Hold(
    UUID(int=7), 3, 5, datetime(2022, 1, 14, 1, tzinfo=UTC),
    Quote(1, "ref", "account", "202112", 8_640, 8_640, Fee(1, "biller", 30, (20, 5, 5)), 8_640, 0,
          1, 0, 1),
)  # fmt: skip
TOKEN = seal(HOLD, key_id="1", key=KEY)


def test_what_was_sealed_is_read_back_under_any_of_our_keys() -> None:
    assert unseal(TOKEN, KEYS) == HOLD
    assert unseal(seal(HOLD, key_id="2", key=KEYS["2"]), KEYS) == HOLD


def test_another_implementation_reads_it_and_writes_what_we_read() -> None:
    payload = jwt.PyJWS().decode(TOKEN, KEY, algorithms=["HS256"])
    assert msgspec.json.decode(payload, type=Hold) == HOLD
    theirs = jwt.PyJWS().encode(payload, KEY, algorithm="HS256", headers={"kid": "1"})
    assert unseal(theirs, KEYS) == HOLD


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_no_token_chooses_how_it_is_checked(algorithm: str) -> None:
    key = None if algorithm == "none" else KEY
    theirs = jwt.PyJWS().encode(
        msgspec.json.encode(HOLD), key, algorithm=algorithm, headers={"kid": "1"}
    )
    assert unseal(theirs, KEYS) == Refused("HOLD_UNREADABLE")


def test_a_key_that_is_ended_reads_nothing() -> None:
    assert unseal(TOKEN, {"2": KEYS["2"]}) == Refused("HOLD_UNREADABLE")


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_changed_letter_is_told(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    wanted = HOLD if changed == TOKEN else Refused("HOLD_UNREADABLE")
    assert unseal(changed, KEYS) == wanted


@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    assert unseal(text, KEYS) == Refused("HOLD_UNREADABLE")


def test_a_rightly_signed_other_thing_is_no_hold() -> None:
    other = jwt.PyJWS().encode(b'{"a": 1}', KEY, algorithm="HS256", headers={"kid": "1"})
    assert unseal(other, KEYS) == Refused("HOLD_UNREADABLE")
