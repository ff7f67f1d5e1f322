"""A counter on paper: acts of a till roll carried out by the real rules, without a database.

The decision carries what it knows from act to act, so a roll is one long batch.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from msgspec import structs

from cashlane.core.asks import (
    AbandonAsk,
    Accepted,
    Answer,
    BurnAsk,
    Closed,
    PayAsk,
    Reclaim,
    UndoAsk,
    Undone,
)
from cashlane.core.bill import AmountRule, Bill, Biller, CashRule, InputField
from cashlane.core.chart import Account, Limited
from cashlane.core.decide import decide
from cashlane.core.delivery import Waits, take_up
from cashlane.core.fees import FeeSchedule, FeeSlab
from cashlane.core.health import Pulse, Scope, feel, newborn
from cashlane.core.known import Book, Loaded
from cashlane.core.life import Moment, Turn, route_of
from cashlane.core.network import (
    NO_STAND_IN,
    Agent,
    Contract,
    Day,
    Manifest,
    Network,
    Outlet,
    Route,
    StandIn,
    Till,
    Way,
)
from cashlane.core.outcome import Asked, deadline_passed, enquired, hear, hear_void
from cashlane.core.outlet import may_take
from cashlane.core.payment import FactKind
from cashlane.core.ports import Confirmed, Declined, Finding, NotFound, Unknown
from cashlane.core.quote import Hold, price
from cashlane.core.record import AskKind, ErrandKind, ErrandRow, PostingRow
from cashlane.core.refusals import Refused
from cashlane.core.routing import CLEAR, Outlook
from cashlane.core.stand_in import let_go
from cashlane.values.ids import Ids
from cashlane.values.money import CNY, read_amount, write_amount
from cashlane.values.text import Text

OPENING = datetime(2022, 1, 14, 9, 0, tzinfo=UTC)
TODAY = date(2022, 1, 14)
DRAWER_MOST = 100_000
_RULES = {"exact": 1, "down": 2, "carry": 3, "fee": 4}
"""One biller for each way of rounding; the fourth's customers pay a fee of 1.00."""


_ONE, _TWO = Way(1, "certified", 0, 0), Way(2, "certified", 0, 0)
_WAYS = {1: (_ONE,), 2: (_TWO,), 3: (_ONE, _TWO)}
"""The third agent has a spare."""


_BOUNDS = tuple(kind for kind in Limited if kind is not Limited.DRAWER)


def network() -> Network:
    """Three outlets of three agents, four billers, a route that dedups and one that does not."""
    billers = {number: _biller(name, number) for name, number in _RULES.items()}
    routes = {1: _route(1, dedups=True, final=False, voids=True),
              2: _route(2, dedups=False, final=True, voids=False)}  # fmt: skip
    return Network(
        version=1, currency=CNY, zone="Asia/Shanghai", billers=billers, routes=routes,
        agents={
            n: Agent(n, f"agent-{n}", Text("代", "agent"), "post", "g", "own") for n in (1, 2, 3)
        },
        outlets={n: _outlet(n) for n in (1, 2, 3)},
        tills={n: Till(n, str(n), max(1, n - 1)) for n in (1, 2, 3, 4)},
        contracts={
            (agent, biller): Contract(
                agent, biller, _WAYS[agent], 1 + (biller == 4), 10**6
            )
            for agent in (1, 2, 3) for biller in billers
        },
        fees={1: _fee(1, "biller", 30), 2: _fee(2, "customer", 100)},
        withdrawn={}, stand_in=NO_STAND_IN,
    )  # fmt: skip


def _biller(rule: str, number: int) -> Biller:
    cash = CashRule("exact" if rule == "fee" else rule)  # type: ignore[arg-type]
    return Biller(
        number=number, code=f"biller-{rule}", name=Text("收费单位", f"biller {rule}"), kind="other",
        flow="inquire", fields=(InputField("account", Text("户号", "account"), 1, 20, True),),
        layouts=(), amount_rule=AmountRule("exact"), cash_rule=cash, choice="any",
        payment_most=10**6, windows=(), notices=(), inquiries_per_minute=60,
        inquiries_per_minute_customer=10, parts_allowed=False, receipt_discharges=True,
        dedups_across_routes=True,
    )  # fmt: skip


def _route(number: int, *, dedups: bool, final: bool, voids: bool) -> Route:
    codes = ("E1", "E9", "PAID", "SHUT")
    manifest = Manifest(dedups, final, True, voids, codes, ("SHUT",), 300, 100, 100)
    return Route(number, f"route-{number}", Text("通道", "route"), "bank", manifest, (1, 2, 3, 4))


def _outlet(number: int) -> Outlet:
    name = Text("网点", "outlet")
    return Outlet(number, f"o-{number}", name, number, "b", "d", number, DRAWER_MOST, False)


def _fee(number: int, bearer: str, flat: int) -> FeeSchedule:
    slab = FeeSlab(up_to=10**6, flat=flat, rate_ppm=0, least=flat, most=flat)
    return FeeSchedule(number, bearer, (slab,), (70, 10, 20), date(2021, 1, 1), None)  # type: ignore[arg-type]


class Counter:
    """Carries out acts and says what the roll's last column should say."""

    def __init__(self) -> None:
        self.network = network()
        self.ids = Ids(Random(1).getrandbits)
        self.now = OPENING
        self.outlook = CLEAR
        self.loaded = Loaded(
            day=Day(TODAY, open=True), asks={}, holds={}, shifts={}, lives={}, visits=set(),
            errands=set(),
            books={(Limited.DRAWER, n): Book(n, 0, DRAWER_MOST, TODAY, 0) for n in (1, 2, 3)},
        )  # fmt: skip
        self.postings: list[PostingRow] = []
        self.holds: dict[str, Hold | Refused] = {}
        self.keys: dict[str, UUID] = {}
        self.payments: dict[str, UUID] = {}
        self.work: dict[UUID, ErrandRow] = {}

    def do(self, act: str, words: list[str]) -> str:
        """One line of a roll."""
        return str(getattr(self, f"_{act.replace('-', '_')}")(*words))

    # -- asks ---------------------------------------------------------------------------------

    def _hold(self, name: str, rule: str, amount: str, till: str = "1") -> str:
        machine = self.network.tills[int(till)]
        biller = self.network.billers[_RULES[rule]]
        owed = _fen(amount)
        bill = Bill(biller.number, name, "1001", "202112", owed, None, "测试")
        permit = may_take(
            self.network, self.network.outlets[machine.outlet], biller, self.now, self.outlook
        )
        if isinstance(permit, Refused):
            return f"refused {permit.code}"
        quote = price(self.network, biller, permit, bill, amount=owed, now=self.now)
        if isinstance(quote, Refused):
            return f"refused {quote.code}"
        until = self.now + timedelta(minutes=10)
        self.holds[name] = Hold(
            self.ids.fresh(self.now), machine.outlet, machine.number, until, quote
        )
        return f"due {_yuan(quote.cash_due)} to-biller {_yuan(quote.amount)}"

    def _pay(self, key: str, hold: str, tendered: str, till: str = "1") -> str:
        return self._answer(key, self._decide(self._pay_ask(key, hold, tendered, till)))

    def _pay_anew(self, key: str, burnt: str, tendered: str, till: str = "1") -> str:
        """The same ask again, with a new hold on the bill in the place of the burnt one."""
        ask = self._pay_ask(key, burnt, tendered, till)
        hold = structs.replace(ask.hold, id=self.ids.fresh(self.now))
        anew = structs.replace(ask, hold=hold, instead_of=ask.hold.id)
        return self._answer(key, self._decide(anew))

    def _pay_ask(self, key: str, hold: str, tendered: str, till: str) -> PayAsk:
        held = self.holds[hold]
        assert isinstance(held, Hold)
        machine = self.network.tills[int(till)]
        return PayAsk(
            outlet=machine.outlet, till=machine.number, key=self._key(key),
            hash=UUID(int=hash_of(hold, tendered, till)), hold=held, tendered=_fen(tendered),
            visit=None, cashier=None, actor="roll",
        )  # fmt: skip

    def _abandon(self, key: str, till: str = "1") -> str:
        outlet = self.network.tills[int(till)].outlet
        ask = AbandonAsk(outlet, int(till), self._key(key), UUID(int=0), "roll")
        return self._answer(key, self._decide(ask))

    def _burn(self, hold: str) -> str:
        held = self.holds[hold]
        assert isinstance(held, Hold)
        ask = BurnAsk(held.outlet, held.till, held.id, held.id, "sweep")
        return self._answer(hold, self._decide(ask))

    def _void(self, key: str, paid: str, till: str = "1") -> str:
        return self._undo(AskKind.VOID, key, paid, till)

    def _hand_back(self, key: str, paid: str, till: str = "1") -> str:
        return self._undo(AskKind.HAND_BACK, key, paid, till)

    def _slip(self, key: str, paid: str, till: str = "1") -> str:
        return self._undo(AskKind.SLIP, key, paid, till)

    def _refund(self, key: str, paid: str, till: str = "1") -> str:
        return self._undo(AskKind.REFUND, key, paid, till)

    def _undo(self, kind: AskKind, key: str, paid: str, till: str) -> str:
        payment = self.payments[paid]
        outlet = self.network.tills[int(till)].outlet
        ask = UndoAsk(
            outlet, int(till), self._key(key), UUID(int=hash_of(str(kind), paid, till)), kind,  # type: ignore[arg-type]
            payment, self.loaded.lives[payment].payment.business_date, "roll",
        )  # fmt: skip
        return self._answer(paid, self._decide(ask))

    def _decide(self, ask: PayAsk | UndoAsk | AbandonAsk | BurnAsk) -> Answer:
        decided = decide([ask], self.loaded, self.network, self.outlook, self.now, self.ids)
        self.postings += decided.record.postings
        for job in decided.record.errands:
            self.work[job.id] = job
        return decided.answers[0]

    def _answer(self, name: str, answer: Answer) -> str:
        match answer:
            case Accepted(payment=payment):
                again = name in self.payments
                self.payments[name] = payment.id
                word = "again" if again else "accepted"
                return f"{word} change {_yuan(payment.change)} receipt {payment.receipt}"
            case Undone():
                return self._state(name)
            case Closed(verdict=verdict):
                return verdict.name.lower()
            case Reclaim():
                return "claim-anew"
            case Refused(code=code):
                return f"refused {code}"

    # -- the ways --------------------------------------------------------------------------------

    def _route_falls_ill(self, route: str) -> str:
        scope = Scope(int(route), 0, 0)
        ill, _ = feel(newborn(scope, self.now), [Pulse.SILENT] * 8, self.now)
        self.outlook = Outlook({**self.outlook.health, scope: ill}, ())
        return ill.condition.name.lower()

    def _route_is_well(self, route: str) -> str:
        scope = Scope(int(route), 0, 0)
        well = newborn(scope, self.now)
        self.outlook = Outlook({**self.outlook.health, scope: well}, ())
        return well.condition.name.lower()

    def _stand_in(self, biller: str, payment: str, till: str, agent: str) -> str:
        """For one biller: the most of one payment, of a till and outlet, of an agent and biller."""
        number, most = _RULES[biller], [_fen(one) for one in (payment, till, till, agent, agent)]
        policy = StandIn((number,), *most, outage_most_s=3600)
        self.network = structs.replace(self.network, stand_in=policy)
        for kind in _BOUNDS:
            for party in range(1, 6):
                book = self.loaded.books.get((kind, party)) or Book(0, 0, 0, TODAY, 0)
                self.loaded.books[kind, party] = structs.replace(book, most=policy.most(kind))
        return "on"

    def _exposed(self) -> str:
        held = {
            kind.name.lower().removeprefix("stand_in_"): sum(
                book.balance for (of, _), book in self.loaded.books.items() if of is kind
            )
            for kind in _BOUNDS
        }
        return " ".join(f"{name} {write_amount(it, CNY)}" for name, it in held.items())

    def _way(self, paid: str) -> str:
        return f"route-{route_of(self.loaded.lives[self.payments[paid]])}"

    # -- the other side -------------------------------------------------------------------------

    def _send(self, paid: str) -> str:
        job = self._job(paid, ErrandKind.SEND)
        if job is None:
            return "nothing-to-send"
        life = self.loaded.lives[self.payments[paid]]
        turn = take_up(life, job, self.network, self.outlook, self._at())
        if isinstance(turn, Waits):
            return "waits"
        self.work.pop(job.id)
        return "not-sent" if turn is None else self._take(paid, turn)

    def _hear(self, paid: str, word: str, code: str = "", attempt: str = "") -> str:
        life = self.loaded.lives[self.payments[paid]]
        job = self._job(paid, ErrandKind.ENQUIRE) or self._late_job(paid)
        number = int(attempt or life.count(FactKind.SENT))
        asked = Asked(life, number, job, self.network, self.outlook)
        turn = hear(asked, self._finding(word, code, life.payment.amount), self._at())
        self.work.pop(job.id, None)
        return self._take(paid, turn)

    def _hear_void(self, paid: str, word: str, code: str = "") -> str:
        life = self.loaded.lives[self.payments[paid]]
        job = self._job(paid, ErrandKind.VOID)
        if job is None:
            return "no-void"
        finding = self._finding(word, code, life.payment.amount)
        turn = hear_void(life, finding, job, self.network, self._at())
        self.work.pop(job.id)
        cash = turn.cash_out
        book = self.loaded.books[Limited.DRAWER, life.payment.outlet]
        self.loaded.books[Limited.DRAWER, life.payment.outlet] = book.after_cash(-cash)
        return self._take(paid, turn)

    def _deadline(self, paid: str) -> str:
        job = self._job(paid, ErrandKind.RETURN_DEADLINE)
        if job is None or job.due_at > self.now:
            return "not-yet"
        self.work.pop(job.id)
        return self._take(paid, deadline_passed(self.loaded.lives[self.payments[paid]], self._at()))

    def _finding(self, word: str, code: str, amount: int) -> Finding:
        return {
            "confirmed": Confirmed("ref", amount),
            "other-amount": Confirmed("ref", amount + 1),
            "declined": Declined(code or "E1", not_posted=True),
            "duplicate": Declined("PAID", not_posted=True, duplicate=True),
            "unknown": Unknown("time-out"),
            "unsent": Unknown("refused", sent=False),
            "not-asked": enquired(Unknown("refused", sent=False)),
            "not-found": NotFound(),
            "not-found-early": NotFound(early=True),
        }[word]

    def _job(self, paid: str, kind: ErrandKind) -> ErrandRow | None:
        payment = self.payments[paid]
        found = [job for job in self.work.values() if (job.payment, job.kind) == (payment, kind)]
        return min(found, key=lambda job: job.due_at, default=None)

    def _late_job(self, paid: str) -> ErrandRow:
        life = self.loaded.lives[self.payments[paid]].payment
        return ErrandRow(
            life.bucket,
            UUID(int=9),
            ErrandKind.ENQUIRE,
            self.now,
            life.id,
            life.business_date,
            0,
            "0",
        )

    def _take(self, paid: str, turn: Turn) -> str:
        self.loaded.lives[self.payments[paid]] = turn.life
        self.postings += turn.postings
        for delta in let_go(turn.life.payment, turn.postings):
            book = self.loaded.books[delta.kind, delta.party]
            self.loaded.books[delta.kind, delta.party] = book.after_cash(delta.delta)
        for job in turn.errands:
            self.work[job.id] = job
        return self._state(paid)

    def _at(self) -> Moment:
        return Moment(self.now, self.loaded.day.business_date, self.ids)

    # -- looking ----------------------------------------------------------------------------------

    def _wait(self, span: str) -> str:
        unit = {"s": 1, "m": 60, "h": 3600}[span[-1]]
        self.now += timedelta(seconds=int(span[:-1]) * unit)
        return "ok"

    def _state(self, paid: str) -> str:
        life = self.loaded.lives[self.payments[paid]]
        flag = " contradicted" if life.standing().contradicted else ""
        return life.payment.state.name.lower().replace("_", "-") + flag

    def _work(self, paid: str) -> str:
        """What the relays are left to do, with seconds until it is due."""
        payment = self.payments[paid]
        left = sorted(
            (job.kind.name.lower().replace("_", "-"), int((job.due_at - self.now).total_seconds()))
            for job in self.work.values()
            if job.payment == payment
        )
        return " ".join(f"{kind}@{due}" for kind, due in left) or "nothing"

    def _drawer(self, outlet: str = "1") -> str:
        return _yuan(self.loaded.books[Limited.DRAWER, int(outlet)].balance)

    def _books(self) -> str:
        totals: dict[str, int] = {}
        for entry in (line for posting in self.postings for line in posting.lines()):
            name = Account(entry.account).name.lower().replace("_", "-")
            totals[name] = totals.get(name, 0) + entry.amount
        assert sum(totals.values()) == 0
        return (
            " ".join(f"{name} {_yuan(it)}" for name, it in sorted(totals.items()) if it) or "empty"
        )

    def _cut(self) -> str:
        self.loaded.day = Day(self.loaded.day.business_date, open=False)
        return "ok"

    def _open(self, day: str) -> str:
        self.loaded.day = Day(date.fromisoformat(day), open=True)
        return "ok"

    def _close_shift(self, till: str = "1") -> str:
        shift = self.loaded.shifts[int(till)]
        self.loaded.shifts[int(till)] = structs.replace(shift, open=False)
        return "ok"

    def _suspend(self, outlet: str) -> str:
        place = structs.replace(self.network.outlets[int(outlet)], suspended=True)
        outlets = dict(self.network.outlets) | {int(outlet): place}
        self.network = structs.replace(self.network, outlets=outlets)
        return "ok"

    def _key(self, name: str) -> UUID:
        return self.keys.setdefault(name, self.ids.fresh(self.now))


def hash_of(*parts: str) -> int:
    """A stand-in for the hash of a request: equal for equal words."""
    return int.from_bytes("\x1f".join(parts).encode()[:16].ljust(16, b"\0"))


def _fen(text: str) -> int:
    amount = read_amount(text, CNY)
    assert amount is not None, f"{text} is no amount"
    return amount


def _yuan(amount: int) -> str:
    return write_amount(amount, CNY)
