"""A partner to rehearse with: one simulated route, two billers, test bills, and their sheet.

It shows what a checklist looks like before anybody has a sandbox, and proves the kit in tests.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import get_args

from msgspec import Struct

from cashlane.adapters.control_page import ControlPage
from cashlane.core.network import Manifest
from cashlane.core.partner_sheet import WireKind
from cashlane.core.rulings import SHUT_LEAST
from cashlane.registry.ordered import SHARE_PPM_MAX, ControlOrder
from cashlane.values.text import Text
from cashlane.world.bills import BillRow, load_bills
from cashlane.world.plan import BillerPlan, RoutePlan, WorldPlan
from cashlane.world.serve import open_world

BILLER, PARTNER = "rehearsal-power", "rehearsal-route"
SHUT_BILLER = "rehearsal-gas"
"""Its bills are good, and the route no longer carries them."""
SECRET_FILE = "secret.txt"  # noqa: S105 - the name of a file
SECRET = "a rehearsal's own secret"  # noqa: S105 - opens a simulated sandbox and nothing else
AMOUNT = 12_650
WIRES: tuple[WireKind, ...] = get_args(WireKind)

CLAIMS: dict[WireKind, Manifest] = {
    "aggregator": Manifest(
        dedups_by_payment_id=True, not_found_final=True, answers_status=True, voids=True,
        not_posted_codes=("2001", "2002", "2004", "3001"), shut_codes=("3001",), grace_s=2,
        per_message=20, per_second=20,
    ),
    "bank": Manifest(
        dedups_by_payment_id=False, not_found_final=True, answers_status=True, voids=False,
        not_posted_codes=("201", "202", "204", "301"), shut_codes=("301",), grace_s=2,
        per_message=1, per_second=20,
    ),
}  # fmt: skip
"""What the simulated routes do when nobody orders otherwise, at a rate any machine keeps up."""
SHUT = ControlOrder("withdrawn", 0, SHARE_PPM_MAX, seed=1, billers=(SHUT_BILLER,))
"""The one order that every rehearsal begins with."""


class Rehearsal(Struct, frozen=True):
    """A standing sandbox: its addresses, and its sheet as a file."""

    address: str
    control: str
    biller: str
    shut_biller: str
    sheet: Path


@asynccontextmanager
async def standing_sandbox(folder: Path, wire: WireKind, *, bills: int) -> AsyncIterator[Rehearsal]:
    """A sandbox that stands while the block runs, in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    load_bills(folder, BILLER, _rows(bills))
    load_bills(folder, SHUT_BILLER, _rows(SHUT_LEAST))
    async with open_world(folder, _plan(wire)) as addresses:
        address, sheet = addresses[PARTNER], folder / "sheet.toml"
        await ControlPage(f"{address}/control").order(SHUT)
        (folder / SECRET_FILE).write_text(SECRET, encoding="utf-8")
        sheet.write_text(sample_sheet(wire, address, bills=bills), encoding="utf-8")
        books = addresses[BILLER], addresses[SHUT_BILLER]
        yield Rehearsal(address, f"{address}/control", *books, sheet)


def _rows(count: int) -> list[BillRow]:
    return [
        BillRow(f"B{at:05d}", f"A{at:05d}", "202601", AMOUNT, date(2026, 2, 10), "张三")
        for at in range(count)
    ]


def _plan(wire: WireKind) -> WorldPlan:
    # The biller credits whatever it is told: whether a repeat counts twice is the route's doing.
    billers = tuple(
        BillerPlan(code, name, 0, 60_000, dedups=False, short_most=0, drop=None)
        for code, name in (
            (BILLER, Text("演练电力", "Rehearsal Power")),
            (SHUT_BILLER, Text("演练燃气", "Rehearsal Gas")),
        )
    )
    name = Text("演练通道", "Rehearsal route")
    route = RoutePlan(PARTNER, name, wire, 0, SECRET if wire == "aggregator" else "")
    return WorldPlan(billers=billers, routes=(route,), chains=())


def sample_sheet(wire: WireKind, address: str, *, bills: int) -> str:
    """A sheet as a partner would write it, with a sentence to each line."""
    secret = f'secret_file = "{SECRET_FILE}"        # beside this file; or secret_env = "NAME"\n'
    return (
        _HEAD.format(
            partner=PARTNER, address=address, wire=wire,
            secret=secret if wire == "aggregator" else "", claims=_claims(CLAIMS[wire]),
        )
        + "".join(_PAYABLE.format(biller=BILLER, at=at, amount=AMOUNT) for at in range(bills))
        + _REFUSED.format(biller=BILLER, at=99999, amount=AMOUNT, because="unknown_account")
        + "".join(
            _REFUSED.format(biller=SHUT_BILLER, at=at, amount=AMOUNT, because="shut")
            for at in range(SHUT_LEAST)
        )
    )  # fmt: skip


def _claims(manifest: Manifest) -> str:
    lines = {
        "dedups_by_payment_id": str(manifest.dedups_by_payment_id).lower(),
        "not_found_final": str(manifest.not_found_final).lower(),
        "answers_status": str(manifest.answers_status).lower(),
        "voids": str(manifest.voids).lower(),
        "not_posted_codes": _listed(manifest.not_posted_codes),
        "shut_codes": _listed(manifest.shut_codes),
        "grace_s": str(manifest.grace_s),
        "per_message": str(manifest.per_message),
        "per_second": str(manifest.per_second),
    }
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def _listed(codes: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in codes) + "]"


_HEAD = """\
sandbox = true                 # payments are really sent: never a live system
partner = "{partner}"
address = "{address}"
# ca_file = "ca.pem"           # where an authority of your own vouches for an https address
wire = "{wire}"
{secret}statement = "{address}/books"  # what the sandbox has carried out
zone = "Asia/Shanghai"
outlet = "post-0001"           # the outlet that every payment names

[timing]
attempt_ms = 1000              # one message may take so long
answer_within_ms = 500         # 95 % of answers are sooner
settle_ms = 1500               # until the statement shows a payment
day_s = 4                      # seconds that stand for a day in this sandbox

[claimed]
{claims}"""
_PAYABLE = """
[[payable]]
biller = "{biller}"
bill_ref = "B{at:05d}"
account = "A{at:05d}"
amount = {amount}
"""
_REFUSED = """
[[refused]]
biller = "{biller}"
bill_ref = "B{at:05d}"
account = "A{at:05d}"
amount = {amount}
because = "{because}"
"""
