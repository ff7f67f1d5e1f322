"""The charter of the synthetic city: its parties as an operator would have signed them.

Names are neutral, fees and limits are assumptions, and nothing here speaks of a real company.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Literal

from cashlane.adapters.routes import aggregator_message, bank_message, filedrop
from cashlane.core.barcode import DECLARED_CITY_BILL
from cashlane.core.bill import AmountRule, Biller, CashRule, InputField, Window
from cashlane.core.charter import Brand, Charter, DistrictName, Group, Place
from cashlane.core.fees import FeeSchedule, FeeSlab
from cashlane.core.network import Agent, Contract, Manifest, Route, Till, Way
from cashlane.core.premises import Premises
from cashlane.values.ids import bucket_of
from cashlane.values.money import CNY
from cashlane.values.text import Text
from cashlane.world.city import Chain, City, CityOutlet
from cashlane.world.city_bills import BILLERS, CityBiller

OWN_DRAWER_MOST = 5_000_000
"""50,000 yuan: what a small counter may keep until it is banked."""
SHARED_DRAWER_MOST = 100_000_000_000
"""A shop's till is not ours to bound: bill cash lies among its sales."""
PAYMENT_MOST = 1_000_000
"""10,000 yuan: far above a household's bill."""
AGGREGATOR, BANK, POST_LINE, FILES = 1, 2, 3, 4
TILLS_PER_OUTLET = 10

CASH_RULES: dict[str, CashRule] = {
    "electricity": CashRule("down", "biller"),
    "water": CashRule("carry"),
    "gas": CashRule("exact"),
}
FEE = FeeSchedule(
    number=1,
    bearer="biller",
    slabs=(FeeSlab(up_to=PAYMENT_MOST, flat=30, rate_ppm=0, least=30, most=30),),
    shares=(70, 10, 20),
    valid_from=date(2021, 1, 1),
    valid_until=None,
)
"""0.30 yuan a payment, borne by the biller (assumed)."""

WARM_PPM = 20_000
"""A fiftieth of the payments proves the spare every day (assumed)."""


def _led_by(lead: int, spare: int) -> tuple[Way, ...]:
    return Way(lead, "certified", 0, 0), Way(spare, "certified", WARM_PPM, 0)


_WAYS = {
    "aggregator-a": _led_by(AGGREGATOR, BANK),
    "bank-b": _led_by(BANK, AGGREGATOR),
    "own": _led_by(POST_LINE, AGGREGATOR),
}
_FILED = (Way(FILES, "certified", 0, 0),)

_ACCOUNT = InputField("account", Text("户号", "account number"), 12, 12, digits_only=True)
_ALWAYS: tuple[Window, ...] = (Window(time(0, 0), time(23, 59, 59)),)


def city_charter(city: City) -> Charter:
    """All parties of the synthetic city."""
    agents = [_agent(at, chain) for at, chain in enumerate(city.chains, start=1)]
    numbers = {chain.code: agent.number for chain, agent in zip(city.chains, agents, strict=True)}
    places = [_place(outlet, city, numbers) for outlet in city.outlets]
    return Charter(
        name=Text("合成城市", "Synthetic city"),
        currency=CNY,
        zone="Asia/Shanghai",
        trial=True,
        country="CN",
        districts=tuple(DistrictName(one.key, one.name) for one in city.districts),
        billers=tuple(map(_biller, BILLERS)),
        routes=_routes(),
        fees=(FEE,),
        groups=_groups(city),
        agents=tuple(agents),
        brands=_brands(city, numbers),
        places=tuple(places),
        tills=tuple(_tills(places, city, numbers)),
        contracts=tuple(_contracts(city, numbers)),
    )


def _biller(biller: CityBiller) -> Biller:
    filed = biller.code == "island-gas"
    return Biller(
        number=biller.number,
        code=biller.code,
        name=biller.name,
        kind=biller.kind,
        flow="file" if filed else "inquire",
        fields=(_ACCOUNT,),
        layouts=(f"{DECLARED_CITY_BILL.name}/{biller.issuer}",),
        amount_rule=AmountRule("exact"),
        cash_rule=CASH_RULES[biller.kind],
        choice="any",
        payment_most=PAYMENT_MOST,
        windows=_ALWAYS,
        notices=(),
        inquiries_per_minute=60_000 if biller.kind == "electricity" else 30_000,
        inquiries_per_minute_customer=10,
        parts_allowed=False,
        receipt_discharges=True,
        dedups_across_routes=True,
    )


def _routes() -> tuple[Route, ...]:
    live = tuple(biller.number for biller in BILLERS if biller.code != "island-gas")
    filed = tuple(biller.number for biller in BILLERS if biller.code == "island-gas")
    return (
        _route(AGGREGATOR, "aggregator-a", Text("甲聚合商", "Aggregator A"), "aggregator", live),
        _route(BANK, "bank-b", Text("乙银行", "Bank B"), "bank", live),
        _route(POST_LINE, "post-line", Text("邮政专线", "Post line"), "aggregator", live),
        _route(FILES, "island-files", Text("海岛文件", "Island files"), "file", filed),
    )


def _route(
    number: int,
    code: str,
    name: Text,
    kind: Literal["aggregator", "bank", "file"],
    billers: tuple[int, ...],
) -> Route:
    manifests: dict[str, Manifest] = {
        "aggregator": aggregator_message.MANIFEST,
        "bank": bank_message.MANIFEST,
        "file": filedrop.MANIFEST,
    }
    return Route(number, code, name, kind, manifests[kind], billers)


def _agent(number: int, chain: Chain) -> Agent:
    return Agent(
        number=number,
        code=f"chain-{chain.code}" if chain.kind == "chain" else chain.code,
        name=chain.name,
        kind=chain.kind,
        group=chain.group,
        drawer="own" if chain.kind == "post" else "shared",
    )


def _groups(city: City) -> tuple[Group, ...]:
    names = {chain.group: chain.name for chain in city.chains}
    return tuple(Group(code, name) for code, name in sorted(names.items()))


def _brands(city: City, numbers: dict[str, int]) -> tuple[Brand, ...]:
    return tuple(
        Brand(brand.code, numbers[chain.code], chain.name)
        for chain in city.chains
        for brand in chain.brands
    )


def _place(outlet: CityOutlet, city: City, numbers: dict[str, int]) -> Place:
    own = outlet.chain == "post"
    return Place(
        number=outlet.number,
        code=outlet.code,
        name=outlet.name,
        agent=numbers[outlet.chain],
        brand=outlet.brand,
        district=outlet.district,
        bucket=bucket_of("outlet", outlet.code),
        drawer_most=OWN_DRAWER_MOST if own else SHARED_DRAWER_MOST,
        longitude=outlet.place[0],
        latitude=outlet.place[1],
        premises=_premises(outlet, own=own),
    )


def _premises(outlet: CityOutlet, *, own: bool) -> Premises:
    """Made up from the outlet's number, and saying so: seven of ten doors have no step, of one in
    ten nobody has told."""
    lot = outlet.number * 7_919 % 100
    return Premises(
        address=f"合成路 {1 + outlet.number * 37 % 1_200} 号",
        hours=_hours(outlet, own=own),
        step_free=None if lot < 10 else lot < 80,
        transit=f"合成公交 {1 + outlet.number * 13 % 180} 路，下车步行约 {50 + lot * 4} 米",
        collecting_since=date(2003 + lot % 15, 1 + lot % 12, 1),
    )


def _hours(outlet: CityOutlet, *, own: bool) -> str:
    """A post office rests earlier at weekends (assumed); a shop's hours are its chain's."""
    if not own:
        always = (outlet.opens, outlet.closes) == (0, 24)
        return "24/7" if always else f"{outlet.opens:02d}:00-{outlet.closes:02d}:00"
    opens, closes = f"{outlet.opens:02d}:00", f"{outlet.closes:02d}:00"
    return f"Mo-Fr {opens}-{closes}; Sa,Su,PH {opens}-16:00"


def _tills(places: Sequence[Place], city: City, numbers: dict[str, int]) -> Iterator[Till]:
    post = numbers["post"]
    for place in places:
        for till in range(1, 3 if place.agent == post else 2):
            yield Till(place.number * TILLS_PER_OUTLET + till, str(till), place.number)


def _contracts(city: City, numbers: dict[str, int]) -> Iterator[Contract]:
    """Each chain reaches the live billers by its own way, with another kept warm; files go by the
    drop folder."""
    for chain in city.chains:
        for biller in BILLERS:
            named = _FILED if biller.code == "island-gas" else _WAYS[chain.way]
            yield Contract(numbers[chain.code], biller.number, named, FEE.number, PAYMENT_MOST)
