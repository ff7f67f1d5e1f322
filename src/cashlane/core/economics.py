"""Economics: what it costs an outlet to take bills, what it gets for it, and what would keep it.

All amounts are minor units for one period, the same for costs and terms (a month, say). Costs are
rounded up and sums are sums of what was rounded, so that no figure looks better than its parts.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

_MILLION = 1_000_000
_SECONDS_AN_HOUR = 3_600
_Group = TypeVar("_Group", bound=Hashable)


class Labour(Struct, frozen=True):
    """What an hour at the counter costs: the wage, and what the employer pays on top of it."""

    wage_an_hour: int
    on_cost_ppm: int

    def cost(self, seconds: int) -> int:
        """For so many seconds, rounded up."""
        return _up(
            seconds * self.wage_an_hour * (_MILLION + self.on_cost_ppm), _SECONDS_AN_HOUR * _MILLION
        )

    def seconds_for(self, fee: int) -> int:
        """The whole seconds of work that a fee pays: a payment that takes longer loses money."""
        an_hour = self.wage_an_hour * (_MILLION + self.on_cost_ppm)
        return fee * _SECONDS_AN_HOUR * _MILLION // an_hour


class Programmes(Struct, frozen=True):
    """Other services at the same counter, as cities place them at the post: so many visits, which
    took so many seconds of its staff altogether.

    The wage of these seconds is borne by whoever placed them there; `pay` is what a visit brings
    the outlet beyond it.
    """

    visits: int
    seconds: int
    pay: int


NO_PROGRAMMES = Programmes(0, 0, 0)


class Working(Struct, frozen=True):
    """A period's work at one outlet: `payments` of `amount` altogether, each taking `seconds`.

    Banking the cash costs `deposit_ppm` of it and `trip_cost` for each of its `trips`. Of a million
    payments `errors_ppm` go wrong for good and cost `error_cost` each. `fixed` is what the counter
    costs though nobody comes: the machine, the line, the money that lies in the drawer.
    """

    outlet: int
    payments: int
    amount: int
    seconds: int
    labour: Labour
    deposit_ppm: int
    trips: int
    trip_cost: int
    errors_ppm: int
    error_cost: int
    fixed: int
    programmes: Programmes


class Terms(Struct, frozen=True):
    """What an outlet gets: a fee for each payment, a subsidy for each from a city, say, and a
    payment for being there at all."""

    fee: int
    subsidy: int
    availability: int


class Account(Struct, frozen=True):
    """A period's result of taking bills, line by line.

    `carried` is the part of the fixed cost that programmes carry by the share of their seconds in
    all seconds at the counter; bills need not. `programme_labour` is the wage of these seconds,
    told beside and in no sum: it is not for bills to pay.
    """

    payments: int
    fees: int
    subsidies: int
    availability: int
    programmes: int
    labour: int
    deposits: int
    errors: int
    fixed: int
    carried: int
    programme_labour: int

    @property
    def income(self) -> int:
        """All that comes in."""
        return self.fees + self.subsidies + self.availability + self.programmes

    @property
    def cost(self) -> int:
        """All that goes out for bills."""
        return self.labour + self.deposits + self.errors + self.fixed - self.carried

    @property
    def result(self) -> int:
        """What is left; below nothing the counter costs its keeper money."""
        return self.income - self.cost

    @property
    def break_even_fee(self) -> int | None:
        """The least fee for each payment at which nothing is lost, all else as it is; None where
        no fee can do it, since nobody pays there."""
        return self._least_fee(self.cost - (self.income - self.fees))

    @property
    def break_even_fee_alone(self) -> int | None:
        """The same if there were no programme: bills carried the counter alone."""
        income = self.income - self.fees - self.programmes
        return self._least_fee(self.cost + self.carried - income)

    def _least_fee(self, missing: int) -> int | None:
        if missing <= 0:
            return 0
        return _up(missing, self.payments) if self.payments else None

    @property
    def keeps(self) -> int:
        """The smallest availability payment that keeps the outlet, all else as it is."""
        return max(0, self.cost - (self.income - self.availability))


def account(working: Working, terms: Terms) -> Account:
    """The result of one outlet."""
    programmes, seconds = working.programmes, working.payments * working.seconds
    return Account(
        payments=working.payments,
        fees=working.payments * terms.fee,
        subsidies=working.payments * terms.subsidy,
        availability=terms.availability,
        programmes=programmes.visits * programmes.pay,
        labour=working.labour.cost(seconds),
        deposits=_up(working.amount * working.deposit_ppm, _MILLION)
        + working.trips * working.trip_cost,
        errors=_up(working.payments * working.errors_ppm * working.error_cost, _MILLION),
        fixed=working.fixed,
        carried=_share(working.fixed, programmes.seconds, seconds),
        programme_labour=working.labour.cost(programmes.seconds),
    )


def _share(fixed: int, programmes: int, bills: int) -> int:
    """What programmes carry of a cost by their seconds, rounded down: the rest, which bills carry,
    looks no better than it is."""
    return fixed * programmes // (programmes + bills) if programmes else 0


def together(accounts: Iterable[Account]) -> Account:
    """The sum of several outlets' results."""
    rows = list(accounts)
    return Account(*(sum(getattr(row, line) for row in rows) for line in Account.__struct_fields__))


def by_group(
    accounts: Mapping[int, Account], group_of: Mapping[int, _Group]
) -> dict[_Group, Account]:
    """Results by agent, channel or whatever else outlets belong to, in the order they come."""
    rows: dict[_Group, list[Account]] = {}
    for outlet, one in accounts.items():
        rows.setdefault(group_of[outlet], []).append(one)
    return {group: together(some) for group, some in rows.items()}


class Rung(Struct, frozen=True):
    """Outlets that close below a fee, and how many are left open at it."""

    fee: int
    outlets: tuple[int, ...]
    open_at_it: int


def ladder(accounts: Mapping[int, Account]) -> list[Rung]:
    """What closes at which fee: the outlets by their break-even fee, the lowest first. Whoever no
    fee can keep stands on no rung."""
    rungs: dict[int, list[int]] = {}
    for outlet, one in sorted(accounts.items()):
        if one.break_even_fee is not None:
            rungs.setdefault(one.break_even_fee, []).append(outlet)
    found, open_ = [], 0
    for fee, outlets in sorted(rungs.items()):
        open_ += len(outlets)
        found.append(Rung(fee, tuple(outlets), open_))
    return found


def closing_at(accounts: Mapping[int, Account], fee: int) -> tuple[int, ...]:
    """The outlets that lose money at a fee, all else as it is, by their numbers."""
    return tuple(
        outlet
        for outlet, one in sorted(accounts.items())
        if one.break_even_fee is None or one.break_even_fee > fee
    )


def indexed(fee: int, *, wage_then: int, wage_now: int, share_ppm: int) -> int:
    """A fee that follows the wage for a share of itself, rounded half up; it never falls."""
    risen = max(0, wage_now - wage_then)
    more = fee * share_ppm * risen
    whole = _MILLION * wage_then
    return fee + (2 * more + whole) // (2 * whole)


def cheapest_to_keep(accounts: Mapping[int, Account], budget: int) -> Sequence[tuple[int, int]]:
    """Outlets with what keeps each, the smallest payment first, as many as a budget keeps."""
    wanted = sorted((one.keeps, outlet) for outlet, one in accounts.items() if one.keeps)
    kept, left = [], budget
    for payment, outlet in wanted:
        if payment > left:
            break
        left -= payment
        kept.append((outlet, payment))
    return kept


def _up(amount: int, parts: int) -> int:
    """A division rounded up."""
    return -(-amount // parts)
