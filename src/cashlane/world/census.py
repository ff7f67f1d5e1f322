"""The people of the simulated city: districts, households and ages, from the census of 2020.

Origin of the figures: data/districts.json. Outlines there are synthetic and approximate.
"""

from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.values.money import share_out
from cashlane.values.text import Text
from cashlane.world.outline import Point

PHONE_USE_PPM = (857_700, 857_700, 833_800, 755_600, 681_500, 441_600, 321_000)
"""People who paid by phone in the last two years, by age band: the central bank's consumer
survey of 2021. Its youngest band (18-30) stands for the two youngest here."""

BILLS_PER_HOUSEHOLD_YEAR = 24
"""Twelve for electricity, six for water, six for gas (assumed rhythm)."""

OFFLINE_PPM = 100_000
"""Share of bills paid over a counter, city-wide: about a tenth, as reported for 2021."""


class District(Struct, frozen=True):
    """A district: census figures, who supplies it, and a synthetic outline.

    `ages` counts people by the bands of data/districts.json; `with_elders` are households with
    somebody of 65 or more. `water` and `gas` are codes of billers.
    """

    code: str
    key: str
    name: Text
    inner: bool
    water: Literal["east-water", "west-water"]
    gas: Literal["north-gas", "south-gas", "island-gas"]
    population: int
    households: int
    one_person: int
    with_elders: int
    ages: tuple[int, ...]
    centre: Point
    outline: tuple[Point, ...]


class _File(Struct, frozen=True):
    note: str
    age_bands: tuple[str, ...]
    districts: tuple[District, ...]


def read_data(name: str) -> bytes:
    """A data file of the simulated city."""
    return files("cashlane.world").joinpath("data", name).read_bytes()


def districts() -> tuple[District, ...]:
    """The sixteen districts, in the order of their codes."""
    return msgspec.json.decode(read_data("districts.json"), type=_File).districts


def age_bands() -> tuple[str, ...]:
    """The names of the age bands."""
    return msgspec.json.decode(read_data("districts.json"), type=_File).age_bands


def counter_weights(district: District) -> tuple[int, ...]:
    """How strongly each age band pays at counters: adults who do not pay by phone.

    People under 20 pay no bills of their own here. By these weights people of 60 and more are
    six tenths of the payers in inner districts and about half in outer ones.
    """
    phone = zip(district.ages, PHONE_USE_PPM, strict=True)
    weights = [count * (1_000_000 - ppm) // 1_000_000 for count, ppm in phone]
    return (0, *weights[1:])


def counter_bills_per_year(all_districts: tuple[District, ...]) -> dict[str, int]:
    """Bills a year paid at counters in each district, by key: OFFLINE_PPM of all bills.

    Shared out by who does not pay by phone, so that old districts have more of them.
    """
    homes = sum(district.households for district in all_districts)
    total = homes * BILLS_PER_HOUSEHOLD_YEAR * OFFLINE_PPM // 1_000_000
    weights = [sum(counter_weights(district)) for district in all_districts]
    parts = share_out(total, weights)
    return {district.key: part for district, part in zip(all_districts, parts, strict=True)}
