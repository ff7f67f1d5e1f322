"""`cashlane partner`: a sheet and a sandbox in, a checklist, a result file and an exit code out.

Exit codes: 0 all claims earned, 1 something claimed is not, 2 the sheet or its use, 3 no sandbox.
"""

import asyncio
import json
import os
import ssl
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from msgspec import Struct
from rich.console import Console

from cashlane.core.partner_sheet import Mistake, Sheet, WireKind, read_sheet
from cashlane.registry.certificate import FILE_BYTES, certificate, read_certificate
from cashlane.registry.certify import Owed, Stranger
from cashlane.registry.ordered import ORDERABLE, Examined, bills_needed
from cashlane.trial.partner_line import check_partner
from cashlane.trial.partner_page import show_examined, show_mistakes
from cashlane.trial.rehearsal import standing_sandbox
from cashlane.values.text import Language, Text

PASSED, MISSED, MISUSED, UNREACHED = 0, 1, 2, 3
SHEET_BYTES = 1 << 20
"""Bytes of a sheet: two thousand bills and their words, twice over."""

_UNREAD = Text("读不了：{why}", "cannot be read: {why}")
_TOO_LONG = Text("超过 {most} 字节", "it is longer than {most} bytes")
_UNKEPT = Text(
    "写不进结果；请换一个能写的位置，测完才发现就白测了",
    "cannot be written; name a place that can, before a long run is lost",
)
_ELSEWHERE = Text(
    "与命令行的地址 {url} 不同；要测的沙箱必须是单子上写的那一个",
    "is not the address {url} of the command; what is tried must be what the sheet names",
)
_NO_SECRET = Text("找不到密钥，请检查文件或环境变量", "names no secret; check the file or variable")
_ORDER_BILLS = Text(
    "按令失常共需 {wanted} 张可缴账单，只有 {count} 张",
    "has {count} payable bills; ordered behaviours need {wanted}",
)
_BAD_RESULT = Text(
    "不是本工具的结果文件，或已被改动", "is no result file of this kit, or was changed since"
)
_STRANGER = Text(
    "{address} 没有按此报文应答：{why}。请检查地址、密钥与 wire，什么都没有试。",
    "{address} does not answer on this wire: {why}. Check address, secret and wire; nothing was"
    " tried.",
)
_NO_CERTIFICATE = Text(
    "里面没有可用的证书：{why}；请写签发机构的 PEM 证书文件",
    "holds no certificate: {why}; name a PEM file with that of the authority",
)
_NEEDLESS = Text("只用于 https:// 地址，请删去", "is for https:// addresses only; delete it")


class Order(Struct, frozen=True):
    """What the command line asks for."""

    url: str
    sheet: Path
    control: str | None
    again: Path | None
    result: Path | None
    as_json: bool
    language: Language


class _Ready(Struct, frozen=True):
    sheet: Sheet
    content: bytes
    secret: bytes
    trust: ssl.SSLContext
    owed: tuple[Owed, ...]


def run_check(order: Order, out: TextIO) -> int:
    """Check a partner's sandbox; the exit code."""
    return asyncio.run(_check(order, out))


async def _check(order: Order, out: TextIO) -> int:
    ready = _ready(order)
    if not isinstance(ready, _Ready):
        show_mistakes(ready, Console(stderr=True, soft_wrap=True))
        return MISUSED
    found = await check_partner(
        ready.sheet, ready.secret, trust=ready.trust, owed=ready.owed, control=order.control,
        orders=ORDERABLE,
    )  # fmt: skip
    if isinstance(found, Stranger):
        said = _STRANGER.fill(address=ready.sheet.address, why=found.why)
        Console(stderr=True, soft_wrap=True).print(said.say(order.language), markup=False)
        return UNREACHED
    kept = certificate(ready.sheet, ready.content, found.run, found.orders)
    if order.result is not None:
        order.result.write_bytes(kept)
    if order.as_json:
        out.write(kept.decode() + "\n")
    else:
        show_examined(found, Console(file=out), order.language)
    return _code(found)


def _code(found: Examined) -> int:
    told = all(ordered.told for ordered in found.orders)
    return PASSED if found.run.judgement.passed and told else MISSED


def _ready(order: Order) -> _Ready | tuple[Mistake, ...]:
    """The sheet, its secret and what an earlier run left; or everything that is wrong with them."""
    content = _content(order.sheet)
    if isinstance(content, Mistake):
        return (content,)
    raw, fields = content
    sheet = read_sheet(fields)
    if not isinstance(sheet, Sheet):
        return sheet
    secret, trust = _secret(sheet, order.sheet.parent), _trust(sheet, order.sheet.parent)
    owed = _owed(order.again)
    mistakes = _misuse(order, sheet)
    match secret, trust, owed:
        case (bytes(), ssl.SSLContext(), tuple()) if not mistakes:
            return _Ready(sheet, raw, secret, trust, owed)
    return (*mistakes, *(one for one in (secret, trust, owed) if isinstance(one, Mistake)))


def _content(path: Path) -> tuple[bytes, Mapping[str, object]] | Mistake:
    try:
        with path.open("rb") as file:
            raw = file.read(SHEET_BYTES + 1)
        if len(raw) > SHEET_BYTES:
            # Half a sheet may read well, with fewer bills and other claims.
            return Mistake(str(path), _UNREAD.fill(why=_TOO_LONG.fill(most=SHEET_BYTES)))
        text = raw.decode()
        fields = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return raw, fields if isinstance(fields, dict) else {}
    except (OSError, ValueError) as broken:
        return Mistake(str(path), _UNREAD.fill(why=str(broken)))


def _misuse(order: Order, sheet: Sheet) -> list[Mistake]:
    found = []
    if order.url.rstrip("/") != sheet.address:
        found.append(Mistake("address", _ELSEWHERE.fill(url=order.url)))
    wanted, count = bills_needed(orders=order.control is not None), len(sheet.payable)
    if count < wanted:
        found.append(Mistake("payable", _ORDER_BILLS.fill(wanted=wanted, count=count)))
    if order.result is not None and not _can_be_kept(order.result):
        found.append(Mistake(str(order.result), _UNKEPT))
    return found


def _can_be_kept(result: Path) -> bool:
    place = result if result.exists() else result.parent
    return not result.is_dir() and place.exists() and os.access(place, os.W_OK)


def _secret(sheet: Sheet, folder: Path) -> bytes | Mistake:
    """The key of the wire: from a file beside the sheet, or a variable; a bank has none."""
    if sheet.wire == "bank":
        return b""
    try:
        if sheet.secret_file:
            found = (folder / sheet.secret_file).read_bytes().strip()
        else:
            found = os.environ.get(sheet.secret_env, "").encode()
    except OSError:
        found = b""
    return found or Mistake("secret_file" if sheet.secret_file else "secret_env", _NO_SECRET)


def _trust(sheet: Sheet, folder: Path) -> ssl.SSLContext | Mistake:
    """Whose certificates are believed: with a file of its own, that authority and no other."""
    if not sheet.ca_file:
        return ssl.create_default_context()
    if not any(one.startswith("https:") for one in (sheet.address, sheet.statement)):
        return Mistake("ca_file", _NEEDLESS)
    try:
        return ssl.create_default_context(cafile=str(folder / sheet.ca_file))
    except OSError as broken:
        return Mistake("ca_file", _NO_CERTIFICATE.fill(why=broken.strerror or str(broken)))


def _owed(again: Path | None) -> tuple[Owed, ...] | Mistake:
    if again is None:
        return ()
    try:
        with again.open("rb") as file:
            earlier = read_certificate(file.read(FILE_BYTES))
    except OSError as broken:
        return Mistake(str(again), _UNREAD.fill(why=str(broken)))
    return earlier.owed if earlier else Mistake(str(again), _BAD_RESULT)


def run_rehearsal(
    wire: WireKind, out: TextIO, *, all_kinds: bool, as_json: bool, language: Language
) -> int:
    """Check a simulated partner of our own; where wanted under each of the eight behaviours."""

    async def run(folder: Path) -> int:
        bills = bills_needed(orders=all_kinds)
        async with standing_sandbox(folder, wire, bills=bills) as standing:
            control = standing.control if all_kinds else None
            order = Order(standing.address, standing.sheet, control, None, None, as_json, language)
            return await _check(order, out)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))
