"""Somebody for a trial's tills and desks: their words, and a machine's secret, told once."""

from msgspec import Struct

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.refusals import Refused
from cashlane.core.roles import Role
from cashlane.main import Home, clock_offset, network_of, people_of
from cashlane.people.first_staff import agent_post, desk_posts, first_staff, outlet_posts
from cashlane.people.tills import Tills
from cashlane.store.connect import open_pool
from cashlane.values.secret import Secret


class StaffedTill(Struct, frozen=True):
    """A till that can be sat at: its secret, and a cashier's login and PIN."""

    outlet: str
    till: str
    device: Secret
    login: str
    pin: Secret


class StaffedDesk(Struct, frozen=True):
    """Somebody of the network's own staff: a role, a login, and the password made for it."""

    role: Role
    login: str
    password: Secret


async def staff_desks(house: Home) -> list[StaffedDesk]:
    """Operators, leads, administrators, an auditor and a regulator of a trial. Once.

    Raises LoginTakenError where they were made before: their words are not known any more.
    """
    clock, pool = SystemClock(clock_offset(house)), await open_pool(house.databases().hub, size=2)
    try:
        hasher = people_of(house, pool, clock).hasher
        made = await first_staff(pool, clock, system_ids(), hasher, desk_posts())
    finally:
        await pool.close()
    return [
        StaffedDesk(role, one.person.login, one.word) for one in made for role in one.person.roles
    ]


async def staff_till(house: Home, outlet: str, till: str) -> StaffedTill:
    """Staff an outlet of a trial and enrol one of its tills. Once for each agent and outlet."""
    network = network_of(house)
    place = next(one for one in network.outlets.values() if one.code == outlet)
    machine = next(
        one for one in network.tills.values() if (one.outlet, one.code) == (place.number, till)
    )
    agent = network.agents[place.agent]
    clock = SystemClock(clock_offset(house))
    posts = [
        agent_post(agent.code, agent=agent.number),
        *outlet_posts(outlet, agent=agent.number, outlet=place.number, cashiers=2),
    ]
    pool = await open_pool(house.databases().hub, size=2)
    try:
        hasher = people_of(house, pool, clock).hasher
        clerk, _, cashier, *_ = await first_staff(pool, clock, system_ids(), hasher, posts)
        device = await Tills(pool, clock).enrol(clerk.person, machine.number)
    finally:
        await pool.close()
    assert not isinstance(device, Refused), "a clerk may enrol the company's own tills"
    return StaffedTill(outlet, till, device, cashier.person.login, cashier.word)
