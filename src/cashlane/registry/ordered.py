"""Orders: where a sandbox misbehaves on order, each behaviour is ordered and must be told by name.

A partner has no such page. The orders show, on the simulated world, that the kit can be believed.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from cashlane.core.conformance import Flag, Kind
from cashlane.core.partner_sheet import PAYABLE_LEAST, Sheet
from cashlane.registry.bench import Tools
from cashlane.registry.certify import Owed, Run, Stranger, certify
from cashlane.values.text import Text

ORDERABLE: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "idempotent")
"""What is ordered; the run without an order shows what the sandbox is of itself."""
SHARE_PPM_MAX = 1_000_000
"""Every time."""


class ControlOrder(Struct, frozen=True):
    """What a simulated party is told to do; a share of 0 takes it back. No `billers` means all."""

    behaviour: str
    ms: int
    share_ppm: int
    seed: int
    billers: tuple[str, ...]


class Ordered(Struct, frozen=True):
    """One ordered behaviour, what the kit called it, and which claims it still gave."""

    kind: Kind
    named: tuple[Kind, ...]
    held: tuple[Flag, ...]

    @property
    def told(self) -> bool:
        """Whether the kit gave it its right name."""
        return self.kind in self.named


class Examined(Struct, frozen=True):
    """A run, and the orders after it."""

    run: Run
    orders: tuple[Ordered, ...]


NO_ORDERS = Text("控制页不接受命令", "the control page takes no orders")
Ordering = Callable[[ControlOrder], Awaitable[bool]]


def bills_needed(*, orders: bool) -> int:
    """Payable bills that one examination uses up."""
    return PAYABLE_LEAST * (len(ORDERABLE) + 1 if orders else 1)


async def examine_partner(sheet: Sheet, tools: Tools, owed: Sequence[Owed]) -> Examined | Stranger:
    """One run on the sandbox as it is."""
    run = await certify(sheet, tools, owed)
    return run if isinstance(run, Stranger) else Examined(run, ())


async def order_partner(
    sheet: Sheet, tools: Tools, owed: Sequence[Owed], kinds: Sequence[Kind], ordering: Ordering
) -> Examined | Stranger:
    """One run as the sandbox is, and one more under the order for each kind."""
    shares = _shares(sheet)
    run = await certify(next(shares), tools, owed)
    if isinstance(run, Stranger):
        return run
    found = []
    for kind in kinds:
        ordered = await _ordered(kind, next(shares), tools, ordering)
        if isinstance(ordered, Stranger):
            return ordered
        found.append(ordered)
    return Examined(run, tuple(found))


def _shares(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet again and again, each time with bills of its own."""
    for at in range(0, len(sheet.payable), PAYABLE_LEAST):
        yield replace(sheet, payable=sheet.payable[at : at + PAYABLE_LEAST])


async def _ordered(
    kind: Kind, sheet: Sheet, tools: Tools, ordering: Ordering
) -> Ordered | Stranger:
    order = order_for(kind, sheet)
    if not await ordering(order):
        return Stranger(NO_ORDERS)
    run = await certify(sheet, tools, ())
    await ordering(replace(order, share_ppm=0))
    if isinstance(run, Stranger):
        return run
    held = tuple(line.flag for line in run.judgement.flags if line.holds)
    return Ordered(kind, run.judgement.kinds, held)


def order_for(kind: Kind, sheet: Sheet) -> ControlOrder:
    """How a sandbox with a control page is made to show a kind."""
    between = (sheet.answer_within_ms + sheet.attempt_ms) // 2
    orders: dict[Kind, tuple[str, int]] = {
        "not_idempotent": ("forgets", 0),
        "dedups_for_a_time": ("forgets", sheet.day_s * 500),
        "not_found_early": ("early_not_found", sheet.claimed.grace_s * 1000),
        "contradicts_itself": ("contradictory", 0),
        "slow": ("slow", between),
        "file_only": ("in_files_only", 0),
        "other_cut_off": ("other_cut_off", 0),
    }
    behaviour, ms = orders[kind]
    return ControlOrder(behaviour, ms, SHARE_PPM_MAX, seed=1, billers=())
