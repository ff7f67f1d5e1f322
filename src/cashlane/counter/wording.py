"""Decided values put into the words of the wire."""

from typing import Literal

from cashlane.core.bill import mask_name
from cashlane.core.network import Network
from cashlane.core.payment import State
from cashlane.core.receipt import ReceiptKey, make_code, receipt_number
from cashlane.core.record import PaymentRow
from cashlane.counter.messages import (
    BillerOut,
    BillOut,
    HoldOut,
    InquiryOut,
    NameOut,
    PaymentOut,
    StatusOut,
)
from cashlane.store.lookup import Seen
from cashlane.switch.inquire import Line, Offer
from cashlane.values.ids import spell
from cashlane.values.text import Text

WORDS: dict[State, Literal["paid", "not_paid", "in_doubt"]] = {
    State.CASH_IN: "in_doubt",
    State.SENT: "in_doubt",
    State.UNKNOWN: "in_doubt",
    State.STOOD_IN: "paid",
    State.CONFIRMED: "paid",
    State.DECLINED: "not_paid",
    State.RETURNED: "not_paid",
    State.VOIDING: "in_doubt",
    State.VOIDED: "not_paid",
    State.REFUND_DUE: "not_paid",
    State.REFUNDED: "not_paid",
}


def name_out(name: Text) -> NameOut:
    """A bilingual name."""
    return NameOut(name.zh, name.en)


def offer_out(offer: Offer, network: Network) -> InquiryOut:
    """The answer to an inquiry."""
    return InquiryOut(
        biller=BillerOut(offer.biller.code, name_out(offer.biller.name)),
        bills=[_bill_out(line, network) for line in offer.lines],
    )


def _bill_out(line: Line, network: Network) -> BillOut:
    bill, quote = line.bill, line.quote
    return BillOut(
        bill_ref=bill.ref,
        account=bill.account,
        period=bill.period,
        customer=mask_name(bill.customer),
        due_on=bill.due_on.isoformat() if bill.due_on else None,
        owed=bill.amount,
        amount=quote.amount,
        customer_fee=quote.fee.amount if quote.fee.bearer == "customer" else 0,
        rounding=quote.rounding,
        carried=quote.carried,
        cash_due=quote.cash_due,
        currency=network.currency.code,
        hold=_hold_out(line, network),
    )


def _hold_out(line: Line, network: Network) -> HoldOut | None:
    if line.hold is None or line.token is None:
        return None
    return HoldOut(line.hold.id, line.token, network.written(line.hold.until))


def payment_out(payment: PaymentRow, network: Network) -> PaymentOut:
    """An accepted payment, in words that never change afterwards."""
    outlet = network.outlets[payment.outlet]
    return PaymentOut(
        payment=spell("pay", payment.id),
        receipt_number=receipt_number(
            outlet_code=outlet.code, business_date=payment.business_date, number=payment.receipt
        ),
        business_date=payment.business_date.isoformat(),
        accepted_at=network.written(payment.accepted_at),
        outlet=outlet.code,
        till=network.tills[payment.till].code,
        biller=network.billers[payment.biller].code,
        bill_ref=payment.bill_ref,
        account=payment.account,
        period=payment.period,
        amount=payment.amount,
        customer_fee=payment.customer_fee,
        rounding=payment.rounding,
        carried=payment.carried,
        cash_due=payment.cash_due,
        tendered=payment.tendered,
        change=payment.change,
        currency=network.currency.code,
        visit=payment.visit,
    )


def status_out(seen: Seen, network: Network, key: ReceiptKey) -> StatusOut:
    """How a payment stands; its receipt code only where a receipt is due."""
    payment = seen.payment
    word = WORDS[payment.state]
    details = payment_out(payment, network)
    code = make_code(
        key,
        outlet=payment.outlet,
        business_date=payment.business_date,
        number=payment.receipt,
    )
    return StatusOut(
        payment=details.payment,
        state=payment.state.name.lower(),
        word=word,
        written_off=payment.state is State.CONFIRMED,
        contradicted=seen.contradicted,
        receipt_number=details.receipt_number,
        receipt_code=code if word == "paid" else None,
        details=details,
    )
