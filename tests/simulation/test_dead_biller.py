"""Ten thousand payments in doubt and a biller that is dead for an hour: it is not asked to death,
and when it is back, all are settled.
"""

from collections import Counter
from collections.abc import Sequence
from contextvars import Context
from datetime import timedelta

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from cashlane.core.clock import Clock
from cashlane.core.payment import FactKind, State
from cashlane.core.ports import Delivery, Finding
from cashlane.core.postings import Posting
from cashlane.core.record import ErrandKind, ErrandRow, FactRow, PaymentRow, Record, posting_row
from cashlane.switch import relay
from cashlane.switch.chase import BUDGET_SHARE
from cashlane.values.ids import BUCKETS, Ids
from tests.simulation.bell import Bell
from tests.simulation.billers import SimBiller
from tests.simulation.chance import Chance
from tests.simulation.clock import SimClock
from tests.simulation.doubts import Doubts
from tests.simulation.faults import CLASSES, Faults, Span
from tests.simulation.kernel import Kernel, Process
from tests.simulation.programs import Around, Worker
from tests.simulation.routes import SimRoute, final_after_s
from tests.simulation.server import Server
from tests.simulation.street import BILLERS, ROUTES, network
from tests.simulation.tables import Tables
from tests.simulation.trial import MIDNIGHT, ZERO_DAY
from tests.simulation.twin import Calm

PAYMENTS = 10_000
DEAD_S = 3_600.0
SETTLED_S = 4 * 3_600.0
"""The last enquiries before it was back are half an hour apart, and the queue has to drain."""
ENQUIRIES_MOST = 7
PER_SECOND = 200
ENQUIRIES_PER_SECOND = PER_SECOND // BUDGET_SHARE
START = MIDNIGHT - timedelta(hours=10)
BILLER, BANK = BILLERS["repeats"], ROUTES["bank"]


class Asked(SimRoute):
    """A way that remembers when it was asked, and about what."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.asked_at: list[float] = []

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Asked by one of our programs."""
        self.asked_at += [self._kernel.time()] * len(deliveries)
        return await super().enquire(deliveries)


class City:
    """One worker, one biller behind two ways, and so many payments that lie in doubt."""

    def __init__(self, in_doubt: int) -> None:
        chance, self.kernel = Chance(1), Kernel()
        self.wrong: list[str] = []
        self.faults = Faults(chance, dropped=frozenset(CLASSES), most=1 << 60)
        self.faults.has["silent"] = True
        self.faults.plan("silent", Span(0.0, DEAD_S, f"silent:{BANK}"))
        self.network = network()
        self._rate_bank(PER_SECOND)
        self.tables = Tables(self.network)
        self.tables.days[ZERO_DAY] = True
        doubts = Doubts(self.wrong.append, self.kernel.time, final_after_s())
        self.biller = SimBiller(BILLER, "repeats", chance.of("biller"))
        self.routes = {
            number: Asked(
                number, code, {self.biller.code: self.biller}, self.kernel, self.faults,
                chance.of(code), Context(), [], doubts,
            )
            for code, number in ROUTES.items() if code in {"bank", "far-bank"}
        }  # fmt: skip
        server = Server(self.kernel, self.tables, Calm(), chance.of("server"))
        self._ids = Ids(chance.of("ids").getrandbits)
        self.around = Around(
            self.kernel, server, self.network, self.routes, {BILLER: _Told()}, self._clock,
            lambda _: chance.of("noise").getrandbits, Bell(self.kernel, self.tables),
            chance.of("late").random, self.wrong.append,
        )  # fmt: skip
        for number in range(in_doubt):
            self._put_in_doubt(number)
        self.worker = Worker("worker", self.around, Process("worker", self.kernel), ())

    def _rate_bank(self, per_second: int) -> None:
        bank = self.network.routes[BANK]
        manifest = structs.replace(bank.manifest, per_second=per_second)
        routes = {**self.network.routes, BANK: structs.replace(bank, manifest=manifest)}
        self.network = structs.replace(self.network, routes=routes)

    def _clock(self, _: str) -> Clock:
        return SimClock(self.kernel.time, START, lambda _: 0.0)

    def _put_in_doubt(self, number: int) -> None:
        """Sent a moment before the biller fell silent; every second one had come there."""
        payment = self._payment(number)
        sent = FactRow(
            payment.bucket, ZERO_DAY, payment.id, FactKind.SENT, BANK, 1, START, START, ZERO_DAY,
            "switch", None,
        )  # fmt: skip
        job = ErrandRow(
            payment.bucket, self._ids.fresh(START), ErrandKind.ENQUIRE,
            START + timedelta(seconds=13), payment.id, ZERO_DAY, 0, "0",
        )  # fmt: skip
        taken = posting_row(payment, Posting.CASH_IN, on=ZERO_DAY, carried_by=0, refunded_by=0)
        self.tables.apply(
            Record(ZERO_DAY, payments=[payment], facts=[sent], postings=[taken], errands=[job])
        )
        if number % 2:
            self.routes[BANK].take_in(payment.id)
            self.biller.post(self._delivery(payment), 0.0, BANK)

    def take_one(self) -> PaymentRow:
        """A payment that was taken at a counter and is to be sent."""
        payment = structs.replace(self._payment(0), state=State.CASH_IN)
        job = ErrandRow(
            payment.bucket, self._ids.fresh(START), ErrandKind.SEND, START, payment.id, ZERO_DAY,
            0, "",
        )  # fmt: skip
        taken = posting_row(payment, Posting.CASH_IN, on=ZERO_DAY, carried_by=0, refunded_by=0)
        self.tables.apply(Record(ZERO_DAY, payments=[payment], postings=[taken], errands=[job]))
        return payment

    def _payment(self, number: int) -> PaymentRow:
        bucket = number % BUCKETS
        return PaymentRow(
            bucket, ZERO_DAY, self._ids.payment(START, business_date=ZERO_DAY, bucket=bucket),
            1, 11, 1, None, 2, BILLER, f"b{number}", "a", "", self._ids.fresh(START), None, 1_000,
            1_000, 1, False, 0, 0, 0, 1_000, 0, 0, 1_000, 1_000, 0, number + 1, BANK, False,
            State.SENT, Posting.CASH_IN.bit, START,
        )  # fmt: skip

    def _delivery(self, row: PaymentRow) -> Delivery:
        return Delivery(
            row.id, self.biller.code, row.bill_ref, row.account, row.amount, "o-1", "r", START, 1
        )

    def states(self) -> Counter[State]:
        """How many payments stand where."""
        return Counter(row.state for row in self.tables.payments.values())


class _Told:
    """The biller's desk hears of the cash."""

    async def keep_on(self, taken: Sequence[Delivery]) -> bool:
        """It takes every notice."""
        return True


def test_a_dead_biller_is_not_asked_to_death(monkeypatch: pytest.MonkeyPatch, figures) -> None:
    monkeypatch.setattr(relay, "IDLE_S", (1.0,))
    city = City(PAYMENTS)
    bank = city.routes[BANK]
    with capture_logs() as logs:
        city.kernel.run(until=DEAD_S, over=lambda: False)
        most = max(bank.enquiries.values())
        assert len(bank.enquiries) > PAYMENTS // 10
        assert most <= ENQUIRIES_MOST
        assert set(city.states()) <= {State.SENT, State.UNKNOWN}
        for until in range(int(DEAD_S), int(SETTLED_S), 60):
            city.kernel.run(until=until, over=lambda: False)
            if city.states()[State.CONFIRMED] == PAYMENTS:
                break
    assert city.states() == {State.CONFIRMED: PAYMENTS}
    assert not [one for one in logs if one["event"].endswith(".defect")]
    assert city.wrong + city.kernel.troubles == []
    assert all(city.biller.standing_credits(row.id) == 1 for row in city.tables.payments.values())
    busiest = _busiest(bank.asked_at, seconds=10)
    assert busiest <= 11 * ENQUIRIES_PER_SECOND  # ten seconds, and what was saved up for one
    figures(
        f"a biller dead for an hour, {PAYMENTS} in doubt: {most} enquiries each at most, busiest"
        f" ten seconds {busiest}; all settled {city.kernel.time() - DEAD_S:.0f} s after",
        of="simulation",
    )


def _busiest(moments: Sequence[float], *, seconds: float) -> int:
    """The most that fell into so many seconds."""
    most, first = 0, 0
    for place, moment in enumerate(moments):
        while moments[first] < moment - seconds:
            first += 1
        most = max(most, place - first + 1)
    return most
