"""The ground of a story: the simulated city with the story's outlets, as the network knows it.

All worlds stand on one ground as long as their channels are the same.
"""

from datetime import date
from functools import lru_cache

from msgspec import Struct, structs

from cashlane.core.fees import FeeSchedule, FeeSlab
from cashlane.core.network import (
    NO_STAND_IN,
    Agent,
    Contract,
    Manifest,
    Network,
    Outlet,
    Route,
    Way,
)
from cashlane.trial.charter import PAYMENT_MOST, city_charter
from cashlane.trial.replay.given import Channel, Given, WayKind
from cashlane.values.money import CNY
from cashlane.values.text import Text
from cashlane.world.city import Brand, Chain, City, CityOutlet, chains, city_of

BILLER = 1
"""All billers of the story were cut off alike, so one stands for them all."""
SPARE = 9
ROUTES: dict[WayKind, int] = {"own": 1, "aggregator": 2, "bank": 3}
USUAL_FEE, SPARE_FEE = 1, 2

_UNUSED = Manifest(
    dedups_by_payment_id=True,
    not_found_final=True,
    answers_status=True,
    voids=True,
    not_posted_codes=(),
    shut_codes=(),
    grace_s=0,
    per_message=1,
    per_second=1,
)
"""No message is sent in a replay: what a route can repeat or undo is never asked."""


class Ground(Struct, frozen=True):
    """A city, and what of the network no world of the story differs in."""

    city: City
    agents: dict[str, Agent]
    outlets: dict[int, Outlet]
    quiet: tuple[int, ...]

    @property
    def places(self) -> tuple[CityOutlet, ...]:
        """The outlets in the order of their numbers, which begin at 1."""
        return self.city.outlets


@lru_cache(maxsize=8)
def ground_of(channels: tuple[Channel, ...], seed: int) -> Ground:
    """The ground under a world: its channels' outlets placed from a seed."""
    known = {chain.code: chain for chain in chains()}
    order = [code for code in known if code in {channel.code for channel in channels}]
    counts = {channel.code: channel.outlets for channel in channels}
    city = city_of(seed, tuple(_chain(known[code], counts[code]) for code in order))
    charter = city_charter(city)
    agents = {chain.code: agent for chain, agent in zip(city.chains, charter.agents, strict=True)}
    outlets = {outlet.number: _outlet(outlet, agents) for outlet in city.outlets}
    return Ground(city, agents, outlets, _quiet(city))


def _chain(chain: Chain, outlets: int) -> Chain:
    """A chain with the story's number of outlets; the signs over their doors do not matter."""
    return structs.replace(chain, brands=(Brand(chain.code, outlets),))


def _outlet(outlet: CityOutlet, agents: dict[str, Agent]) -> Outlet:
    return Outlet(
        number=outlet.number,
        code=outlet.code,
        name=outlet.name,
        agent=agents[outlet.chain].number,
        brand=outlet.brand,
        district=outlet.district,
        bucket=0,
        drawer_most=0,
        suspended=False,
    )


def _quiet(city: City) -> tuple[int, ...]:
    """Post offices, the quietest first: beside the smallest neighbourhood, then by number."""
    people = {home.number: home.population for home in city.neighbourhoods}
    posts = [outlet for outlet in city.outlets if outlet.chain == "post"]
    posts.sort(key=lambda outlet: (people[outlet.neighbourhood], outlet.number))
    return tuple(outlet.number for outlet in posts)


def network_of(ground: Ground, facts: Given, contracts: dict[str, tuple[Way, ...]]) -> Network:
    """The network in which each channel reaches the billers by these ways, in this order."""
    biller = next(one for one in city_charter(ground.city).billers if one.number == BILLER)
    return Network(
        version=1,
        currency=CNY,
        zone="Asia/Shanghai",
        billers={BILLER: biller},
        routes={number: _route(number) for number in (*ROUTES.values(), SPARE)},
        agents={agent.number: agent for agent in ground.agents.values()},
        outlets=ground.outlets,
        tills={},
        contracts={
            (ground.agents[code].number, BILLER): Contract(
                ground.agents[code].number, BILLER, ways, USUAL_FEE, PAYMENT_MOST
            )
            for code, ways in contracts.items()
        },
        fees={USUAL_FEE: usual_fee(facts), SPARE_FEE: spare_fee(facts)},
        withdrawn={},
        stand_in=NO_STAND_IN,
    )


def _route(number: int) -> Route:
    name = Text(f"通道{number}", f"route {number}")
    return Route(number, str(number), name, "aggregator", _UNUSED, (BILLER,))


def usual_fee(facts: Given) -> FeeSchedule:
    """What a payment costs over the way it always took."""
    return _fee(facts, USUAL_FEE, facts.fee_fen, facts.first_day)


def spare_fee(facts: Given) -> FeeSchedule:
    """What a payment costs over the spare; the shares are the same."""
    return _fee(facts, SPARE_FEE, facts.spare_fee_fen, facts.first_day)


def _fee(facts: Given, number: int, fen: int, since: date) -> FeeSchedule:
    return FeeSchedule(
        number=number,
        bearer="biller",
        slabs=(FeeSlab(up_to=PAYMENT_MOST, flat=fen, rate_ppm=0, least=fen, most=fen),),
        shares=(facts.fee_share_agent, facts.fee_share_operator, facts.fee_share_route),
        valid_from=since,
        valid_until=None,
    )
