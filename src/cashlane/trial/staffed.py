"""Somebody to work in a trial: people at desks, cashiers, enrolled tills.

Made once in a data folder and kept in its secrets: the next start tells the same logins.
"""

import msgspec
from msgspec import Struct

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.network import Agent, Network, Outlet
from cashlane.home import Home, clock_offset
from cashlane.main import network_of, people_of
from cashlane.people.first_staff import agent_post, desk_posts, first_staff, outlet_posts
from cashlane.people.staff import Issued
from cashlane.people.tills import Tills
from cashlane.store.connect import Pool, open_pool
from cashlane.trial.keeping import keep
from cashlane.values.secret import Secret

FILE = "trial-logins.json"
TILL = "1"
"""The till that is enrolled at each staffed outlet."""
CASHIERS = 2


class Login(Struct, frozen=True):
    """A synthetic person's login and the word for it: a PIN at a till, else a password."""

    login: str
    role: str
    word: str


class SeatedTill(Struct, frozen=True):
    """A till that can be sat at: its secret, and a cashier of its outlet."""

    outlet: str
    till: str
    device: str
    cashier: Login


class Staff(Struct, frozen=True):
    """Everybody who works in a trial."""

    desks: list[Login]
    tills: list[SeatedTill]

    def desk(self, role: str) -> Login:
        """The first person of a role at a desk."""
        return next(one for one in self.desks if one.role == role)


async def staff_trial(house: Home, outlets: tuple[str, ...]) -> Staff:
    """The trial's people; made at the first call, the same ones afterwards."""
    file = house.settings.data / "secrets" / FILE
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=Staff)
    staff = await _hire(house, outlets)
    keep(file, msgspec.json.encode(staff))
    return staff


async def _hire(house: Home, outlets: tuple[str, ...]) -> Staff:
    network = network_of(house)
    places = [next(it for it in network.outlets.values() if it.code == code) for code in outlets]
    pool = await open_pool(house.databases().hub, size=2)
    try:
        desks = await _first(house, pool, network, places)
        tills = [await _seat(house, pool, network, place, desks) for place in places]
    finally:
        await pool.close()
    return Staff([_login(one) for one in desks.values() if one.person.outlet is None], tills)


async def _first(
    house: Home, pool: Pool, network: Network, places: list[Outlet]
) -> dict[str, Issued]:
    """Everybody by login: the desks, a clerk for each company, the outlets' own people."""
    clock = SystemClock(clock_offset(house))
    agents: dict[int, Agent] = {place.agent: network.agents[place.agent] for place in places}
    posts = [
        *desk_posts(),
        *(agent_post(agent.code, agent=agent.number) for agent in agents.values()),
        *(
            post
            for place in places
            for post in outlet_posts(
                place.code, agent=place.agent, outlet=place.number, cashiers=CASHIERS
            )
        ),
    ]
    hasher = people_of(house, pool, clock).hasher
    issued = await first_staff(pool, clock, system_ids(), hasher, posts)
    return {one.person.login: one for one in issued}


async def _seat(
    house: Home, pool: Pool, network: Network, place: Outlet, people: dict[str, Issued]
) -> SeatedTill:
    clerk = people[f"{network.agents[place.agent].code}-clerk"].person
    machine = next(
        it for it in network.tills.values() if (it.outlet, it.code) == (place.number, TILL)
    )
    device = await Tills(pool, SystemClock(clock_offset(house))).enrol(clerk, machine.number)
    assert isinstance(device, Secret), "a clerk may enrol the company's own tills"
    cashier = people[f"{place.code}-1"]
    return SeatedTill(place.code, TILL, device.reveal(), _login(cashier))


def _login(issued: Issued) -> Login:
    (role,) = issued.person.roles
    return Login(issued.person.login, role.value, issued.word.reveal())
