"""Counters, billers and payments found by the names that people and machines use for them.

Another party's is answered like an unknown one.
"""

from functools import cached_property
from typing import Any
from uuid import UUID

from msgspec import Struct

from cashlane.core.barcode import LAYOUTS, CodeRefusal, read_code
from cashlane.core.bill import Biller, BillKey
from cashlane.core.finding import Names, outlet_names
from cashlane.core.network import Actor, Network, Outlet, Till
from cashlane.core.programme import Programme
from cashlane.core.refusals import Refused
from cashlane.counter.messages import PaymentId
from cashlane.counter.problems import RefusedError
from cashlane.values.ids import BUCKETS, payment_home, read_id
from cashlane.values.nearest import Nearest
from cashlane.values.text import Text


class Counter(Struct, frozen=True):
    """An outlet and till of the caller."""

    outlet: Outlet
    till: Till


class Places:
    """Finds counters and billers by their codes in one version of the network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._outlets = {outlet.code: outlet for outlet in network.outlets.values()}
        self._tills = {(till.outlet, till.code): till for till in network.tills.values()}
        self._tills_at: dict[int, list[str]] = {}
        for outlet, code in sorted(self._tills):
            self._tills_at.setdefault(outlet, []).append(code)
        self._billers = {biller.code: biller for biller in network.billers.values()}
        self._issuers = network.issuers()
        self._with: dict[str, Nearest] = {}
        self._by_code = sorted(self._outlets.values(), key=lambda one: one.code)

    def outlet(self, actor: Actor, code: str) -> Outlet:
        """An outlet of the caller; another's is answered like an unknown one."""
        outlet = self.public_outlet(code)
        if outlet.agent != actor.agent or actor.outlet not in (None, outlet.number):
            raise _no_outlet()
        return outlet

    def public_outlet(self, code: str) -> Outlet:
        """Any outlet, for what everybody may know of it."""
        outlet = self._outlets.get(code)
        if outlet is None:
            raise _no_outlet()
        return outlet

    def biller(self, code: str) -> Biller:
        """A biller by its code. Raises UNKNOWN_BILLER."""
        named = self._billers.get(code)
        if named is None:
            raise RefusedError(Refused("UNKNOWN_BILLER", {"biller": code}))
        return named

    def programme(self, code: str) -> Programme:
        """A programme by its code. Raises NOT_FOUND."""
        named = self.network.programmes.get(code)
        if named is None:
            raise RefusedError(Refused("NOT_FOUND", {"what": Text("合办业务", "programme")}))
        return named

    @cached_property
    def nearest(self) -> Nearest:
        """Which outlets are nearest to a point."""
        return Nearest(self.network.places)

    def nearest_with(self, programme: str | None) -> Nearest:
        """Which outlets are nearest to a point, of those at which a programme is or will be; of all
        where it is None."""
        if programme is None:
            return self.nearest
        if programme not in self._with:
            self._with[programme] = Nearest(
                {
                    outlet: place
                    for outlet, place in self.network.places.items()
                    if any(
                        it.programme == programme for it in self.network.placements.get(outlet, ())
                    )
                }
            )
        return self._with[programme]

    @cached_property
    def names(self) -> Names:
        """Outlets by parts of their names, codes and addresses."""
        return outlet_names(self.network)

    @cached_property
    def districts(self) -> list[tuple[str, int]]:
        """The districts that have outlets, each with how many are enabled, in the order of their
        first one."""
        counts: dict[str, int] = {}
        for _, outlet in sorted(self.network.outlets.items()):
            counts[outlet.district] = counts.get(outlet.district, 0) + (not outlet.suspended)
        return [(code, count) for code, count in counts.items() if code]

    def counter(self, actor: Actor, outlet: str, till: str) -> Counter:
        """An outlet and till of the caller."""
        place = self.outlet(actor, outlet)
        machine = self._tills.get((place.number, till))
        if machine is None:
            raise RefusedError(Refused("NOT_FOUND", {"what": Text("收银机", "till")}))
        return Counter(place, machine)

    def tills_of(self, outlet: Outlet) -> list[str]:
        """The codes of an outlet's tills."""
        return self._tills_at.get(outlet.number, [])

    def outlets_of(self, actor: Actor) -> list[Outlet]:
        """All outlets that the caller may speak for, by code."""
        return [
            one
            for one in self._by_code
            if one.agent == actor.agent and actor.outlet in (None, one.number)
        ]

    def bill_key(
        self, *, code: str | None, biller: str | None, account: str | None, ref: str | None
    ) -> BillKey:
        """How the bill was named: by a code, or by biller and account. Raises what is wrong."""
        if code is not None:
            read = read_code(code, LAYOUTS, self._issuers)
            if isinstance(read, CodeRefusal):
                raise RefusedError(Refused(read.code))
            return BillKey(read.biller, read.account, ref or read.ref, read.amount)
        if biller is None or account is None:
            raise RefusedError(
                Refused(
                    "MALFORMED",
                    {
                        "what": Text(
                            "缺少条码，或收费单位与户号",
                            "it has no code, and no biller with account",
                        )
                    },
                )
            )
        named = self.biller(biller)
        check_account(named, account)
        return BillKey(named.number, account, ref, None)


def _no_outlet() -> RefusedError:
    return RefusedError(Refused("NOT_FOUND", {"what": Text("网点", "outlet")}))


def check_account(biller: Biller, account: str) -> None:
    """Raise ACCOUNT_FORM unless the account has the biller's form (ASCII digits, length)."""
    (field, *_) = biller.fields
    digits = account.isascii() and account.isdigit()
    if not field.least <= len(account) <= field.most or (field.digits_only and not digits):
        raise RefusedError(Refused("ACCOUNT_FORM", {"least": field.least, "most": field.most}))


def payment_place(text: PaymentId) -> tuple[UUID, int, Any]:
    """Id, bucket and business date that a public payment id carries. Raises NOT_FOUND."""
    ident = read_id("pay", text)
    if ident is not None:
        bucket, day = payment_home(ident)
        if bucket < BUCKETS:
            return ident, bucket, day
    raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
