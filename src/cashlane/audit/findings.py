"""What an audit can find, each with its sentence and the way out, and the report it makes.

A finding is never repaired by editing rows: it is explained, and corrected by a new entry.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from cashlane.values.text import Language, Text

PLACES_MOST = 10
"""Named places per finding; the count says how many there are."""


class Finding(Struct, frozen=True):
    """One kind of disagreement: what it is, where (the first places), how many, what to do."""

    code: str
    what: Text
    places: tuple[str, ...]
    count: int
    todo: Text

    def lines(self, language: Language) -> Iterator[str]:
        """The finding for people: what, where, and what to do."""
        yield f"{self.code} ({self.count}): {self.what.say(language)}"
        yield from (f"    {place}" for place in self.places)
        yield f"  -> {self.todo.say(language)}"


class Figures(Struct, frozen=True):
    """What was looked at, and the money in it (minor units).

    Cash taken - handed back + rounding = payable to billers + fees paid by citizens + in transit
    + exposure + refunds due. What is `carried` stays owed on accounts and is in no entry.
    """

    payments: int
    facts: int
    entries: int
    asks: int
    claims: int
    errands: int
    batches: int
    days: int
    in_flight: int
    cash_taken: int
    handed_back: int
    rounding: int
    carried: int
    payable: int
    citizen_fees: int
    in_transit: int
    exposure: int
    refunds_due: int


class Report(Struct, frozen=True):
    """The outcome of an audit; the books are in order where there are no findings."""

    findings: tuple[Finding, ...]
    figures: Figures

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_json(self) -> str:
        """The report for machines."""
        return msgspec.json.encode(self).decode()

    def lines(self, language: Language) -> Iterator[str]:
        """The report for people."""
        for finding in self.findings:
            yield from finding.lines(language)
        figures = self.figures
        yield _SUMMARY.fill(payments=figures.payments, entries=figures.entries,
                            days=figures.days, found=len(self.findings),
                            in_flight=figures.in_flight).say(language)  # fmt: skip


_SUMMARY = Text(
    "已核对 {payments} 笔缴费、{entries} 条分录、{days} 个账务日：{found} 类问题；"
    "{in_flight} 条账单标记待送达。",
    "{payments} payments, {entries} entries, {days} business days checked: {found} kinds of"
    " findings; {in_flight} marks still on their way to bills.",
)


class Tally:
    """Findings as they come up: counted, with their first places."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, code: str, place: str, *, count: int = 1) -> None:
        """One more place of this finding, standing for `count`."""
        self._counts[code] = self._counts.get(code, 0) + count
        places = self._places.setdefault(code, [])
        if len(places) < PLACES_MOST:
            places.append(place)

    def findings(self) -> tuple[Finding, ...]:
        """All that was found, in the order of the catalogue."""
        return tuple(
            Finding(code, what, tuple(self._places[code]), self._counts[code], todo)
            for code, (what, todo) in CATALOGUE.items()
            if code in self._counts
        )


_STOP = Text(
    "请停止日切与结算，保全数据库副本，查明该账目由何人何时写入；用新的分录更正，勿改原行。",
    "Stop the cut and settlement, keep a copy of the database, find out who wrote this and when;"
    " correct it by a new entry, never by editing rows.",
)
_TRACE = Text(
    "请对照该笔缴费的流水与请求查明原因，并用新的流水更正。",
    "Compare with the payment's facts and asks to find the cause, and correct it by a new fact.",
)
_RELAY = Text(
    "请检查待办处理进程是否运行、该待办是否被误删，再核对账单占用行。",
    "Check that the worker runs and that no errand was deleted, then look at the bill's claim.",
)

CATALOGUE: dict[str, tuple[Text, Text]] = {
    "ARCHIVE_MISSING": (
        Text("归档文件读不到，涉及归档月份的核对未做。",
             "Files of an archive cannot be read; what concerns their months was not checked."),
        Text("请把归档文件夹放回原处，或用 --archive 指明，再重新核对。",
             "Put the archive's folder back, or name it with --archive, and verify again.")),
    "ARCHIVE_ALTERED": (
        Text("归档文件与归档时记下的摘要不符。",
             "A file of an archive is not what was noted when it was made."),
        Text("勿再使用该文件；请从备份取回原件，并查明由何人何时改动。",
             "Do not use the file; take the original from a backup, and find out who changed it"
             " and when.")),
    "BOOKS_UNBALANCED": (
        Text("总账借贷不平。", "The ledger's debits and credits differ."), _STOP),
    "DAY_UNBALANCED": (
        Text("某账务日借贷不平。", "A business date's debits and credits differ."), _STOP),
    "POSTING_UNBALANCED": (
        Text("一次记账的借贷不平。", "The lines of a posting do not add up to zero."), _STOP),
    "CASH_EQUATION": (
        Text("现金去向等式不成立：收取与退还的现金，不等于应付、手续费、在途、敞口与待退之和。",
             "Cash taken and handed back is not what is payable, fees, in transit, exposed and due"
             " for refund together."), _STOP),
    "BOOKS_NOT_READ_WHOLE": (
        Text("按存放位置读到的分录与总账合计不一致。",
             "Entries read by their place do not add up to the ledger's totals."), _STOP),
    "PARTY_UNKNOWN": (
        Text("分录记在不存在的单位名下。", "Entries are on accounts of parties that do not exist."),
        _STOP),
    "POSTING_WITHOUT_PAYMENT": (
        Text("有分录而无缴费记录。", "There are entries without their payment."), _STOP),
    "RECEIPT_WITHOUT_POSTING": (
        Text("缴费有收据号而无收款分录。", "A payment has a receipt number and no cash entry."),
        _STOP),
    "ENTRIES_NOT_POSTED": (
        Text("分录与该笔缴费自己标记的记账不符。",
             "A payment's entries are not those its row says were posted."), _STOP),
    "AMOUNTS_NOT_TERMS": (
        Text("分录金额或户头与受理时的约定不符。",
             "Entries differ in amount or account from what was fixed at acceptance."), _STOP),
    "ENTRY_DATE": (
        Text("分录的账务日与其流水不符。",
             "Entries bear a business date on which nothing was written about their payment."),
        _STOP),
    "ENTRY_TILL": (
        Text("分录的收银机或班次与缴费不符。",
             "Entries name another till or shift than their payment."), _STOP),
    "STATE_NOT_FACTS": (
        Text("缴费状态与其流水推得的状态不符。",
             "A payment's state is not what its facts amount to."), _TRACE),
    "POSTED_NOT_FACTS": (
        Text("缴费的记账标记与其流水推得的不符。",
             "A payment's postings are not what its facts amount to."), _TRACE),
    "MARK_NOT_FACTS": (
        Text("缴费的矛盾标记与其流水不符。",
             "A payment's mark of contradiction is not what its facts amount to."), _TRACE),
    "FACT_WITHOUT_PAYMENT": (
        Text("有流水而无缴费记录。", "There are facts without their payment."), _STOP),
    "ID_NOT_HOME": (
        Text("缴费号中的账务日或分区与所在行不符。",
             "A payment's id carries another business date or bucket than its row."), _STOP),
    "RECEIPT_GAP": (
        Text("收据号不连续。", "Receipt numbers have a gap."), _STOP),
    "RECEIPT_TWICE": (
        Text("同一收据号用于多笔缴费。", "A receipt number was given to several payments."), _STOP),
    "RECEIPT_COUNTER": (
        Text("网点的收据计数与最后一张收据不符。",
             "An outlet's receipt counter is not its last receipt number."), _STOP),
    "DRAWER": (
        Text("网点现金余额与分录重算的不符。",
             "A drawer's stored balance is not what the entries rebuild."), _STOP),
    "EXPOSURE": (
        Text("代受理敞口与分录重算的不符。",
             "What lies on a bound of standing in is not what the entries rebuild."), _STOP),
    "DAY_MISSING": (
        Text("有记录写在不存在的账务日上。", "Rows bear a business date that does not exist."),
        _STOP),
    "AFTER_CUT": (
        Text("日切之后仍有记录写入该账务日。", "Something was written to a day after its cut."),
        _STOP),
    "ASK_WITHOUT_PAYMENT": (
        Text("已受理的请求没有对应的缴费。", "An accepted ask has no payment of its own."), _STOP),
    "PAYMENT_WITHOUT_ASK": (
        Text("缴费没有唯一对应的受理请求。", "A payment was not asked for exactly once."), _STOP),
    "ACT_WITHOUT_FACT": (
        Text("已受理的撤销、退现、给单或退款没有留下流水。",
             "An accepted void, hand-back, slip or refund left no fact."), _TRACE),
    "BILL_PAID_TWICE": (
        Text("同一账单有多笔有效缴费。", "A bill has more than one payment that stands."),
        Text("请核实收费单位的入账，多收的转为退款。",
             "Ask the biller what it posted, and refund what was taken too much.")),
    "PARTS_TOO_MANY": (
        Text("分次缴费合计超过账单金额。", "Part payments exceed their bill."),
        Text("请核实收费单位的入账，多收的转为退款。",
             "Ask the biller what it posted, and refund what was taken too much.")),
    "CLAIM_WITHOUT_PAYMENT": (
        Text("账单标记为已缴，却没有有效缴费。",
             "A bill is marked paid without a payment that stands."), _RELAY),
    "CLAIM_TOTAL": (
        Text("账单占用行与其缴费不符。", "A bill's claim does not agree with its payments."),
        _RELAY),
    "LEFT_BEHIND": (
        Text("缴费尚未了结，却没有待办会再处理它。",
             "A payment is not settled, and no errand waits that would carry it on."), _RELAY),
    "ERRAND_WITHOUT_PAYMENT": (
        Text("待办指向不存在的缴费。", "An errand is about a payment that does not exist."), _STOP),
    "SHIFT_MISSING": (
        Text("缴费所属的班次没有记录。", "A payment's shift is not written down."), _STOP),
    "BATCH_MISSING": (
        Text("有记录不在任何批次的计数之内。", "Rows were written that no batch counted."), _STOP),
    "BATCH_TOTAL": (
        Text("批次计数合计少于现有记录。", "All batches counted fewer rows than there are."),
        _STOP),
}  # fmt: skip
"""Every finding, in the order in which they are reported: what it says, and what to do now."""
