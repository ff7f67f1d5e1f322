"""Taking an agent's list of its outlets: all of it, or nothing and every reason why not.

A list may be handed in again and again: what it told before is known, what it tells anew is added,
and what it leaves out stays as it is - closing an outlet is a decision of its own.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from msgspec import Struct, field

from cashlane.core.charter import Place
from cashlane.core.clock import Clock
from cashlane.core.network import Till
from cashlane.core.outlet_list import Known, Listed, Reading, known_by, read_list
from cashlane.core.place_list import Declared, Fault, Line
from cashlane.core.refusals import Refused
from cashlane.core.silence import LATELY_DAYS
from cashlane.store import outlets as store
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.network import Mended, put_new_brands, put_new_outlets, put_right
from cashlane.store.outlets import Count, Detail, ListRow, Told
from cashlane.values.geo import Point
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

    brands: dict[str, str] = field(default_factory=dict)
    new: list[Place] = field(default_factory=list)
    tills: list[Till] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    changed: int = 0
    same: int = 0


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
            await store.be_alone(work)
            agent = await store.agent_number(work, handed.agent)
            if agent is None:
                return Refused("NOT_FOUND", {"what": Text("代收机构", "agent")})
            taken_codes = await _codes_of_others(work, agent, reading.outlets)
            faults = (*reading.faults, *taken_codes)
            plan = await _plan(work, agent, handed.agent, reading.outlets)
            meant = for_real and not faults
            if meant:
                await self._write(work, agent, handed, reading, plan, on)
        return Taken(meant, reading, faults, len(plan.new), plan.changed, plan.same)

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
            changed=plan.changed,
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
    known = {one.number: one for one in await store.known_outlets(work, agent)}
    brands = await store.brands_of(work, agent)
    told = await store.details_of(work, agent)
    plan = _Plan()
    outlet, till = await store.last_numbers(work)
    used = {one.code for one in known.values()} | {one.code for one in listed}
    codes = _fresh_codes(agent_code, used)
    for one, number in known_by(listed, list(known.values())):
        if not number:
            outlet, till = outlet + 1, till + 1
            brand = _brand(one.brand or next(iter(brands), agent_code), agent_code, brands, plan)
            plan.new.append(_new(one, outlet, one.code or codes(), agent, brand))
            plan.tills.append(Till(till, "1", outlet))
            plan.details.append(_detail(one, outlet, _UNTOLD))
            continue
        record, before = known[number], told.get(number, _UNTOLD)
        brand = _brand(one.brand, agent_code, brands, plan) if one.brand else record.brand_code
        mended, detail = _mended(one, record, brand), _detail(one, number, before)
        if mended != _recorded(record):
            plan.mended.append(mended)
        elif detail == before:
            plan.same += 1
            continue
        plan.changed += 1
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


def _brand(name: str, agent: str, brands: dict[str, str], plan: _Plan) -> str:
    """The code of a name over the door; a name that is new gets one."""
    if name not in brands:
        free = (code for at in count(1) if (code := f"{agent}-{at}") not in brands.values())
        brands[name] = plan.brands[name] = next(free)
    return brands[name]


def _new(one: Listed, number: int, code: str, agent: int, brand: str) -> Place:
    longitude, latitude = _degrees(one.place.point)
    return Place(
        number=number,
        code=code,
        name=one.name,
        agent=agent,
        brand=brand,
        district=one.district,
        bucket=bucket_of("outlet", code),
        drawer_most=DRAWER_MOST,
        longitude=longitude,
        latitude=latitude,
    )


def _degrees(point: Point) -> tuple[float, float]:
    return point.longitude_e6 / 1_000_000, point.latitude_e6 / 1_000_000


# What a list does not say of a known outlet stays as it was told before.


def _mended(one: Listed, record: Known, brand: str) -> Mended:
    says_english = one.name.en != one.name.zh or one.name.zh != record.name.zh
    name = one.name if says_english else record.name
    district = one.district or record.district
    return Mended(record.number, name.zh, name.en, brand, district, *_degrees(one.place.point))


def _recorded(record: Known) -> Mended:
    name = record.name
    return Mended(
        record.number, name.zh, name.en, record.brand_code, record.district,
        *_degrees(record.point),
    )  # fmt: skip


def _detail(one: Listed, number: int, before: Detail) -> Detail:
    received = one.place.received
    return Detail(
        outlet=number,
        datum=one.place.declared,
        longitude_e6=received.longitude_e6,
        latitude_e6=received.latitude_e6,
        address=one.address or before.address,
        hours=one.hours or before.hours,
        step_free=before.step_free if one.step_free is None else one.step_free,
        transit=one.transit or before.transit,
        collecting_since=one.since or before.collecting_since,
    )


_UNTOLD = Detail(0, "wgs84", 0, 0, "", "", None, "", None)
"""Of an outlet that no list told of yet."""
