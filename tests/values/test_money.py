"""Money: strict at the door, exact inside, nothing lost in a division."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.values.money import (
    AMOUNT_MAX,
    CNY,
    per_million,
    read_amount,
    read_minor,
    share_out,
    write_amount,
)

JPY = msgspec.structs.replace(CNY, code="JPY", exponent=0, cash_unit=1)
KWD = msgspec.structs.replace(CNY, code="KWD", exponent=3)

HOSTILE = [
    "",
    " ",
    "１２６",
    "12６",
    "1_000",
    " 126",
    "126 ",
    "126\n",
    "+126",
    "-126",
    "1e3",
    "1E3",
    "0x1f",
    "1,000",
    "٣",
    "²",
    "1" * 13,
    "NaN",
    "Infinity",
    "\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_no_money(text: str) -> None:
    assert read_minor(text) is None
    assert read_amount(text, CNY) is None


@pytest.mark.parametrize("text", ["126.", ".5", "126.500", "1.2.3", "126.5 ", "126．50", "1.-5"])
def test_what_is_no_amount(text: str) -> None:
    assert read_minor(text) is None
    assert read_amount(text, CNY) is None


@pytest.mark.parametrize(
    ("text", "amount"), [("126", 12_600), ("126.5", 12_650), ("126.50", 12_650), ("0.07", 7)]
)
def test_what_people_type(text: str, amount: int) -> None:
    assert read_amount(text, CNY) == amount


def test_decimals_follow_the_currency() -> None:
    assert read_amount("126.5", JPY) is None
    assert read_amount("126", JPY) == 126
    assert read_amount("1.234", KWD) == 1_234
    assert write_amount(126, JPY) == "126"
    assert write_amount(-5, CNY) == "-0.05"
    assert write_amount(-126, JPY) == "-126"


def test_the_largest_amount() -> None:
    assert read_minor("9" * 12) == AMOUNT_MAX
    assert read_amount("9" * 10 + ".99", CNY) == AMOUNT_MAX


@given(st.integers(0, AMOUNT_MAX), st.sampled_from([CNY, JPY]))
def test_written_and_read_back(amount: int, currency: object) -> None:
    assert currency in (CNY, JPY)
    known = CNY if currency == CNY else JPY
    if amount < 10**10:
        assert read_amount(write_amount(amount, known), known) == amount


@given(st.text(max_size=20))
def test_no_text_raises(text: str) -> None:
    for answer in (read_minor(text), read_amount(text, CNY)):
        assert answer is None or answer >= 0


weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(st.integers(0, AMOUNT_MAX), weights)
def test_share_out_is_exact_and_fair(total: int, given_weights: list[int]) -> None:
    parts = share_out(total, given_weights)
    whole = sum(given_weights)
    assert sum(parts) == total
    for part, weight in zip(parts, given_weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part


def test_share_out_gives_the_rest_to_the_largest_remainder_then_the_first() -> None:
    assert share_out(100, (1, 1, 1)) == (34, 33, 33)
    assert share_out(10, (1, 2, 4)) == (1, 3, 6)
    assert share_out(0, (1,)) == (0,)


@pytest.mark.parametrize(("total", "shares"), [(-1, (1,)), (1, (0, 0)), (1, (2, -1)), (1, ())])
def test_what_cannot_be_shared(total: int, shares: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError):
        share_out(total, shares)


def test_per_million_rounds_half_up() -> None:
    assert per_million(100, 5_000) == 1
    assert per_million(99, 5_000) == 0
    assert per_million(300, 5_000) == 2
    with pytest.raises(AssertionError):
        per_million(-1, 5_000)
    with pytest.raises(AssertionError):
        per_million(1, -5_000)
