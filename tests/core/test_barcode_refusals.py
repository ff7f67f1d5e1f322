"""What cannot be understood is refused with the reason that helps the person at the counter."""

from dataclasses import dataclass

import msgspec
import pytest

from cashlane.core.barcode import (
    DECLARED_CITY_BILL,
    LAYOUTS,
    SWISS_REFERENCE,
    THAI_BILL,
    CodeRefusal,
    Layout,
    faults,
    iso7064_mod11_10,
    print_code,
    read_code,
    read_fields,
)
from cashlane.core.barcode.checks import CHECKS
from cashlane.core.barcode.layout import Check
from tests.core.test_barcode_vectors import (
    BILLERS,
    BRAZIL,
    CITY,
    GS1,
    JAPAN_2,
    SWISS,
    THAI,
    THAI_QR,
)


def city(**changes: str | int) -> str:
    fields = {"issuer": "001", "account": "010100000013", "period": "202112", "amount": 12650}
    fields["account"] = "01010000001" + iso7064_mod11_10("01010000001")
    return print_code(DECLARED_CITY_BILL, {**fields, **changes}, form="symbol")


def wide(text: str) -> str:
    """The same digits as a Chinese input method types them."""
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def wrong(text: str) -> str:
    """The same code with a wrong last digit."""
    return text[:-1] + str((int(text[-1]) + 1) % 10)


def japan(**changes: str) -> str:
    from cashlane.core.barcode import JAPAN_SLIP

    fields = read_fields(JAPAN_SLIP, JAPAN_2)
    assert isinstance(fields, dict)
    del fields["check"]
    return print_code(JAPAN_SLIP, {**fields, **changes}, form="symbol")


REFUSED = [
    ("", "NOT_A_CODE"),
    ("   \r\n", "NOT_A_CODE"),
    ("hello", "NOT_A_CODE"),
    ("户号", "NOT_A_CODE"),
    ("9" * 600, "CODE_TOO_LONG"),
    (wide(JAPAN_2), "NOT_ASCII_DIGITS"),
    (JAPAN_2[:-1] + "٣", "NOT_ASCII_DIGITS"),
    (wrong(JAPAN_2), "CHECK_DIGIT_WRONG"),
    (wrong(SWISS), "CHECK_DIGIT_WRONG"),
    (wrong(city()), "CHECK_DIGIT_WRONG"),
    (BRAZIL[:3] + "6" + BRAZIL[4:], "CHECK_DIGIT_WRONG"),
    ("826500000012234512342028203030000004000000000018", "CHECK_DIGIT_WRONG"),
    (THAI_QR[:-1] + "5", "CHECK_DIGIT_WRONG"),
    (GS1.replace("8901", "8902"), "CHECK_DIGIT_WRONG"),
    (JAPAN_2[:-1], "CODE_WRONG_LENGTH"),
    (city()[:20], "CODE_WRONG_LENGTH"),
    (JAPAN_2 + JAPAN_2, "CODE_TOO_LONG"),
    (GS1 + "\x1d9912", "CODE_TOO_LONG"),
    ("4154012345678901", "CODE_WRONG_LENGTH"),
    ("415401234", "CODE_WRONG_LENGTH"),
    (f"4154012345678901{'8020' + 'A' * 26}", "CODE_TOO_LONG"),
    ("|0994000165501\r12\r\r0", "CODE_WRONG_LENGTH"),
    ("|099400016550100\r1*2\r\r0", "NOT_A_CODE"),
    (japan(issuer="900000"), "UNKNOWN_ISSUER"),
    (city(issuer="999"), "UNKNOWN_ISSUER"),
    (japan(due="011332"), "BAD_DATE"),
    (japan(due="010230"), "BAD_DATE"),
    (city(period="202113"), "BAD_DATE"),
    (city(period="000001"), "BAD_DATE"),
    (GS1.replace("220131", "221301"), "BAD_DATE"),
    (GS1.replace("156", "978"), "BAD_AMOUNT"),
    (GS1.replace("3912", "3913"), "BAD_AMOUNT"),
    ("41540123456789018020X\x1d3902100\x1d3912156200", "BAD_AMOUNT"),
    ("41540123456789018020X\x1d3900" + "9" * 15, "BAD_AMOUNT"),
    ("41540123456789018020X\x1d3900" + "9" * 11, "BAD_AMOUNT"),
    ("41540123456789018020X\x1d390", "CODE_WRONG_LENGTH"),
    ("41540123456789018020X\x1d3912156", "CODE_WRONG_LENGTH"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_refused(text: str, code: str) -> None:
    answer = read_code(text, LAYOUTS, BILLERS)
    assert isinstance(answer, CodeRefusal)
    assert answer.code == code


def test_an_amount_of_nothing_is_no_amount() -> None:
    for text in (city(amount=0), japan(amount="000000"), THAI.replace("364922", "0"), THAI[:-7]):
        answer = read_code(text, LAYOUTS, BILLERS)
        assert not isinstance(answer, CodeRefusal)
        assert answer.amount is None


def test_no_due_date_and_a_loose_one() -> None:
    none = read_code(japan(due="999999"), LAYOUTS, BILLERS)
    assert not isinstance(none, CodeRefusal)
    assert none.due_on is None
    fields = read_fields(LAYOUTS[2], BRAZIL)
    assert isinstance(fields, dict)
    del fields["check"]
    loose = print_code(LAYOUTS[2], {**fields, "due": "99999999"}, form="symbol")
    answer = read_code(loose, LAYOUTS, BILLERS)
    assert not isinstance(answer, CodeRefusal)
    assert answer.due_on is None


def test_an_index_quantity_is_no_amount() -> None:
    fields = read_fields(LAYOUTS[2], BRAZIL)
    assert isinstance(fields, dict)
    del fields["check"]
    text = print_code(LAYOUTS[2], {**fields, "value_kind": "9"}, form="symbol")
    answer = read_code(text, LAYOUTS, BILLERS)
    assert not isinstance(answer, CodeRefusal)
    assert answer.amount is None


SECOND = msgspec.structs.replace(SWISS_REFERENCE, name="second")
PLAIN_27 = msgspec.structs.replace(
    SWISS_REFERENCE, name="plain_27", check=None, ref=("issuer", "reference")
)


def test_a_code_that_two_layouts_claim_is_asked() -> None:
    billers = {**BILLERS, ("plain_27", "210000"): 99}
    answer = read_code(SWISS, (*LAYOUTS, PLAIN_27), billers)
    assert isinstance(answer, CodeRefusal)
    assert answer.code == "TWO_LAYOUTS_CLAIM"
    assert {(one.layout, one.biller) for one in answer.readings} == {
        ("swiss_reference", 5),
        ("plain_27", 99),
    }


def test_two_layouts_that_mean_the_same_bill_need_no_question() -> None:
    answer = read_code(SWISS, (*LAYOUTS, SECOND), {**BILLERS, ("second", "210000"): 5})
    assert not isinstance(answer, CodeRefusal)
    assert answer.layout == "swiss_reference"


def test_a_layout_without_a_biller_of_ours_claims_nothing() -> None:
    answer = read_code(SWISS, (PLAIN_27, SWISS_REFERENCE), BILLERS)
    assert not isinstance(answer, CodeRefusal)


def test_no_layouts_no_code() -> None:
    assert read_code(SWISS, (), BILLERS) == CodeRefusal("NOT_A_CODE")


@pytest.mark.parametrize(
    "text",
    [
        "0002016304",
        "00020101",
        "00020153031565802TH",
        "00020130300016A0000006770101120103125303764",
        "00020130240016A000000677010112010053037645405a.bcd",
        "00020130240016A0000006770101120100530376454051.234",
    ],
)
def test_a_qr_of_another_kind_is_not_a_thai_bill(text: str) -> None:
    from cashlane.core.barcode.checks import crc16

    sealed = text + "6304" + crc16(text + "6304")
    assert read_fields(THAI_BILL, sealed) == CodeRefusal("NOT_A_CODE", "thai_bill")


@dataclass
class Misprint:
    fields: dict[str, str | int]
    says: str


@pytest.mark.parametrize(
    "misprint",
    [
        Misprint({"issuer": "1234"}, "issuer"),
        Misprint({"issuer": "１２３"}, "issuer"),
        Misprint({"account": "010100000018"}, "account"),
        Misprint({"amount": 123_456_789}, "amount"),
        Misprint({"colour": "red"}, "colour"),
        Misprint({"prefix": "32"}, "prefix"),
        Misprint({"check": "x"}, "check digit"),
    ],
)
def test_what_does_not_fit_is_not_printed(misprint: Misprint) -> None:
    with pytest.raises(ValueError, match=misprint.says):
        city(**misprint.fields)


def test_the_declared_layouts_have_no_faults() -> None:
    for layout in LAYOUTS:
        assert faults(layout) == ()
        assert layout.check is None or layout.check.rule in CHECKS


def test_faults_of_a_layout_are_told() -> None:
    issuer, reference, _ = SWISS_REFERENCE.fields
    bad: Layout = msgspec.structs.replace(
        SWISS_REFERENCE,
        fields=(
            msgspec.structs.replace(issuer, kind="const", value="12"),
            msgspec.structs.replace(reference, least=30),
            msgspec.structs.replace(reference, ended=True, least=1),
            msgspec.structs.replace(reference, name="more", least=2),
        ),
        check=Check("gone", "mod10_recursive"),
        period="month",
        due=LAYOUTS[1].due,
    )
    assert set(faults(bad)) == {
        "no field 'gone'",
        "no field 'month'",
        "no field 'due'",
        "two fields of one name",
        "issuer: constant of another length",
        "reference: shortest above longest",
        "reference: varies in length but has no end",
        "reference: ends at a separator that the layout does not have",
        "more: varies in length but has no end",
    }


def test_the_sample_city_code_is_what_we_print() -> None:
    assert len(CITY) == 32
    assert city() == CITY
