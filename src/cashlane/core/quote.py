"""The quote and the hold: an amount frozen for some minutes, and our signed promise of it.

A quote is a value, not a row. A hold is the claim on the bill plus this promise; the till hands
it back when the cash is counted, so that the counter's hot path reads nothing about the bill.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.bill import Bill, Biller, takes
from cashlane.core.cash import cash_due
from cashlane.core.fees import Fee, fee_for
from cashlane.core.network import Network
from cashlane.core.outlet import Permit
from cashlane.core.refusals import Refused
from cashlane.core.routing import lot_of
from cashlane.values.money import write_amount
from cashlane.values.text import Text

HOLD_MINUTES = 10
"""How long a bill is kept for one till: counting cash takes less, a dead till blocks no longer."""


class Quote(Struct, frozen=True, array_like=True):
    """What one bill costs at one counter now, in minor units.

    `amount` goes to the biller, `carried` stays owed on the account, `rounding` is the part no
    coin can pay (borne by the biller, or by the network where `rounding_party` is 0). `stands_in`:
    no way was open when it was made, so that the network stands in or nobody takes it.
    """

    biller: int
    bill_ref: str
    account: str
    period: str
    owed: int
    amount: int
    fee: Fee
    cash_due: int
    rounding: int
    rounding_party: int
    carried: int
    route: int
    stands_in: bool = False


class Hold(Struct, frozen=True, array_like=True):
    """A quote, bound to an outlet and till until a moment, behind a row on the bill."""

    id: UUID
    outlet: int
    till: int
    until: datetime
    quote: Quote


def price(
    network: Network, biller: Biller, permit: Permit, bill: Bill, *, amount: int, now: datetime
) -> Quote | Refused:
    """What is asked of the citizen for this bill, or why the amount is not taken."""
    if not takes(biller.amount_rule, owed=bill.amount, amount=amount):
        return Refused("AMOUNT_NOT_TAKEN", _figures(network, biller, bill.amount, amount))
    most = min(biller.payment_most, permit.contract.payment_most)
    if amount > most:
        return Refused(
            "AMOUNT_TOO_LARGE",
            {
                "most": write_amount(most, network.currency),
                "amount": write_amount(amount, network.currency),
            },
        )
    if permit.stands_in and amount > network.stand_in.payment_most:
        bound = write_amount(network.stand_in.payment_most, network.currency)
        return Refused("STAND_IN_LARGE", {"biller": biller.name, "most": bound})
    return _quote(network, biller, permit, bill, amount, now)


def _quote(
    network: Network, biller: Biller, permit: Permit, bill: Bill, amount: int, now: datetime
) -> Quote:
    way = permit.way(lot_of(biller.number, bill.ref, network.local(now).date()), now)
    fee = fee_for(network.fees[way.fee or permit.contract.fee], amount)
    customer_fee = fee.amount if fee.bearer == "customer" else 0
    cash = cash_due(amount + customer_fee, biller.cash_rule, network.currency.cash_unit)
    return Quote(
        biller=biller.number,
        bill_ref=bill.ref,
        account=bill.account,
        period=bill.period,
        owed=bill.amount,
        amount=amount - cash.carried,
        fee=fee,
        cash_due=cash.due,
        rounding=cash.rounding,
        rounding_party=biller.number if biller.cash_rule.bearer == "biller" else 0,
        carried=cash.carried,
        route=way.route,
        stands_in=permit.stands_in,
    )


def _figures(
    network: Network, biller: Biller, owed: int, amount: int
) -> dict[str, str | int | Text]:
    return {
        "biller": biller.name,
        "owed": write_amount(owed, network.currency),
        "amount": write_amount(amount, network.currency),
    }


def hold_until(now: datetime, *, day_ends: datetime | None) -> datetime:
    """When a hold made now lapses: after HOLD_MINUTES, or at the end of the biller's window."""
    lapse = now + timedelta(minutes=HOLD_MINUTES)
    return min(lapse, day_ends) if day_ends is not None else lapse


def seal(hold: Hold, *, key_id: str, key: bytes) -> str:
    """The hold as a signed token (JWS compact form, HS256) that a till hands back."""
    said = _head(key_id) + b"." + _base64(msgspec.json.encode(hold))
    return (said + b"." + _sign(said, key)).decode()


def unseal(token: str, keys: Mapping[str, bytes]) -> Hold | Refused:
    """Read a token back; HOLD_UNREADABLE unless one of our keys signed exactly this."""
    try:
        said, _, signature = token.encode("ascii").rpartition(b".")
        head, _, body = said.partition(b".")
        for key_id, key in keys.items():
            if _head(key_id) == head and hmac.compare_digest(_sign(said, key), signature):
                return _read_hold(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    except ValueError:  # msgspec's and base64's errors are of this kind
        pass
    return Refused("HOLD_UNREADABLE")


_read_hold = msgspec.json.Decoder(Hold).decode


@cache
def _head(key_id: str) -> bytes:
    """The only head that is signed for a key: no token chooses how it is checked."""
    return _base64(msgspec.json.encode({"alg": "HS256", "kid": key_id, "typ": "JWT"}))


def _sign(said: bytes, key: bytes) -> bytes:
    return _base64(hmac.digest(key, said, "sha256"))


def _base64(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
