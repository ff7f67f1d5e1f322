"""Open bills of the simulated city: tariffs applied to made-up consumption of made-up people.

A bill's identity is what its printed code says, because both come from the same layout.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from math import log
from random import Random

from msgspec import Struct

from cashlane.core.barcode import DECLARED_CITY_BILL, iso7064_mod11_10, print_code, ref_of
from cashlane.core.bill import Bill, BillLine
from cashlane.values.text import Text
from cashlane.world.bills import BillRow
from cashlane.world.census import District, counter_weights
from cashlane.world.city import City, Neighbourhood
from cashlane.world.tariffs import Kind, charge, tariff_on


class CityBiller(Struct, frozen=True):
    """Who issues bills in the city. `issuer` is its number inside the city's bill code."""

    number: int
    code: str
    name: Text
    kind: Kind
    issuer: str


BILLERS: tuple[CityBiller, ...] = (
    CityBiller(1, "city-power", Text("城市电力", "City Power"), "electricity", "001"),
    CityBiller(2, "east-water", Text("东区水务", "East Water"), "water", "002"),
    CityBiller(3, "west-water", Text("西区水务", "West Water"), "water", "003"),
    CityBiller(4, "north-gas", Text("北区燃气", "North Gas"), "gas", "004"),
    CityBiller(5, "south-gas", Text("南区燃气", "South Gas"), "gas", "005"),
    CityBiller(6, "island-gas", Text("海岛燃气", "Island Gas"), "gas", "006"),
)
_BY_CODE = {biller.code: biller for biller in BILLERS}
_ISSUER = {biller.number: biller.issuer for biller in BILLERS}

BILLERS_BY_ISSUER: Mapping[tuple[str, str], int] = {
    (DECLARED_CITY_BILL.name, biller.issuer): biller.number for biller in BILLERS
}
"""What `read_code` needs to know of the city's billers."""

YEARLY_MEDIAN: Mapping[Kind, int] = {"electricity": 2_000, "water": 120, "gas": 120}
"""kWh and m3 of a household (assumed, so that the first step covers the large majority)."""

_SPREAD = 0.5
_MONTHS = (95, 90, 75, 65, 65, 75, 110, 115, 85, 65, 70, 90)
"""Thousandths of a year's electricity per month (assumed: cold winters, hot summers)."""
_TWO_MONTHS = {"water": (155, 155, 165, 185, 180, 160), "gas": (215, 185, 150, 125, 140, 185)}
_PEAK_OF_100 = (50, 70)


class CityBill(Struct, frozen=True):
    """An open bill, where it lies, and the age band of who pays it. All people are made up."""

    bill: Bill
    biller: str
    household: int
    district: str
    neighbourhood: int
    age_band: int


def loaded(row: CityBill) -> BillRow:
    """The same bill as it is loaded into its biller's book."""
    bill = row.bill
    return BillRow(bill.ref, bill.account, bill.period, bill.amount, bill.due_on, bill.customer)


def make_bills(city: City, seed: int, count: int) -> Iterator[CityBill]:
    """So many open bills of the city's month, household by household; repeatable by seed."""
    chance = Random(f"bills {seed}")  # noqa: S311 - repeatable bills, not a secret
    made = 0
    for household in _households(city, chance):
        for row in _bills_of(city.month, household, chance):
            if made == count:
                return
            made += 1
            yield row


class _Household(Struct, frozen=True):
    number: int
    district: District
    place: int
    home: Neighbourhood
    age_band: int
    customer: str


def _households(city: City, chance: Random) -> Iterator[_Household]:
    """Households without end, districts by their households, places by their people."""
    places = tuple(_Place(at, area, city) for at, area in enumerate(city.districts, 1))
    bounds = list(accumulate(area.households for area in city.districts))
    number = 0
    while True:
        for place in chance.choices(places, cum_weights=bounds, k=1_000):
            number += 1
            yield place.household(number, chance)


class _Place:
    """A district prepared for drawing households from it."""

    def __init__(self, at: int, area: District, city: City) -> None:
        self._at, self._area = at, area
        self._homes = [home for home in city.neighbourhoods if home.district == area.key]
        self._home_bounds = list(accumulate(home.population for home in self._homes))
        self._bands = range(len(area.ages))
        self._band_bounds = list(accumulate(counter_weights(area)))

    def household(self, number: int, chance: Random) -> _Household:
        """One household: its neighbourhood, the age of its payer, a name."""
        home = chance.choices(self._homes, cum_weights=self._home_bounds)[0]
        band = chance.choices(self._bands, cum_weights=self._band_bounds)[0]
        return _Household(number, self._area, self._at, home, band, _name(chance))


_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def _name(chance: Random) -> str:
    """A made-up name that says so: the given name is a pair of calendar signs, as 王甲子."""
    at = chance.randrange(60)
    return chance.choice(_SURNAMES) + _STEMS[at % 10] + _BRANCHES[at % 12]


def _bills_of(month: date, household: _Household, chance: Random) -> Iterator[CityBill]:
    """The bills a household holds in a month: last month's power, and the last pair of months."""
    area = household.district
    year, last = (month.year, month.month - 1) if month.month > 1 else (month.year - 1, 12)
    pair_year, pair = (year, last // 2) if last > 1 else (year - 1, 6)
    for code, ended, part in (
        ("city-power", date(year, last, 1), last - 1),
        (area.water, date(pair_year, pair * 2, 1), pair - 1),
        (area.gas, date(pair_year, pair * 2, 1), pair - 1),
    ):
        biller = _BY_CODE[code]
        before, used = _consumption(biller.kind, part, chance)
        lines = charge(tariff_on(biller.kind, ended), before=before, used=used)
        due_on = month.replace(day=chance.randint(10, 28))
        yield _row(biller, household, lines, f"{ended:%Y%m}", due_on)


def _row(
    biller: CityBiller,
    household: _Household,
    lines: tuple[BillLine, ...],
    period: str,
    due_on: date,
) -> CityBill:
    account = account_number(household.place, biller.kind, household.number)
    bill = Bill(
        biller=biller.number,
        ref=ref_of(DECLARED_CITY_BILL, {"account": account, "period": period}),
        account=account,
        period=period,
        amount=sum(line.amount for line in lines),
        due_on=due_on,
        customer=household.customer,
        lines=lines,
    )
    area, home = household.district, household.home
    return CityBill(bill, biller.code, household.number, area.key, home.number, household.age_band)


def _consumption(kind: Kind, part: int, chance: Random) -> tuple[int, tuple[int, ...]]:
    """Units used earlier in the year, and in this part of it, whole as a meter shows them.

    A year's use is log-normal round the median; at least one unit a part is used.
    """
    year = round(chance.lognormvariate(log(YEARLY_MEDIAN[kind]), _SPREAD))
    parts: Sequence[int] = _MONTHS if kind == "electricity" else _TWO_MONTHS[kind]
    before, end = (year * sum(parts[:at]) // 1_000 for at in (part, part + 1))
    used = max(1, end - before)
    if kind != "electricity":
        return before, (used,)
    peak = used * chance.randint(*_PEAK_OF_100) // 100
    return before, (peak, used - peak)


_KIND_DIGIT: Mapping[Kind, int] = {"electricity": 1, "water": 2, "gas": 3}


def account_number(district: int, kind: Kind, household: int) -> str:
    """Twelve digits: district, kind of supply, household, check digit (ISO 7064 MOD 11,10)."""
    digits = f"{district:02d}{_KIND_DIGIT[kind]}{household:08d}"
    return digits + iso7064_mod11_10(digits)


def printed_code(bill: Bill, *, form: str) -> str:
    """The code on a bill's paper, in a form of the city's layout ("symbol" or "groups")."""
    fields: dict[str, str | int] = {
        "issuer": _ISSUER[bill.biller],
        "account": bill.account,
        "period": bill.period,
        "amount": bill.amount,
    }
    return print_code(DECLARED_CITY_BILL, fields, form=form)
