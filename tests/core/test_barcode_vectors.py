"""Published and declared sample codes: each is read, and printed back to the same characters."""

from datetime import date

import pytest

from cashlane.core.barcode import (
    BRAZIL_COLLECTION,
    DECLARED_CITY_BILL,
    GS1_BILL,
    JAPAN_SLIP,
    LAYOUTS,
    SWISS_REFERENCE,
    THAI_BILL,
    CodeRead,
    Layout,
    print_code,
    read_code,
    read_fields,
)
from cashlane.core.barcode.checks import crc16

BILLERS = {
    ("japan_slip", "912345"): 1,
    ("japan_slip", "942386"): 2,
    ("brazil_collection", "21234"): 3,
    ("thai_bill", "099400016550100"): 4,
    ("swiss_reference", "210000"): 5,
    ("gs1_bill", "4012345678901"): 6,
    ("declared_city_bill", "001"): 7,
}
JAPAN_1 = "91912345012345678901234567890101033101230003"
JAPAN_2 = "91942386178953917853935692730103073110312903"
BRAZIL = "82650000001234512342022030300000000000000001"
THAI = "|099400016550100\r123456789012\r670429\r364922"
THAI_QR = (
    "00020101021230650016A000000677010112011509940001655010002121234567890120306670429"
    "53037645802TH54073649.2263044534"
)
SWISS = "210000000003139471430009017"
GS1 = "41540123456789018020AB-12/7\x1d391215612345\x1d12220131"
CITY = "31001010100000017202112000126500"

VECTORS = [
    (JAPAN_SLIP, JAPAN_1, 1, "012345678901234567890", 123_000, date(2001, 3, 31)),
    (JAPAN_SLIP, JAPAN_2, 2, "178953917853935692730", 31_290, date(2003, 7, 31)),
    (BRAZIL_COLLECTION, BRAZIL, 3, "20220303-00000000000000001", 12_345, date(2022, 3, 3)),
    (THAI_BILL, THAI, 4, "123456789012-670429", 364_922, None),
    (SWISS_REFERENCE, SWISS, 5, "00000313947143000901", None, None),
    (GS1_BILL, GS1, 6, "AB-12/7", 12_345, date(2022, 1, 31)),
]


def read(text: str) -> CodeRead:
    """Read a text that must be understood."""
    answer = read_code(text, LAYOUTS, BILLERS)
    assert isinstance(answer, CodeRead), answer
    return answer


@pytest.mark.parametrize(("layout", "text", "biller", "ref", "amount", "due_on"), VECTORS)
def test_vector_is_read_and_printed_back(
    layout: Layout, text: str, biller: int, ref: str, amount: int | None, due_on: date | None
) -> None:
    found = read(text)
    assert (found.layout, found.biller, found.ref) == (layout.name, biller, ref)
    assert (found.amount, found.due_on) == (amount, due_on)
    fields = read_fields(layout, text)
    assert isinstance(fields, dict)
    assert print_code(layout, fields, form="symbol") == text


def test_the_city_code_carries_account_and_period() -> None:
    text = print_code(
        DECLARED_CITY_BILL,
        {"issuer": 1, "account": city_account("01010000001"), "period": "202112", "amount": 12650},
        form="symbol",
    )
    assert len(text) == 32
    found = read(text)
    assert found.account == city_account("01010000001")
    assert (found.period, found.amount, found.due_on) == ("202112", 12_650, None)
    assert found.ref == f"{found.account}-202112"


def city_account(digits: str) -> str:
    """An account number with its check digit."""
    from cashlane.core.barcode import iso7064_mod11_10

    return digits + iso7064_mod11_10(digits)


SAME = [
    (JAPAN_2, "(91)942386-1789539178539356927301-030731-1-031290-3"),
    (JAPAN_2, "]C1" + JAPAN_2 + "\r\n"),
    (JAPAN_2, "\x1d" + JAPAN_2 + "\n"),
    (JAPAN_2, " (91)942386 178953917853935692730 1 030731 1 031290 3 "),
    (BRAZIL, "826500000011234512342028203030000004000000000018"),
    (BRAZIL, "82650000001-1 23451234202-8 20303000000-4 00000000001-8"),
    (BRAZIL, "]I0" + BRAZIL + "\r"),
    (THAI, THAI_QR),
    (THAI, "]Q1" + THAI_QR.lower().replace("th", "TH").replace("a000", "A000") + "\r\n"),
    (THAI, THAI.replace("\r", "\n") + "\r\n"),
    (THAI, THAI.replace("\r", "\r\n")),
    (SWISS, "21 00000 00003 13947 14300 09017"),
    (GS1, "(415)4012345678901(8020)AB-12/7(3912)15612345(12)220131"),
    (GS1, "]C1" + GS1),
    (GS1, "4154012345678901\x1d12220131\x1d8020AB-12/7\x1d391215612345"),
    (GS1, "41540123456789018020AB-12/7\x1d390212345\x1d12220100"),
]


@pytest.mark.parametrize(("symbol", "other"), SAME)
def test_typed_and_scanned_are_the_same_bill(symbol: str, other: str) -> None:
    assert read(other) == read(symbol)


def test_the_thai_qr_text_ends_in_the_published_crc() -> None:
    fields = read_fields(THAI_BILL, THAI)
    assert isinstance(fields, dict)
    assert print_code(THAI_BILL, fields, form="thai_qr") == THAI_QR
    assert crc16("123456789") == "29B1"


def test_a_reprinted_slip_is_the_same_bill() -> None:
    fields = read_fields(JAPAN_SLIP, JAPAN_2)
    assert isinstance(fields, dict)
    later = {**fields, "reissue": "2", "due": "030831", "amount": "031500"}
    del later["check"]
    again = read(print_code(JAPAN_SLIP, later, form="symbol"))
    first = read(JAPAN_2)
    assert (again.ref, again.account) == (first.ref, first.account)
    assert (again.amount, again.due_on) == (31_500, date(2003, 8, 31))


@pytest.mark.parametrize(
    ("layout", "form", "text"),
    [
        (JAPAN_SLIP, "brackets", "(91)942386178953917853935692730103073110312903"),
        (SWISS_REFERENCE, "groups", "21 00000 00003 13947 14300 09017"),
        (GS1_BILL, "brackets", "(415)4012345678901(8020)AB-12/7(3912)15612345(12)220131"),
    ],
)
def test_what_stands_under_the_symbol(layout: Layout, form: str, text: str) -> None:
    symbol = {"japan_slip": JAPAN_2, "swiss_reference": SWISS, "gs1_bill": GS1}[layout.name]
    fields = read_fields(layout, symbol)
    assert isinstance(fields, dict)
    assert print_code(layout, fields, form=form) == text
