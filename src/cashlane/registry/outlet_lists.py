"""Taking an agent's list of its outlets: all of it, or nothing and every reason why not.

A list may be handed in again and again: what it told before is known, what it tells anew is added,
and what it leaves out stays as it is - closing an outlet is a decision of its own.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from msgspec import Struct

from cashlane.core.charter import Place
from cashlane.core.clock import Clock
from cashlane.core.network import Till
from cashlane.core.outlet_list import (
    Declared,
    Fault,
    Known,
    Line,
    Listed,
    Reading,
    known_by,
    read_list,
)
from cashlane.core.refusals import Refused
from cashlane.store import outlets as store
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.network import Mended, put_new_brands, put_new_outlets, put_right
from cashlane.store.outlets import LATELY_DAYS, Count, Detail, ListRow, Told
from cashlane.values.ids import Ids, bucket_of
from cashlane.values.text import Text

DRAWER_MOST = 5_000_000
"""50,000 yuan: what a small counter may keep until it is banked; its agent says more where it has
a safe."""
_OTHERS_CODE = Text("是另一代收机构的网点编号", "is the code of another agent's outlet")


class Handed(Struct, frozen=True):
    """A list as it was handed in: its file's name and content, its rows, and who by."""

    name: str
    content: bytes
    lines: Sequence[Line]
    agent: str
    declared: Declared
    actor: str


class Taken(Struct, frozen=True):
    """What a list would do, or has done: `done` only where nothing was wrong and it was meant."""

    done: bool
    reading: Reading
    faults: tuple[Fault, ...]
    added: int
    changed: int
    same: int


class _Plan(Struct):
    """What a list makes of the record."""

    brands: dict[str, str]
    new: list[Place]
    tills: list[Till]
    mended: list[Mended]
    details: list[Detail]
    same: int


class OutletLists:
    """Takes lists and compares them with what is on record."""

    def __init__(self, pool: Pool, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._clock = clock
        self._ids = ids

    async def take(self, handed: Handed, *, on: date, for_real: bool) -> Taken | Refused:
        """Take a list as of a business date. `for_real` False tries it and writes nothing."""
        reading = read_list(handed.lines, handed.declared)
        async with transaction(self._pool) as work:
            agent = await store.agent_number(work, handed.agent)
            if agent is None:
                return Refused("NOT_FOUND", {"what": Text("代收机构", "agent")})
            taken_codes = await _codes_of_others(work, agent, reading.outlets)
            faults = (*reading.faults, *taken_codes)
            plan = await _plan(work, agent, handed.agent, reading.outlets)
            meant = for_real and not faults
            if meant:
                await self._write(work, agent, handed, reading, plan, on)
        return Taken(
            meant, reading, faults, len(plan.new), len(plan.details) - len(plan.new), plan.same
        )

    async def counts(self, *, on: date) -> list[Count]:
        """Outlets of each agent: on record, enabled, and those that took cash lately."""
        return await store.counts(self._pool, on=on, since=on - timedelta(days=LATELY_DAYS))

    async def taken(self, *, most: int) -> list[Told]:
        """The lists that were taken, the newest first."""
        return await store.lists_taken(self._pool, most=most)

    async def _write(
        self, work: Work, agent: int, handed: Handed, reading: Reading, plan: _Plan, on: date
    ) -> None:  # fmt: skip
        now = self._clock.now()
        row = ListRow(
            id=self._ids.fresh(now),
            sha256=sha256(handed.content).digest(),
            name=handed.name,
            agent=agent,
            datum=handed.declared.datum,
            received_at=now,
            actor=handed.actor,
            lines=len(handed.lines),
            added=len(plan.new),
            changed=len(plan.details) - len(plan.new),
            merged=len(reading.merged),
        )
        await store.add_list(work, row)
        await put_new_brands(work, agent, plan.brands)
        await put_new_outlets(work, plan.new, plan.tills, since=on, at=now, actor=handed.actor)
        await put_right(work, plan.mended)
        await store.add_details(work, row, plan.details, on)


async def _codes_of_others(work: Work, agent: int, listed: Sequence[Listed]) -> list[Fault]:
    lines = {one.code: one.line for one in listed if one.code}
    found = await store.codes_of_others(work, agent, list(lines))
    return [Fault(lines[code], "code", code, _OTHERS_CODE) for code in sorted(found)]


async def _plan(work: Work, agent: int, agent_code: str, listed: Sequence[Listed]) -> _Plan:
    known = await store.known_outlets(work, agent)
    brands = await store.brands_of(work, agent)
    told = await store.details_of(work, agent)
    named = {one.number: one for one in known}
    plan = _Plan({}, [], [], [], [], 0)
    outlet, till = await store.last_numbers(work)
    codes = _fresh_codes(agent_code, {one.code for one in known} | {it.code for it in listed})
    for one, number in known_by(listed, known):
        brand = _brand(one, agent_code, brands, plan)
        if not number:
            outlet, till = outlet + 1, till + 1
            code = one.code or codes()
            plan.new.append(_new(one, outlet, code, agent, brand))
            plan.tills.append(Till(till, "1", outlet))
            plan.details.append(_detail(one, outlet))
            continue
        detail = _detail(one, number)
        if detail == told.get(number) and _is_as_named(one, named[number]):
            plan.same += 1
            continue
        plan.mended.append(_mended(one, number, brand))
        plan.details.append(detail)
    return plan


class _fresh_codes:
    """Codes for outlets whose list gives them none: the agent's code and a number nobody bears."""

    def __init__(self, agent: str, used: set[str]) -> None:
        self._agent = agent
        self._used = used
        self._last = 0

    def __call__(self) -> str:
        while True:
            self._last += 1
            code = f"{self._agent}-{self._last:05d}"
            if code not in self._used:
                return code


def _brand(one: Listed, agent: str, brands: dict[str, str], plan: _Plan) -> str:
    """The code of the name over the door: where the list names none, the agent's first brand."""
    name = one.brand or next(iter(brands), agent)
    if name not in brands:
        free = (code for at in count(1) if (code := f"{agent}-{at}") not in brands.values())
        brands[name] = plan.brands[name] = next(free)
    return brands[name]


def _new(one: Listed, number: int, code: str, agent: int, brand: str) -> Place:
    return Place(
        number=number,
        code=code,
        name=one.name,
        agent=agent,
        brand=brand,
        district=one.district,
        bucket=bucket_of("outlet", code),
        drawer_most=DRAWER_MOST,
        longitude=one.place.point.longitude_e6 / 1_000_000,
        latitude=one.place.point.latitude_e6 / 1_000_000,
    )


def _mended(one: Listed, number: int, brand: str) -> Mended:
    return Mended(
        number=number,
        name_zh=one.name.zh,
        name_en=one.name.en,
        brand=brand,
        district=one.district,
        longitude=one.place.point.longitude_e6 / 1_000_000,
        latitude=one.place.point.latitude_e6 / 1_000_000,
    )


def _detail(one: Listed, number: int) -> Detail:
    received = one.place.received
    return Detail(
        outlet=number,
        datum=one.place.declared,
        longitude_e6=received.longitude_e6,
        latitude_e6=received.latitude_e6,
        address=one.address,
        hours=one.hours,
        step_free=one.step_free,
        collecting_since=one.since,
    )


def _is_as_named(one: Listed, known: Known) -> bool:
    return one.name == known.name and (not one.brand or one.brand == known.brand)
