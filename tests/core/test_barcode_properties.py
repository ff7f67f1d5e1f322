"""Properties of all layouts: what is printed is read, and one wrong digit never passes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashlane.core.barcode import (
    BRAZIL_COLLECTION,
    DECLARED_CITY_BILL,
    GS1_BILL,
    JAPAN_SLIP,
    LAYOUTS,
    SWISS_REFERENCE,
    CodeRead,
    CodeRefusal,
    Field,
    Layout,
    print_code,
    read_code,
    read_fields,
)
from cashlane.core.barcode.checks import CHECKS, crc16
from tests.core.test_barcode_vectors import THAI_QR

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/."
DATES = {"YYMMDD": ["220131", "240229", "991231"], "YYYYMMDD": ["20220131", "00000000"]}


def texts_of(layout: Layout, field: Field) -> st.SearchStrategy[str]:
    """Texts that may stand in a field."""
    if layout.due and layout.due.field == field.name:
        return st.sampled_from(DATES[layout.due.form])
    if layout.period == field.name:
        return st.sampled_from(["202112", "202201"])
    if field.name == "amount_in":
        return st.builds("{}156{}".format, st.integers(0, 2), st.integers(0, 9999))
    if layout is GS1_BILL and field.name == "amount":
        return st.builds("{}{}".format, st.integers(0, 2), st.integers(1, 9999))
    if field.among:
        return st.sampled_from(field.among)
    alphabet = LETTERS if field.kind == "alnum" else "0123456789"
    size = field.most - 1 if field.check else field.most
    low = size if field.check else field.least
    digits = st.text(alphabet, min_size=low, max_size=size)
    if field.check:
        rule = CHECKS[field.check]
        return digits.map(lambda text: text + rule(text))
    return digits


def fields_of(layout: Layout) -> st.SearchStrategy[dict[str, str]]:
    """Contents for a whole code; of GS1's two amounts only one is used."""
    check = layout.check.field if layout.check else ""
    named = {
        field.name: texts_of(layout, field)
        for field in layout.fields
        if field.kind != "const" and field.name not in {check, "amount_in"}
    }
    return st.fixed_dictionaries(named)


class Everyone(dict[tuple[str, str], int]):
    """Every issuer is a biller of ours."""

    def get(self, _key: object, _default: object = None) -> int:  # type: ignore[override]
        return 1


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_printed_is_read(layout: Layout, data: st.DataObject) -> None:
    fields = data.draw(fields_of(layout))
    symbol = print_code(layout, fields, form="symbol")
    found = read_fields(layout, symbol)
    assert isinstance(found, dict), found
    assert {name: found.get(name, "") for name in fields} == fields
    assert print_code(layout, found, form="symbol") == symbol
    reading = read_code(symbol, [layout], Everyone())
    assert isinstance(reading, CodeRead), reading
    for form in layout.forms:
        assert read_code(print_code(layout, found, form=form), [layout], Everyone()) == reading


MOD_10 = [JAPAN_SLIP, SWISS_REFERENCE, DECLARED_CITY_BILL]


@pytest.mark.parametrize("layout", MOD_10, ids=lambda layout: layout.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_single_wrong_digit_is_refused(layout: Layout, data: st.DataObject) -> None:
    symbol = print_code(layout, data.draw(fields_of(layout)), form="symbol")
    for changed in neighbours(symbol):
        assert isinstance(read_code(changed, [layout], Everyone()), CodeRefusal), changed


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_single_wrong_digit_of_a_brazilian_mod_10_code_is_refused(
    data: st.DataObject,
) -> None:
    fields = {**data.draw(fields_of(BRAZIL_COLLECTION)), "value_kind": "6"}
    symbol = print_code(BRAZIL_COLLECTION, fields, form="symbol")
    kind = 2  # a change of the value kind may choose the other rule
    for changed in neighbours(symbol):
        same_rule = changed[kind] in "67"
        answer = read_code(changed, [BRAZIL_COLLECTION], Everyone())
        assert isinstance(answer, CodeRefusal) or not same_rule


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_single_wrong_digit_of_a_location_number_is_refused(data: st.DataObject) -> None:
    fields = data.draw(fields_of(GS1_BILL))
    symbol = print_code(GS1_BILL, fields, form="symbol")
    for changed in neighbours(symbol[3:16]):
        answer = read_code("415" + changed + symbol[16:], [GS1_BILL], Everyone())
        assert isinstance(answer, CodeRefusal)


def neighbours(symbol: str) -> list[str]:
    """Every text that differs in exactly one digit."""
    return [
        symbol[:at] + digit + symbol[at + 1 :]
        for at in range(len(symbol))
        for digit in "0123456789"
        if digit != symbol[at]
    ]


def test_the_crc_notices_every_single_wrong_character() -> None:
    body, crc = THAI_QR[:-4], THAI_QR[-4:]
    assert all(crc16(changed) != crc for changed in neighbours(body))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text("0123456789|\r\x1d()-", max_size=80))
def test_nothing_that_is_scanned_raises(text: str) -> None:
    assert isinstance(read_code(text, LAYOUTS, Everyone()), CodeRead | CodeRefusal)


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789", min_size=1, max_size=30))
def test_check_digits_close_the_sum(digits: str) -> None:
    for rule in ("mod10_31", "luhn", "mod10_recursive", "iso7064_mod11_10"):
        check = CHECKS[rule](digits)
        assert len(check) == 1
        assert check in "0123456789"
