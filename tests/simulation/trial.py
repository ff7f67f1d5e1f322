"""One seed, one run: a city, our programs, a timetable of misfortune; then calm, then judgement."""

import gc
import hashlib
import random
import sys
import warnings
from collections.abc import Sequence
from contextvars import Context
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import stamina.instrumentation
import structlog
from msgspec import Struct, field

from cashlane.core.bill import Bill, BillKey
from cashlane.core.payment import IN_DOUBT, State
from cashlane.core.ports import AlreadyPaid, BillsFound, Delivery, DeskAnswer, DeskSilent
from cashlane.core.record import ErrandKind, Record
from cashlane.switch import relay, steps
from tests.simulation.bell import Bell
from tests.simulation.billers import KINDS, SimBiller
from tests.simulation.chance import Chance
from tests.simulation.checkers import Evidence, Watch, at_rest, calls_in_doubt
from tests.simulation.clock import SimClock
from tests.simulation.doubts import Doubts
from tests.simulation.faults import Faults, ServerFaults
from tests.simulation.kernel import Kernel, Process
from tests.simulation.line import Line
from tests.simulation.lives import lives_of
from tests.simulation.nemesis import SAFETY_S, Deaths, Walls, plan_outages, plan_spans
from tests.simulation.people import Cash, Citizen
from tests.simulation.programs import Around, Counter, Worker
from tests.simulation.routes import FORGETFUL, Call, SimDrop, SimRoute, final_after_s
from tests.simulation.server import Server
from tests.simulation.street import BILLERS, ROUTES, TILLS, bounds, network
from tests.simulation.tables import LimitRow, Tables
from tests.simulation.tills import Journal, Temper, Till

LIVENESS_S = 86_400.0 * 2 + 43_200.0
"""A day for every doubt to reach a person, and a day for a lease that a jumping clock had made."""
IDLE_FAULTS, IDLE_CALM = (0.1, 2.0, 10.0), (0.1, 2.0, 20.0, 120.0, *[900.0] * 12, 3_600.0)
"""Rests of idle relays. Production rests less: nothing would come of it here but empty rounds. A
way that fell ill is well again within the calm's first hours; then only old doubts are left."""
LATE_S = (0.25, 0.25, 0.25, 4.0)
"""How late relays come to what is due: as production's do, or on a machine that is overloaded."""
LATE_CALM_S = 600.0
"""In the calm what is left is seen to together: it is little, and a day has to go by."""
COUNTERS, WORKERS = ("counter-1", "counter-2"), ("worker-1", "worker-2")
ZERO_DAY = date(2026, 1, 14)
MIDNIGHT = datetime(2026, 1, 14, 16, 0, tzinfo=UTC)
ENDS_WITH = ("in doubt", "contradicted")
"""Cases in which a payment may stay as it is until a person has looked."""
NASTY = ("contradicts", "early-not-found")
"""Billers whose word is worth least have twice the customers."""
UNDECIDED = IN_DOUBT | {State.STOOD_IN}
LEADING = ("ring", "old-ring", "bank", "far-ring")
"""Routes that go astray: those most payments take, and a spare."""
TOLD_LATE_S = 120.0
"""An answer may be so long under way, with all that stands still meanwhile."""
VIOLATIONS_MOST = 20


class Plan(Struct, frozen=True):
    """What is to be run. `keep` names the citizens that come (None: all), `faults_most` how many
    faults happen at most."""

    seed: int
    payments: int = 200
    dropped: frozenset[str] = frozenset()
    keep: frozenset[int] | None = None
    faults_most: int = 1 << 60

    def command(self) -> str:
        """The line that runs just this again."""
        parts = [f"./do simulate --seed {self.seed} --payments {self.payments}"]
        parts += [f"--without {','.join(sorted(self.dropped))}"] if self.dropped else []
        if self.keep is not None:
            parts.append(f"--citizens {','.join(map(str, sorted(self.keep)))}")
        if self.faults_most < 1 << 60:
            parts.append(f"--faults-most {self.faults_most}")
        return " ".join(parts)


class Outcome(Struct):
    """What a run came to."""

    plan: Plan
    violations: list[str]
    digest: str
    events: int
    faults: int
    accepted: int
    seen: dict[str, int]
    crashed_at: dict[str, int]
    doubts_posted: int
    doubts_empty: int
    timed_out_posted: int
    timed_out_empty: int
    lives: dict[str, int] = field(default_factory=dict)


class Desk:
    """A biller's inquiry desk across the wire."""

    def __init__(self, trial: "Trial", biller: SimBiller) -> None:
        self._trial = trial
        self._biller = biller
        self._draw = trial.chance.of("desk", biller.number)

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """What is owed on a bill."""
        trial = self._trial
        await trial.kernel.pause(0.01 + self._draw.random() * 0.2)
        if trial.faults.hits("desk", self._draw):
            return DeskSilent("no answer")
        assert key.ref is not None
        if not self._biller.owes(key.ref):
            return AlreadyPaid()
        amount = trial.bills[key.biller, key.ref]
        return BillsFound((Bill(key.biller, key.ref, key.account, "202601", amount, None, "合成"),))

    async def keep_on(self, taken: Sequence[Delivery]) -> bool | None:
        """Hear of cash that was taken."""
        await self._trial.kernel.pause(0.01 + self._draw.random() * 0.2)
        if self._biller.kind == "file":
            return None
        if self._trial.faults.hits("desk", self._draw):
            return False
        self._biller.told |= {one.payment for one in taken}
        return True


class Trial:
    """The world of one seed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.chance = chance = Chance(plan.seed)
        self.kernel = Kernel()
        self.faults = Faults(chance, dropped=plan.dropped, most=plan.faults_most)
        self.violations: list[str] = []
        self.network = network()
        self.home = Context()
        self.calls: list[Call] = []
        self.bills: dict[tuple[int, str], int] = {}
        self.cash = Cash()
        self.citizens_by_number: dict[int, Citizen] = {}
        self._till_processes: dict[int, Process] = {}
        self._checked_at = -1
        self._reopened_at = 0.0
        draw = chance.of("nemesis")
        plan_spans(self.faults, draw, len(ROUTES))
        leading = [ROUTES[code] for code in LEADING]
        plan_outages(self.faults, chance.of("outages"), leading)
        self.deaths = Deaths(self.faults, chance.of("deaths"), self._after_death)
        names = (*COUNTERS, *WORKERS)
        self.walls = Walls(self.faults, chance.of("walls"), names)
        self._midnight = draw.uniform(60, 900)
        shift = self._midnight if self.faults.has["midnight"] else 40_000.0
        self.start = MIDNIGHT - timedelta(seconds=shift)
        self._incarnation: dict[str, int] = dict.fromkeys(names, 0)
        self._make_store()
        self._make_world()
        self._make_people()
        self._make_programs()
        self._plan_events(draw)

    # -- making ----------------------------------------------------------------------------------

    def _make_store(self) -> None:
        self.tables = Tables(self.network)
        self.tables.days[ZERO_DAY] = True
        for name, most in bounds().items():
            self.tables.limits[name] = LimitRow(0, most, ZERO_DAY, 0)
        watch = Watch(self.tables, self.violation)

        def witness(record: Record) -> None:
            watch.written(record)
            if self.kernel.note is not None:
                self.kernel.note(_written(record))

        self.tables.witness = witness
        faults = ServerFaults(self.faults, self.kernel.time, self.chance.of("server"))
        self.server = Server(self.kernel, self.tables, faults, self.chance.of("server-noise"))

    def _make_world(self) -> None:
        self.doubts = Doubts(self.violation, self.kernel.time, final_after_s())
        self.billers = {
            BILLERS[kind]: SimBiller(BILLERS[kind], kind, self.chance.of("biller", kind))
            for kind in KINDS
        }
        by_code = {biller.code: biller for biller in self.billers.values()}
        self.routes = {
            number: (SimDrop if code == "drop" else SimRoute)(
                number, code, by_code, self.kernel, self.faults, self.chance.of("route", code),
                self.home, self.calls, self.doubts,
            )
            for code, number in ROUTES.items()
        }  # fmt: skip
        self.desks = {number: Desk(self, one) for number, one in self.billers.items()}

    def _make_people(self) -> None:
        self.citizens = [self._citizen(number) for number in range(1, self.plan.payments + 1)]
        keep = self.plan.keep
        self.journals: dict[int, Journal] = {}
        self.tills: dict[int, tuple[Any, list[Citizen], Line]] = {}
        for number in TILLS:
            mine = [one for one in self.citizens if one.till == number
                    and (keep is None or one.number in keep)]  # fmt: skip
            gap = SAFETY_S * 0.45 / max(1, self.plan.payments / len(TILLS))
            self.journals[number] = Journal(
                gap, self._cash_out, self.doubts.failed, self._day_closed, self.violation
            )
            line = Line(
                self.kernel, self.faults, self.chance.of("line", number), self.home,
                lambda: self.counters,
            )  # fmt: skip
            self.tills[number] = (self._temper(number), mine, line)
            self._start_till(number)

    def _citizen(self, number: int) -> Citizen:
        draw = self.chance.of("citizen", number)
        till = list(TILLS)[number % len(TILLS)]
        kind = draw.choice((*KINDS, *NASTY))
        ref = f"{number:05d}"
        amount = draw.randrange(1_000, 60_000)
        if draw.random() < 0.04 and number > 1 and self.faults.has["shared-bill"]:
            self.faults.happens("shared-bill")
            other = self.citizens_by_number.get(draw.randrange(1, number))
            if other is not None:
                kind, ref, amount = KINDS[other.biller - 1], other.bill_ref, other.amount
        biller = BILLERS[kind]
        self.bills[biller, ref] = amount
        if draw.random() < 0.03 and self.faults.has["blocked-bill"] and kind != "file":
            self.faults.happens("blocked-bill")
            self.billers[biller].blocked.add(ref)
        citizen = Citizen(number, till, biller, ref, f"a{ref}", amount)
        self.citizens_by_number[number] = citizen
        return citizen

    def _temper(self, till: int) -> Temper:
        draw, has = self.chance.of("temper", till), self.faults.has

        def share(name: str, most: float) -> float:
            value = draw.random() * most
            return value if has[name] else 0.0

        return Temper(
            share("double-scan", 0.4), share("wrong-amount", 0.1), share("impatient", 0.8),
            share("thief", 0.06), draw.random() * 0.4,
        )  # fmt: skip

    # -- programs --------------------------------------------------------------------------------

    def _make_programs(self) -> None:
        self.bell = Bell(self.kernel, self.tables)
        hurry = self.chance.of("hurry")
        self._late_most = hurry.choice(LATE_S)
        self._late = lambda: hurry.random() * self._late_most
        self.around = Around(
            self.kernel, self.server, self.network, self.routes, self.desks, self._clock,
            self._noise, self.bell, self._late, self._defect,
        )  # fmt: skip
        self.counters: list[Counter] = []
        self.workers: list[Worker] = []
        for name in COUNTERS:
            self.counters.append(Counter(name, self.around, self._process(name)))
        idle: tuple[str, ...] = ()
        if self.faults.has["mark-stuck"] and self.faults.happens("mark-stuck"):
            idle = ("mark",)
        for name in WORKERS[: 1 + (self.plan.seed % 2)]:
            self.workers.append(Worker(name, self.around, self._process(name), idle))
        if idle:
            self.kernel.call_later(780.0, self._unstick, context=self.home)
        self._idle = idle

    def _unstick(self) -> None:
        self._idle = ()
        for worker in self.workers:
            worker.begin("mark")

    def _process(self, name: str) -> Process:
        self._incarnation[name] = self._incarnation.get(name, 0) + 1
        process = Process(name, self.kernel)
        process.at_death.append(lambda: self.server.abandoned_by(process))
        return process

    def _clock(self, name: str) -> SimClock:
        return SimClock(self.kernel.time, self.start, self.walls.offset_of(name))

    def _noise(self, name: str) -> Any:
        return self.chance.of("ids", name, self._incarnation[name]).getrandbits

    def _defect(self, what: str) -> None:
        self.violation(f"DEFECT {what}")

    def _after_death(self, process: Process) -> None:
        wait = self.chance.of("restart", process.name, self._incarnation[process.name])
        self.kernel.call_later(
            0.3 + wait.random() * 15, self._restart, process.name, context=self.home
        )

    def _restart(self, name: str) -> None:
        process = self._process(name)
        self.kernel.tell(f"{name} starts again")
        if name in COUNTERS:
            at = COUNTERS.index(name)
            self.counters[at] = Counter(name, self.around, process)
        elif name in WORKERS:
            self.workers[WORKERS.index(name)] = Worker(name, self.around, process, self._idle)

    def _start_till(self, number: int) -> None:
        process = Process(f"till-{number}", self.kernel)
        self._incarnation[process.name] = turn = self._incarnation.get(process.name, 0) + 1
        temper, citizens, line = self.tills[number]
        till = Till(
            number, TILLS[number], line, self.kernel, self.faults,
            self.chance.of("till", number, turn), temper, self.cash, citizens,
            self.journals[number],
        )  # fmt: skip
        self._till_processes[number] = process
        process.spawn(till.day())

    # -- events ----------------------------------------------------------------------------------

    def _plan_events(self, draw: random.Random) -> None:
        for name, act, most in (
            ("kill", self._kill, 5), ("pause", self._pause, 6), ("till-crash", self._crash_till, 5),
            ("memory-loss", self._forget, 3), ("elsewhere", self._pay_elsewhere, 6),
        ):  # fmt: skip
            times = [draw.uniform(10, SAFETY_S * 0.9) for _ in range(most)]
            for at in times[: draw.randint(1, most)]:
                if self.faults.has[name]:
                    self.kernel.call_at(at, self._event, name, act, draw, context=self.home)
        if draw.random() < 0.4:
            self.billers[BILLERS["early-cut"]].closed_from = draw.uniform(100, SAFETY_S)
        if self.faults.has["midnight"]:
            at = max(5.0, self._midnight + draw.uniform(-60, 300))
            self.kernel.call_at(at, self._cut, draw.uniform(0.05, 20), context=self.home)

    def _event(self, name: str, act: Any, draw: random.Random) -> None:
        if self.faults.happens(name):
            act(draw)

    def _kill(self, draw: random.Random) -> None:
        program = draw.choice([*self.counters, *self.workers])
        self.kernel.tell(f"{program.process.name} is killed")
        if not program.process.dead:
            program.process.die()
            self._after_death(program.process)

    def _pause(self, draw: random.Random) -> None:
        """A program stands still, as a machine may, and goes on as if nothing had been."""
        process = draw.choice([*self.counters, *self.workers]).process
        process.stand_still(draw.uniform(2, 60))
        process.tell("stands still")

    def _crash_till(self, draw: random.Random) -> None:
        number, away_s = draw.choice(list(TILLS)), draw.uniform(2, 60)
        if self._till_processes[number].dead:
            return  # else it would start twice, and two machines would have one journal
        self.kernel.tell(f"till {number} dies")
        self._till_processes[number].die()
        self.kernel.call_later(away_s, self._start_till, number, context=self.home)

    def _forget(self, draw: random.Random) -> None:
        code = draw.choice(sorted(FORGETFUL))
        self.kernel.tell(f"{code} loses its memory")
        self.routes[ROUTES[code]].forget()

    def _pay_elsewhere(self, draw: random.Random) -> None:
        """Most such bills are being paid here too: that is what makes it worth a fault."""
        held = sorted((biller, ref) for _, biller, ref in self.tables.held)
        biller, ref = draw.choice(held or sorted(self.bills))
        if self.billers[biller].owes(ref) and KINDS[biller - 1] != "file":
            self.billers[biller].elsewhere.add(ref)
            self.kernel.tell(f"bill {ref} is paid elsewhere")

    def _cut(self, gap: float) -> None:
        """Cut the day when no write is under way; the next one opens after a gap."""
        self.faults.happens("midnight")
        self._try_cut(gap)

    def _try_cut(self, gap: float) -> None:
        if self.server.sharers:
            self.kernel.call_later(0.003, self._try_cut, gap, context=self.home)
            return
        self.tables.days[ZERO_DAY] = False
        self.kernel.tell("the day is cut")
        self.kernel.call_later(gap, self._open_next, context=self.home)

    def _day_closed(self) -> None:
        """A till was told that the day is being cut: it must have been so just now."""
        never, since = all(self.tables.days.values()), self.kernel.time() - self._reopened_at
        if self.tables.days[max(self.tables.days)] and (never or since > TOLD_LATE_S):
            self.violation("I13 a counter is told of a cut, and the business day is open")

    def _open_next(self) -> None:
        self._reopened_at = self.kernel.time()
        self.tables.days[ZERO_DAY + timedelta(days=1)] = True

    # -- running ---------------------------------------------------------------------------------

    def tell(self, what: str) -> None:
        """One line of a trace."""
        print(f"{self.kernel.time():12.4f}  {what}")

    def violation(self, what: str) -> None:
        """Something is wrong; noted with its moment."""
        if len(self.violations) < VIOLATIONS_MOST:
            self.violations.append(f"{self.kernel.time():.3f} {what}")
            self.kernel.tell(f"!! {what}")

    def _cash_out(self, payment: UUID) -> None:
        """Cash leaves a drawer for this payment: it must not stand at its biller."""
        self.doubts.cash_back(payment)
        rows = [row for (_, _, one), row in self.tables.payments.items() if one == payment]
        for row in rows:
            biller = self.billers[row.biller]
            if biller.standing_credits(payment) and payment not in biller.liars:
                self.violation(f"I5 cash goes back for {payment}, which {biller.code} has credited")

    def run(self) -> Outcome:
        """Faults, then calm, then judgement."""
        with _around_rooms(self):
            relay.IDLE_S = IDLE_FAULTS
            self.kernel.run(until=SAFETY_S, over=lambda: False)
            self._calm()
            self.kernel.run(until=SAFETY_S + LIVENESS_S, over=self._is_settled)
        self.violations += [f"DEFECT {trouble}" for trouble in self.kernel.troubles]
        for found in at_rest(self._evidence()):
            self.violation(found)
        return self._outcome()

    def _calm(self) -> None:
        """Faults are over: every program and till runs, every partner answers and is honest."""
        self.faults.on = False
        self.kernel.tell("calm")
        relay.IDLE_S = IDLE_CALM
        self.bell.look_again_s = IDLE_CALM[-1]
        self._late_most = LATE_CALM_S
        for biller in self.billers.values():
            biller.honest = True
        self._checked_at = -1

    def _is_settled(self) -> bool:
        """Nothing is left to do for us, and every till has closed its journal."""
        if self.tables.writes == self._checked_at:
            return False
        self._checked_at = self.tables.writes
        return not self._pending()

    def _pending(self) -> bool:
        """Whether work is left. What a person looks after is not ours to wait for."""
        errands = self.tables.errands
        owned = {one.row.payment for one in errands[ErrandKind.CASE].values()
                 if one.row.subject in ENDS_WITH}  # fmt: skip
        doubted = {row.id for row in self.tables.payments.values()
                   if row.state in UNDECIDED and row.id in owned}  # fmt: skip
        for journal in self.journals.values():
            for sale in journal.open():
                if sale.payment is None or sale.payment.id not in doubted:
                    return True
        return any(
            one.row.payment not in doubted
            for kind, found in errands.items() if kind is not ErrandKind.CASE
            for one in found.values()
        )  # fmt: skip

    def _evidence(self) -> Evidence:
        return Evidence(
            self.tables, self.billers, self.citizens, self.cash, self.journals, TILLS, self.calls
        )

    def _outcome(self) -> Outcome:
        posted, empty = calls_in_doubt(self.calls, "unknown", "pending")
        late_posted, late_empty = calls_in_doubt(self.calls, "unknown")
        return Outcome(
            plan=self.plan, violations=self.violations, digest=self._digest(),
            events=self.kernel.events, faults=self.faults.count,
            accepted=len(self.tables.payments), seen=dict(self.faults.seen),
            crashed_at=dict(self.deaths.at), doubts_posted=posted, doubts_empty=empty,
            timed_out_posted=late_posted, timed_out_empty=late_empty,
            lives=dict(lives_of(self.tables)),
        )  # fmt: skip

    def _digest(self) -> str:
        """Everything that happened, in one number."""
        digest = hashlib.blake2b(digest_size=16)
        parts: list[Any] = [self.kernel.events, self.faults.count, self.calls, self.violations]
        parts += [list(rows.values()) for rows in (self.tables.asks, self.tables.payments)]
        parts += [[list(facts.values()) for facts in self.tables.facts.values()]]
        parts += [list(self.tables.entries.values()), sorted(self.tables.limits.items())]
        for part in parts:
            digest.update(_SPELLING.encode(part))
        return digest.hexdigest()


_SPELLING = msgspec.msgpack.Encoder(order="deterministic", enc_hook=repr)
"""One spelling for what is the same, whatever order a set has in memory."""


def _written(record: Record) -> str:
    """One write in a line."""
    said = [f"{it.kind.name.lower()} {it.verdict.name.lower()} {it.key}" for it in record.asks]
    said += [f"payment {it.id} of {it.bill_ref}" for it in record.payments]
    said += [f"{it.kind.name.lower()} {it.payment} attempt {it.attempt}" for it in record.facts]
    said += [f"{it.kind.name.lower()} due for {it.payment}" for it in record.errands]
    return "written: " + "; ".join(said)


class _around_rooms:
    """What the rooms reach for outside of what they are handed, put under the seed's control."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __enter__(self) -> None:
        random.seed(f"{self._trial.plan.seed}:pauses")
        stamina.instrumentation.set_on_retry_hooks([])
        structlog.configure(processors=[self._overheard])
        steps.listen(self._trial.deaths.step)
        self._idle = relay.IDLE_S
        gc.disable()

    def __exit__(self, *error: object) -> None:
        steps.listen(None)
        relay.IDLE_S = self._idle
        structlog.reset_defaults()
        gc.enable()

    def _overheard(self, _: object, level: str, event: dict[str, Any]) -> dict[str, Any]:
        if event["event"].endswith(".defect"):
            error = sys.exc_info()[1] or event["exc_info"]
            self._trial.violation(f"DEFECT {event['event']}: {error!r}")
        raise structlog.DropEvent


@cache
def _freeze() -> None:
    """What was there before the first trial is not looked through after each."""
    gc.collect()
    gc.freeze()


def simulate(plan: Plan, *, trace: bool = False) -> Outcome:
    """Run one seed; what is left of its world is swept away before the next."""
    _freeze()
    trial = Trial(plan)
    if trace:
        trial.kernel.note = trial.tell
    outcome = trial.run()
    # The unfinished tasks of the dead are dropped here, with all that they would say to that.
    unraisable, sys.unraisablehook = sys.unraisablehook, lambda _: None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trial.kernel.end()
        trial.__dict__.clear()
        del trial
        gc.collect()
    sys.unraisablehook = unraisable
    return outcome
