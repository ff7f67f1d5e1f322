"""Bills: the tariffs to the fen, and one identity whether made, printed, scanned or typed."""

from datetime import date
from statistics import median

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.barcode import DECLARED_CITY_BILL, LAYOUTS, CodeRead, iso7064_mod11_10, read_code
from cashlane.core.bill import mask_name
from cashlane.world.city import City, make_city
from cashlane.world.city_bills import (
    BILLERS,
    BILLERS_BY_ISSUER,
    CityBill,
    loaded,
    make_bills,
    printed_code,
)
from cashlane.world.tariffs import Kind, charge, tariff_on

WINTER = date(2021, 12, 1)


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(1)


@pytest.fixture(scope="module")
def rows(city: City) -> list[CityBill]:
    return list(make_bills(city, 1, 3_000))


def year_of(kind: Kind, day: date, units: int, bills: int) -> int:
    """What a year's even use costs, in yuan per bill."""
    tariff, total = tariff_on(kind, day), 0
    for at in range(bills):
        before, end = units * at // bills, units * (at + 1) // bills
        used = end - before
        parts = (used * 60 // 100, used - used * 60 // 100) if kind == "electricity" else (used,)
        total += sum(line.amount for line in charge(tariff, before=before, used=parts))
    return round(total / bills / 100)


@pytest.mark.parametrize(
    ("kind", "day", "units", "bills", "yuan"),
    [
        ("electricity", WINTER, 1_200, 12, 49),
        ("electricity", WINTER, 2_400, 12, 99),
        ("electricity", WINTER, 3_120, 12, 128),
        ("electricity", WINTER, 4_000, 12, 168),
        ("electricity", WINTER, 6_000, 12, 282),
        ("water", WINTER, 80, 6, 54),
        ("water", WINTER, 120, 6, 81),
        ("water", WINTER, 180, 6, 122),
        ("water", WINTER, 220, 6, 149),
        ("water", WINTER, 280, 6, 207),
        ("water", date(2021, 10, 31), 80, 6, 46),
        ("water", date(2021, 10, 31), 120, 6, 69),
        ("water", date(2021, 10, 31), 180, 6, 104),
        ("water", date(2021, 10, 31), 280, 6, 175),
        ("gas", WINTER, 60, 6, 30),
        ("gas", WINTER, 120, 6, 60),
        ("gas", WINTER, 200, 6, 100),
        ("gas", WINTER, 310, 6, 155),
    ],
)
def test_bill_sizes(kind: Kind, day: date, units: int, bills: int, yuan: int) -> None:
    assert abs(year_of(kind, day, units, bills) - yuan) <= 1


def test_a_bill_across_a_step() -> None:
    lines = charge(tariff_on("water", WINTER), before=210, used=(30,))
    assert [(line.name.en, line.amount) for line in lines] == [
        ("step 1 water", 4_050),
        ("step 2 water", 11_600),
    ]
    power = charge(tariff_on("electricity", WINTER), before=4_790, used=(21, 0))
    assert [line.amount for line in power] == [677, 1_075]  # 1,074.7 rounds half up
    assert charge(tariff_on("electricity", WINTER), before=0, used=(0, 0)) == ()


@given(st.integers(0, 9_000), st.integers(0, 3_000), st.integers(0, 3_000))
def test_no_unit_is_lost_between_steps(before: int, peak: int, valley: int) -> None:
    flat = msgspec.structs.replace(
        tariff_on("electricity", WINTER),
        steps=tuple(
            msgspec.structs.replace(step, prices=(10, 10))
            for step in tariff_on("electricity", WINTER).steps
        ),
    )
    lines = charge(flat, before=before, used=(peak, valley))
    assert sum(line.amount for line in lines) == peak + valley


def test_the_printed_code_names_the_same_bill(rows: list[CityBill]) -> None:
    for row in rows[:600]:
        for form in ("symbol", *DECLARED_CITY_BILL.forms):
            found = read_code(printed_code(row.bill, form=form), LAYOUTS, BILLERS_BY_ISSUER)
            assert isinstance(found, CodeRead)
            assert (found.biller, found.ref) == (row.bill.biller, row.bill.ref)
            assert (found.account, found.period) == (row.bill.account, row.bill.period)
            assert found.amount == row.bill.amount


def test_rows_hold_together(city: City, rows: list[CityBill]) -> None:
    areas = {area.key: area for area in city.districts}
    homes = {home.number: home for home in city.neighbourhoods}
    by_number = {biller.number: biller for biller in BILLERS}
    for row in rows:
        bill, area = row.bill, areas[row.district]
        assert by_number[bill.biller].code == row.biller
        assert row.biller in {"city-power", area.water, area.gas}
        assert homes[row.neighbourhood].district == row.district
        assert 1 <= row.age_band <= 6
        assert sum(line.amount for line in bill.lines) == bill.amount > 0
        assert iso7064_mod11_10(bill.account[:-1]) == bill.account[-1]
        assert bill.period == "202112"
        assert bill.due_on is not None
        assert (bill.due_on.year, bill.due_on.month) == (2022, 1)
        assert mask_name(bill.customer).endswith("**")


def test_a_biller_loads_the_same_bill(rows: list[CityBill]) -> None:
    bill, row = rows[0].bill, loaded(rows[0])
    assert (row.bill_ref, row.account, row.period) == (bill.ref, bill.account, bill.period)
    assert (row.amount, row.due_on, row.customer) == (bill.amount, bill.due_on, bill.customer)


def test_no_two_bills_are_one(rows: list[CityBill]) -> None:
    assert len({(row.bill.biller, row.bill.ref) for row in rows}) == len(rows)


def test_billers_serve_their_areas(rows: list[CityBill]) -> None:
    assert {row.biller for row in rows} == {biller.code for biller in BILLERS}
    assert all(row.district == "chongming" for row in rows if row.biller == "island-gas")


def test_amounts_are_those_of_a_city(rows: list[CityBill]) -> None:
    for kind, low, high in (("electricity", 7_500, 10_500), ("water", 7_000, 9_000)):
        numbers = {biller.number for biller in BILLERS if biller.kind == kind}
        amounts = [row.bill.amount for row in rows if row.bill.biller in numbers]
        assert low < median(amounts) < high


@pytest.mark.parametrize(
    ("month", "power", "pairs"),
    [
        (date(2022, 1, 1), "202112", "202112"),
        (date(2022, 2, 1), "202201", "202112"),
        (date(2022, 3, 1), "202202", "202202"),
        (date(2022, 12, 1), "202211", "202210"),
    ],
)
def test_periods_of_a_month(city: City, month: date, power: str, pairs: str) -> None:
    later = msgspec.structs.replace(city, month=month)
    periods = [row.bill.period for row in make_bills(later, 1, 3)]
    assert periods == [power, pairs, pairs]


def test_the_seed_decides(city: City, rows: list[CityBill]) -> None:
    assert list(make_bills(city, 1, 300)) == rows[:300]
    assert list(make_bills(city, 2, 300)) != rows[:300]
    assert list(make_bills(city, 1, 0)) == []


def test_a_hundred_thousand_bills_have_as_many_identities(city: City) -> None:
    refs = {(row.biller, row.bill.ref) for row in make_bills(city, 1, 100_000)}
    assert len(refs) == 100_000
