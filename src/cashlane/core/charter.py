"""A charter: all parties of a network as an operator hands them in, before they are numbered rows.

The synthetic city is one charter; a real city's onboarding is another.
"""

from msgspec import Struct

from cashlane.core.bill import Biller
from cashlane.core.fees import FeeSchedule
from cashlane.core.network import Agent, Contract, Route, Till
from cashlane.core.premises import UNTOLD, Premises
from cashlane.values.money import Currency
from cashlane.values.text import Text


class Place(Struct, frozen=True):
    """An outlet with its place on earth (WGS-84 degrees) and its drawer's bound in minor units."""

    number: int
    code: str
    name: Text
    agent: int
    brand: str
    district: str
    bucket: int
    drawer_most: int
    longitude: float
    latitude: float
    premises: Premises = UNTOLD


class Brand(Struct, frozen=True):
    """A name over the door, within an agent."""

    code: str
    agent: int
    name: Text


class Group(Struct, frozen=True):
    """A legal group that owns agents."""

    code: str
    name: Text


class DistrictName(Struct, frozen=True):
    """What a district is called."""

    code: str
    name: Text


class Charter(Struct, frozen=True):
    """Everything a network needs to open. `trial` marks books that may hold synthetic days;
    `country` (ISO 3166) says whose public holidays opening hours speak of."""

    name: Text
    currency: Currency
    zone: str
    trial: bool
    billers: tuple[Biller, ...]
    routes: tuple[Route, ...]
    fees: tuple[FeeSchedule, ...]
    groups: tuple[Group, ...]
    agents: tuple[Agent, ...]
    brands: tuple[Brand, ...]
    places: tuple[Place, ...]
    tills: tuple[Till, ...]
    contracts: tuple[Contract, ...]
    country: str = ""
    districts: tuple[DistrictName, ...] = ()
