"""The sheet of a partner's sandbox: its wire, its test bills, and what it claims to do.

Every mistake is told at once: where it stands, what is wrong, what to write instead.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import AddressValueError, IPv6Address
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from cashlane.core.evidence import Refusal
from cashlane.core.network import Manifest
from cashlane.values.money import AMOUNT_MAX, read_minor
from cashlane.values.text import Text

WireKind = Literal["aggregator", "bank"]
PAYABLE_LEAST = 24
"""Test bills that can be paid: as many as the trials use up, one each or two."""
PAYABLE_MOST = 2_000
"""Test bills of one sheet: what is beyond the trials' needs is spent on the rate."""
REFUSED_MOST = 50
"""Known-bad bills of one sheet: ten of each reason."""
GRACE_S_MOST = 600
"""Seconds of grace that a run can wait out, one and a half times: a quarter of an hour."""
PER_MESSAGE_MOST = 1_000
"""Payments in the largest message that is tried on somebody else's machine."""
PER_SECOND_MOST = 1_000
"""Payments a second that are tried at most: a sandbox is not there to be broken by load."""
DAY_S_MOST = 86_400
"""A sandbox may call fewer seconds a day, and no sandbox's day is longer than a day."""
ANSWER_MS_MOST = 60_000
"""A minute: nobody stands at a counter longer."""
CODES_MOST = 100
"""Refusal codes in one claim."""
TEXT_MOST = 64
"""Letters of a name, a bill or a code."""


ADDRESS_MOST = 1_000
"""Letters of an address or a file's path."""

_ADDRESS = re.compile(
    r"https?://([A-Za-z0-9._-]+|\[(?P<six>[0-9A-Fa-f:.]+)\])(:(?P<port>[0-9]{1,5}))?(/[!-~]*)?",
    re.ASCII,
)
PORT_MOST = 65_535
"""Sixteen bits."""


class TestBill(Struct, frozen=True):
    """A bill of the sandbox; `amount` in minor units."""

    __test__ = False
    biller: str
    bill_ref: str
    account: str
    amount: int


class RefusedBill(Struct, frozen=True):
    """A bill that the sandbox must refuse, and why."""

    bill: TestBill
    because: Refusal


class Sheet(Struct, frozen=True):
    """A sheet that is fit for a run. `secret` names where the key lies: a file or a variable.

    `ca_file` names the certificate that vouches for an https address; empty: the usual ones do.
    """

    partner: str
    address: str
    wire: WireKind
    secret_file: str
    secret_env: str
    ca_file: str
    statement: str
    zone: str
    outlet: str
    attempt_ms: int
    answer_within_ms: int
    settle_ms: int
    day_s: int
    claimed: Manifest
    payable: tuple[TestBill, ...]
    refused: tuple[RefusedBill, ...]


class Mistake(Struct, frozen=True):
    """One thing wrong with a sheet: where, and what is wrong and to be done in a sentence."""

    where: str
    said: Text


_MISSING = Text("缺少；请写 {wanted}", "is missing; write {wanted}")
_WRONG = Text("不是 {wanted}，请更正", "is not {wanted}; correct it")
_SANDBOX = Text(
    "必须写 sandbox = true：测试会真的发出付款，只能对沙箱进行",
    "must be true: the kit really sends payments, so it runs against a sandbox only",
)
_SECRET = Text(
    "汇缴平台的报文要签名：写 secret_file 或 secret_env 其一",
    "is needed to sign an aggregator's messages: write secret_file or secret_env, one of them",
)
_FEW = Text(
    "只有 {count} 张可缴账单，至少要 {least} 张，账号、账单、金额各不相同",
    "has {count} payable bills, and the trials need {least}, each of its own",
)
_TWICE = Text("与前面的账单重复，请换一张", "is the same bill as an earlier one; name another")
_NO_UNKNOWN = Text(
    '至少要一张 because = "unknown_account" 的账单，用来试报文笔数与速率而不花掉账单',
    'needs a bill with because = "unknown_account": sizes and rates are tried with it, so that'
    " no bill is spent on them",
)
_STRANGER = Text("不认识这一项，请删去或更正拼写", "is not known here; delete it or correct it")
_FILES = Text(
    "是没有应答的通道：没有拒绝、没有查询、没有补发，本工具能打断的线路也不存在，因此没有可证实的申报。"
    "按合同，付款以文件完整放入 in/ 为准，只有我方写这些文件；"
    "对方须自行演练的各项见 docs/integrate/partner-check.zh.md 第 5 节",
    "is a way without answers: no refusal, no enquiry, no repeat, and no line that could break, so"
    " that nothing can be earned on it. By contract a payment is final when its file lies whole in"
    " in/, and we alone write there; what to try yourself stands in"
    " docs/integrate/partner-check.md, section 5",
)
_BOOL = Text("true 或 false", "true or false")
_URL = Text("http:// 或 https:// 开头的地址", "an address that begins with http:// or https://")
_ZONE = Text("Asia/Shanghai 一类的时区名", "a zone name such as Asia/Shanghai")
_TEXT = Text("1 到 {most} 个可见字符的文字", "a text of 1 to {most} printable letters")
_NUMBER = Text("{least} 到 {most} 的整数", "a whole number from {least} to {most}")
_ONE_OF = Text("{names} 之一", "one of {names}")
_CODES = Text("至多 {most} 个码的列表，每个是文字", "a list of at most {most} codes, each a text")
_NOT_PROVING = Text(
    "{codes} 没有列在 not_posted_codes；停办的码必须同时证明未入账，付款才能改走别的通道",
    "names {codes}, which not_posted_codes does not: only a code that proves that nothing was"
    " posted lets a payment go another way",
)
_TABLE = Text("一个表", "a table")
_LIST = Text("一列至多 {most} 个表", "a list of at most {most} tables")


class _Reader:
    """One table of a sheet, read field by field; mistakes gather in a list shared by all."""

    def __init__(self, where: str, table: object, mistakes: list[Mistake]) -> None:
        self._where = where
        self._table = table if isinstance(table, dict) else {}
        self._mistakes = mistakes
        self._read: set[str] = set()
        if not isinstance(table, dict):
            self.wrong("", _WRONG.fill(wanted=_TABLE))

    def wrong(self, name: str, said: Text) -> None:
        """Note a mistake in a field, or in the table itself."""
        self._mistakes.append(Mistake(".".join(filter(None, (self._where, name))) or "sheet", said))

    def value(self, name: str, wanted: Text, default: object = None) -> Any:
        """A field as it stands; a missing one is a mistake unless it has a default."""
        self._read.add(name)
        if name not in self._table and default is None:
            self.wrong(name, _MISSING.fill(wanted=wanted))
        return self._table.get(name, default)

    def text(self, name: str, *, most: int, default: str | None) -> str:
        """A short printable text."""
        wanted = _TEXT.fill(most=most)
        found = self.value(name, wanted, default)
        fits = isinstance(found, str) and len(found) <= most and found.isprintable()
        if found is not None and not (fits and (found or default == "")):
            self.wrong(name, _WRONG.fill(wanted=wanted))
        return found if fits else ""

    def address(self, name: str, *, default: str | None) -> str:
        """Where something answers over HTTP."""
        found = self.text(name, most=ADDRESS_MOST, default=default)
        if found and not _is_address(found):
            self.wrong(name, _WRONG.fill(wanted=_URL))
        return found.rstrip("/")

    def zone(self, name: str) -> str:
        """A place of the zone database, UTC where it is none."""
        found = self.text(name, most=TEXT_MOST, default=None)
        try:
            return ZoneInfo(found or "UTC").key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(name, _WRONG.fill(wanted=_ZONE))
            return "UTC"

    def number(self, name: str, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        wanted = _NUMBER.fill(least=least, most=most)
        found = self.value(name, wanted)
        fits = type(found) is int and least <= found <= most
        if found is not None and not fits:
            self.wrong(name, _WRONG.fill(wanted=wanted))
        return found if fits else least

    def truth(self, name: str) -> bool:
        """True or false."""
        found = self.value(name, _BOOL)
        if found is not None and not isinstance(found, bool):
            self.wrong(name, _WRONG.fill(wanted=_BOOL))
        return found is True

    def one_of(self, name: str, names: Sequence[str]) -> Any:
        """One of some words; the first of them stands in where it is not."""
        wanted = _ONE_OF.fill(names=", ".join(names))
        found = self.value(name, wanted)
        if found is not None and found not in names:
            self.wrong(name, _WRONG.fill(wanted=wanted))
        return found if found in names else names[0]

    def wire(self) -> WireKind:
        """A wire that can be tried; of one that cannot be is said why."""
        if self._table.get("wire") != "files":
            found: WireKind = self.one_of("wire", get_args(WireKind))
            return found
        self._read.add("wire")
        self.wrong("wire", _FILES)
        return "bank"

    def codes(self, name: str) -> tuple[str, ...] | None:
        """A list of refusal codes; None where it is not one."""
        wanted = _CODES.fill(most=CODES_MOST)
        found = self.value(name, wanted)
        fits = isinstance(found, list) and len(found) <= CODES_MOST
        if not fits or not all(isinstance(one, str) and one for one in found):
            if found is not None:
                self.wrong(name, _WRONG.fill(wanted=wanted))
            return None
        return tuple(sorted(found))

    def table(self, name: str) -> "_Reader":
        """A table inside this one."""
        return _Reader(self._named(name), self.value(name, _TABLE, {}), self._mistakes)

    def tables(self, name: str, *, most: int) -> "list[_Reader]":
        """A list of tables inside this one."""
        wanted = _LIST.fill(most=most)
        found = self.value(name, wanted, [])
        if not isinstance(found, list) or len(found) > most:
            self.wrong(name, _WRONG.fill(wanted=wanted))
            return []
        where = self._named(name)
        return [_Reader(f"{where}[{at}]", one, self._mistakes) for at, one in enumerate(found, 1)]

    def end(self) -> None:
        """What nobody asked for is misspelt."""
        for name in self._table:
            if name not in self._read:
                self.wrong(name, _STRANGER)

    def _named(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def _is_address(found: str) -> bool:
    """Whether somebody could be called there: what passes is never a puzzle to the wire."""
    match = _ADDRESS.fullmatch(found)
    if match is None:
        return False
    port, six = match["port"], match["six"]
    if port is not None and not 0 < (read_minor(port) or 0) <= PORT_MOST:
        return False
    try:
        return six is None or bool(IPv6Address(six))
    except AddressValueError:
        return False


def read_sheet(content: Mapping[str, object]) -> Sheet | tuple[Mistake, ...]:
    """A sheet out of its TOML or JSON content, or everything that is wrong with it."""
    mistakes: list[Mistake] = []
    top = _Reader("", content, mistakes)
    if top.value("sandbox", _BOOL, False) is not True:
        top.wrong("sandbox", _SANDBOX)
    sheet = _sheet(top, mistakes)
    top.end()
    return tuple(mistakes) or sheet


def _sheet(top: _Reader, mistakes: list[Mistake]) -> Sheet:
    timing = top.table("timing")
    wire: WireKind = top.wire()
    sheet = Sheet(
        partner=top.text("partner", most=TEXT_MOST, default=None),
        address=top.address("address", default=None),
        wire=wire,
        secret_file=top.text("secret_file", most=ADDRESS_MOST, default=""),
        secret_env=top.text("secret_env", most=TEXT_MOST, default=""),
        ca_file=top.text("ca_file", most=ADDRESS_MOST, default=""),
        statement=top.address("statement", default=""),
        zone=top.zone("zone"),
        outlet=top.text("outlet", most=TEXT_MOST, default=None),
        attempt_ms=timing.number("attempt_ms", least=100, most=ANSWER_MS_MOST),
        answer_within_ms=timing.number("answer_within_ms", least=1, most=ANSWER_MS_MOST),
        settle_ms=timing.number("settle_ms", least=0, most=ANSWER_MS_MOST),
        day_s=timing.number("day_s", least=1, most=DAY_S_MOST),
        claimed=_claimed(top.table("claimed")),
        payable=_payable(top),
        refused=_refused(top),
    )
    timing.end()
    if wire == "aggregator" and bool(sheet.secret_file) == bool(sheet.secret_env):
        mistakes.append(Mistake("secret_file", _SECRET))
    return sheet


def _claimed(table: _Reader) -> Manifest:
    proving, shut = table.codes("not_posted_codes"), table.codes("shut_codes")
    strange = set() if proving is None else {*(shut or ())} - {*proving}
    if strange:
        table.wrong("shut_codes", _NOT_PROVING.fill(codes=" ".join(sorted(strange))))
    found = Manifest(
        dedups_by_payment_id=table.truth("dedups_by_payment_id"),
        not_found_final=table.truth("not_found_final"),
        answers_status=table.truth("answers_status"),
        voids=table.truth("voids"),
        not_posted_codes=proving or (),
        shut_codes=shut or (),
        grace_s=table.number("grace_s", least=1, most=GRACE_S_MOST),
        per_message=table.number("per_message", least=1, most=PER_MESSAGE_MOST),
        per_second=table.number("per_second", least=1, most=PER_SECOND_MOST),
    )
    table.end()
    return found


def _payable(top: _Reader) -> tuple[TestBill, ...]:
    known: set[tuple[str, str]] = set()
    bills = []
    for table in top.tables("payable", most=PAYABLE_MOST):
        bills.append(_bill(table))
        _end_bill(table, bills[-1], known)
    if len(known) < PAYABLE_LEAST:
        top.wrong("payable", _FEW.fill(count=len(known), least=PAYABLE_LEAST))
    return tuple(bills)


def _refused(top: _Reader) -> tuple[RefusedBill, ...]:
    known: set[tuple[str, str]] = set()
    found = []
    for table in top.tables("refused", most=REFUSED_MOST):
        one = RefusedBill(_bill(table), table.one_of("because", get_args(Refusal)))
        _end_bill(table, one.bill, known)
        found.append(one)
    if all(one.because != "unknown_account" for one in found):
        top.wrong("refused", _NO_UNKNOWN)
    return tuple(found)


def _end_bill(table: _Reader, bill: TestBill, known: set[tuple[str, str]]) -> None:
    table.end()
    if (bill.biller, bill.bill_ref) in known:
        table.wrong("bill_ref", _TWICE)
    known.add((bill.biller, bill.bill_ref))


def _bill(table: _Reader) -> TestBill:
    return TestBill(
        biller=table.text("biller", most=TEXT_MOST, default=None),
        bill_ref=table.text("bill_ref", most=TEXT_MOST, default=None),
        account=table.text("account", most=TEXT_MOST, default=None),
        amount=table.number("amount", least=2, most=AMOUNT_MAX),
    )
