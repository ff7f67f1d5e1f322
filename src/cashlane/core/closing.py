"""What a scenario comes to: who loses money, what closes at which fee, what would keep them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from cashlane.core.economics import Account, Rung, by_group, ladder, together

_Group = TypeVar("_Group", bound=Hashable)


class Sum(Struct, frozen=True):
    """Some outlets together. `keeps`: availability payments that keep every one of them, each paid
    what it needs; `most`: what the neediest of them needs."""

    account: Account
    outlets: int
    losing: int
    keeps: int
    most: int


class Closing(Struct, frozen=True):
    """The whole of it. `least`: the outlet that is kept for the smallest payment, and that payment;
    None where nobody loses. Beside the ladder stand those that no fee keeps."""

    whole: Sum
    rungs: Sequence[Rung]
    hopeless: int
    least: tuple[int, int] | None

    def fee_for(self, share_ppm: int) -> int | None:
        """The least fee at which so many parts per million of the outlets stay open; None where no
        fee does that."""
        wanted = -(-self.whole.outlets * share_ppm // 1_000_000)
        return next((rung.fee for rung in self.rungs if rung.open_at_it >= wanted), None)


def closing(accounts: Mapping[int, Account]) -> Closing:
    """What some outlets' accounts come to."""
    needy = min(((one.keeps, it) for it, one in accounts.items() if one.result < 0), default=None)
    return Closing(
        whole=_sum(list(accounts.values()), together(accounts.values())),
        rungs=ladder(accounts),
        hopeless=sum(one.break_even_fee is None for one in accounts.values()),
        least=None if needy is None else (needy[1], needy[0]),
    )


def sums(accounts: Mapping[int, Account], group_of: Mapping[int, _Group]) -> dict[_Group, Sum]:
    """By agent, kind or whatever else outlets belong to."""
    rows: dict[_Group, list[Account]] = {}
    for outlet, one in accounts.items():
        rows.setdefault(group_of[outlet], []).append(one)
    whole = by_group(accounts, group_of)
    return {group: _sum(some, whole[group]) for group, some in rows.items()}


def _sum(some: Sequence[Account], whole: Account) -> Sum:
    return Sum(
        account=whole,
        outlets=len(some),
        losing=sum(one.result < 0 for one in some),
        keeps=sum(one.keeps for one in some),
        most=max((one.keeps for one in some), default=0),
    )


def neediest(accounts: Mapping[int, Account]) -> list[int]:
    """Outlets in the order of what they lose, the most first; equal ones by number."""
    return sorted(accounts, key=lambda outlet: (accounts[outlet].result, outlet))
