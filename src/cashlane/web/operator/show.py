"""How values are shown to one person: language, zone, names; accounts and codes cut short."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.bill import mask_account
from cashlane.core.network import Network
from cashlane.core.payment import State
from cashlane.core.receipt import receipt_number
from cashlane.core.record import PaymentRow
from cashlane.store.finding import Listed
from cashlane.values.ids import spell
from cashlane.values.money import write_amount
from cashlane.values.text import Language, Text

Tone = Literal["paid", "doubt", "not", "quiet"]
TONES: Mapping[State, tuple[Tone, str]] = {
    State.CASH_IN: ("doubt", "●"),
    State.SENT: ("doubt", "➔"),
    State.UNKNOWN: ("doubt", "?"),
    State.STOOD_IN: ("paid", "◐"),
    State.CONFIRMED: ("paid", "✓"),
    State.DECLINED: ("not", "✕"),
    State.RETURNED: ("quiet", "↩"),
    State.VOIDING: ("doubt", "⟲"),
    State.VOIDED: ("quiet", "⟲"),
    State.REFUND_DUE: ("not", "!"),
    State.REFUNDED: ("quiet", "↩"),
}
"""Each state has a tone and a sign, so that colour never says it alone."""
STATES: Mapping[State, Text] = {
    State.CASH_IN: Text("已收现金", "Taken"),
    State.SENT: Text("已发出", "Sent"),
    State.UNKNOWN: Text("状态未知", "Unknown"),
    State.STOOD_IN: Text("代受理", "Stood in"),
    State.CONFIRMED: Text("已销账", "Confirmed"),
    State.DECLINED: Text("销账失败", "Declined"),
    State.RETURNED: Text("现金已退", "Cash returned"),
    State.VOIDING: Text("撤销中", "Voiding"),
    State.VOIDED: Text("已撤销", "Voided"),
    State.REFUND_DUE: Text("待退款", "Refund due"),
    State.REFUNDED: Text("已退款", "Refunded"),
}
_UNITS = (
    (86_400, Text("天", "d")),
    (3_600, Text("小时", "h")),
    (60, Text("分", "min")),
    (1, Text("秒", "s")),
)


class StateShown(Struct, frozen=True):
    """A state in one word, with its tone and sign."""

    name: str
    tone: Tone
    sign: str


class Show:
    """Shows the values of a network to somebody, at a moment."""

    def __init__(self, language: Language, network: Network, now: datetime) -> None:
        self.language = language
        self.network = network
        self.now = now

    def t(self, zh: str, en: str) -> str:
        """One of two sentences that stand side by side."""
        return zh if self.language == "zh" else en

    def say(self, text: Text) -> str:
        """A text in this person's language."""
        return text.say(self.language)

    def money(self, amount: int) -> str:
        """An amount with its thousands apart: 1,234.50."""
        whole, dot, part = write_amount(abs(amount), self.network.currency).partition(".")
        groups = f"{int(whole):,}"
        return f"{'−' if amount < 0 else ''}{groups}{dot}{part}"

    def count(self, number: int) -> str:
        """A count with its thousands apart."""
        return f"{number:,}"

    def clock(self, moment: datetime) -> str:
        """The time of day."""
        return f"{self.network.local(moment):%H:%M:%S}"

    def minute(self, moment: datetime) -> str:
        """The time of day, to the minute."""
        return f"{self.network.local(moment):%H:%M}"

    def day_clock(self, moment: datetime) -> str:
        """Day and time, for lists that reach over days."""
        return f"{self.network.local(moment):%m-%d %H:%M:%S}"

    def dated(self, moment: datetime) -> str:
        """Date and time to the minute, for lists that reach over years."""
        return f"{self.network.local(moment):%Y-%m-%d %H:%M}"

    def lately(self, moment: datetime) -> str:
        """The time of day, with the day where it is another than today."""
        there, here = self.network.local(moment), self.network.local(self.now)
        return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%m-%d %H:%M}"

    def percent(self, ppm: int) -> str:
        """A share, to the tenth of a hundredth, rounded down."""
        return f"{ppm // 10_000}.{ppm % 10_000 // 1_000} %"

    def full(self, moment: datetime) -> str:
        """Date, time and offset, for what somebody may be held to."""
        local = self.network.local(moment)
        return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {_offset(local)}"

    def zone(self, moment: datetime) -> str:
        """The network's zone: name and offset."""
        return f"{self.network.zone} UTC{_offset(self.network.local(moment))}"

    def since(self, moment: datetime) -> str:
        """How long ago a moment was."""
        return self.span(self.now - moment)

    def span(self, span: timedelta) -> str:
        """A length of time in its two largest units."""
        parts: list[str] = []
        left = max(0, span // timedelta(seconds=1))
        for size, name in _UNITS:
            many, left = divmod(left, size)
            if many or (size == 1 and not parts):
                parts.append(f"{many} {self.say(name)}")
        return " ".join(parts[:2])

    def after(self, span: timedelta) -> str:
        """A distance in time with its sign: +43 ms, +4.3 s, +2 min 5 s."""
        sign, ms = ("−" if span < timedelta(0) else "+"), abs(span) // timedelta(milliseconds=1)
        if ms < 1_000:
            return f"{sign}{ms} ms"
        if ms < 60_000:
            return f"{sign}{ms // 1_000}.{ms % 1_000 // 100} s"
        return sign + self.span(abs(span))

    def state(self, state: State) -> StateShown:
        """A state as a word with tone and sign."""
        tone, sign = TONES[state]
        return StateShown(self.say(STATES[state]), tone, sign)

    def pay(self, ident: UUID) -> str:
        """A payment's public id."""
        return spell("pay", ident)

    def receipt(self, payment: Listed | PaymentRow) -> str:
        """The number on a payment's paper."""
        return receipt_number(
            outlet_code=self.network.outlets[payment.outlet].code,
            business_date=payment.business_date,
            number=payment.receipt,
        )

    def day(self, day: date) -> str:
        """A business date."""
        return day.isoformat()

    def outlet(self, number: int) -> str:
        """An outlet's name."""
        return self.say(self.network.outlets[number].name)

    def outlet_code(self, number: int) -> str:
        """An outlet's code."""
        return self.network.outlets[number].code

    def till(self, number: int) -> str:
        """A till's code."""
        return self.network.tills[number].code

    def biller(self, number: int) -> str:
        """A biller's name."""
        return self.say(self.network.billers[number].name)

    def biller_code(self, number: int) -> str:
        """A biller's code."""
        return self.network.billers[number].code

    def route(self, number: int) -> str:
        """A route's name."""
        return self.say(self.network.routes[number].name)

    def route_code(self, number: int) -> str:
        """A route's code."""
        return self.network.routes[number].code

    def agent(self, number: int) -> str:
        """The name of the company behind outlets."""
        return self.say(self.network.agents[number].name)

    def district(self, code: str) -> str:
        """What a district is called."""
        return self.say(self.network.district(code))

    def whose(self, *, biller: int, agent: int) -> str:
        """Whom a word about a way is about; 0 stands for all."""
        billers = self.biller(biller) if biller else self.t("全部收费单位", "all billers")
        agents = self.agent(agent) if agent else self.t("全部机构", "all agents")
        return f"{billers} · {agents}"

    def masked(self, account: str) -> str:
        """An account number as a list shows it."""
        return mask_account(account)


def _offset(local: datetime) -> str:
    digits = f"{local:%z}"
    return f"{digits[:3]}:{digits[3:]}"
