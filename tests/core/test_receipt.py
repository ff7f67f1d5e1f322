"""Receipt numbers and codes: true ones are read however they are typed, forged ones refused."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.receipt import (
    NUMBER_MAX,
    NotSealed,
    ReceiptKey,
    Sealed,
    make_code,
    read_code,
    read_receipt_number,
    receipt_number,
)

OLD = ReceiptKey(1, b"the old secret of this network..")
NEW = ReceiptKey(2, b"the new secret of this network..")
DAY = date(2022, 1, 14)
CODE = make_code(OLD, outlet=1, business_date=DAY, number=12)
TRUE = Sealed(outlet=1, business_date=DAY, number=12, key=1)


def test_the_code_of_a_known_receipt() -> None:
    assert len(CODE) == 24
    assert CODE.startswith("0001-3XRG-0C")
    assert read_code(CODE, [OLD]) == TRUE


@given(
    outlet=st.integers(0, (1 << 20) - 1),
    day=st.dates(date(2000, 1, 1), date(2179, 6, 6)),
    number=st.integers(1, NUMBER_MAX),
)
def test_round_trip(outlet: int, day: date, number: int) -> None:
    code = make_code(NEW, outlet=outlet, business_date=day, number=number)
    assert read_code(code, [OLD, NEW]) == Sealed(outlet, day, number, 2)


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"  {CODE}\r\n",
        CODE.replace("0", "O"),
        CODE.replace("0", "o").replace("1", "I"),
        CODE.replace("1", "l"),
        CODE.replace("-", "\u3000"),
    ],
)
def test_typed_as_people_do(typed: str) -> None:
    assert read_code(typed, [OLD]) == TRUE


@pytest.mark.parametrize(
    "typed", ["", "0001", CODE + "0", CODE[:-1], CODE[:-1] + "U", CODE[:-1] + "Ａ", "0" * 5000]
)
def test_what_is_no_code_at_all(typed: str) -> None:
    assert read_code(typed, [OLD]) == NotSealed("MALFORMED")


def test_two_keys_are_valid_while_one_retires() -> None:
    newer = make_code(NEW, outlet=1, business_date=DAY, number=12)
    assert newer != CODE
    assert read_code(CODE, [NEW, OLD]) == TRUE
    assert read_code(newer, [NEW, OLD]) == Sealed(1, DAY, 12, 2)
    assert read_code(CODE, [NEW]) == NotSealed("FORGED")
    assert read_code(CODE, []) == NotSealed("FORGED")


def test_forged_codes_are_refused() -> None:
    chance = random.Random(20220114)
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for _ in range(2_000):
        seal = "".join(chance.choice(alphabet) for _ in range(10))
        assert read_code(CODE[:12] + seal, [OLD, NEW]) == NotSealed("FORGED")


def test_a_true_seal_does_not_fit_another_receipt() -> None:
    for number in range(1, 1_201):
        other = make_code(OLD, outlet=1, business_date=DAY, number=number)
        if number != 12:
            assert read_code(other[:12] + CODE[12:], [OLD]) == NotSealed("FORGED")


def test_every_single_wrong_letter_is_refused() -> None:
    bare = CODE.replace("-", "")
    for at, letter in enumerate(bare):
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if other != letter:
                assert read_code(bare[:at] + other + bare[at + 1 :], [OLD]) == NotSealed("FORGED")


def test_a_weak_secret_is_not_used() -> None:
    with pytest.raises(AssertionError, match="32 bytes"):
        make_code(ReceiptKey(3, b"short"), outlet=1, business_date=DAY, number=1)


@pytest.mark.parametrize(("outlet", "number"), [(1 << 20, 1), (1, 0), (1, NUMBER_MAX + 1)])
def test_what_the_code_cannot_carry(outlet: int, number: int) -> None:
    with pytest.raises(AssertionError):
        make_code(OLD, outlet=outlet, business_date=DAY, number=number)


def test_receipt_numbers() -> None:
    written = receipt_number(outlet_code="post-0001", business_date=DAY, number=12)
    assert written == "post-0001-20220114-00012"
    assert read_receipt_number(f" {written.upper()} ") == ("post-0001", DAY, 12)


@pytest.mark.parametrize(
    "text",
    ["", "post-0001", "post-0001-20221314-00012", "post-0001-20220114-12", "post-20220114-0001２"],
)
def test_what_is_no_receipt_number(text: str) -> None:
    assert read_receipt_number(text) is None
