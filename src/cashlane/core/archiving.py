"""When a month of the books may be put away into files, and why not.

What is put away must be over: closed days, settled payments, no work left, books in order.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from cashlane.core.payment import State
from cashlane.values.text import Text

MONTHS_LIVE = 3
"""Full months that stay in the database before the present one: complaints, refunds and partners'
late files come within a quarter, and need a payment's row."""

SETTLED = frozenset({State.CONFIRMED, State.RETURNED, State.VOIDED, State.REFUNDED})
"""Nothing is left to be done about a payment in one of these."""


class Standing(Struct, frozen=True):
    """How a month stands on a day: what is still open about its payments.

    `today` is the latest business date, None before the first. `older` is an earlier month that
    is not put away yet. `errands` are all that wait, `cases` those of them that wait for a person.
    """

    month: date
    today: date | None
    exists: bool
    days_open: int
    older: date | None
    unsettled: int
    errands: int
    cases: int


class Unfit(Struct, frozen=True):
    """Why a month is not put away, or its table not dropped: a code and the places in its words."""

    code: str
    places: Mapping[str, str | int] = {}

    @property
    def words(self) -> Text:
        """The reason and the way out."""
        return REASONS[self.code].fill(**self.places)


REASONS: Mapping[str, Text] = {
    "NO_SUCH_MONTH": Text(
        "{month} 在账中不存在。请核对月份。",
        "The books have no month {month}. Check the month."),
    "MONTH_NOT_OVER": Text(
        "{month} 尚未结束或有账务日未日切。请在该月全部日切之后再归档。",
        "{month} is not over, or a day of it is not cut. Archive it when all its days are cut."),
    "MONTH_TOO_YOUNG": Text(
        "{month} 距今不足 {months} 个整月，退款、投诉与迟到文件仍可能涉及它。请稍后再归档。",
        "{month} is less than {months} full months old: refunds, complaints and late files may"
        " still concern it. Archive it later."),
    "OLDER_FIRST": Text(
        "更早的 {older} 尚未归档。请按月份先后归档（--until）。",
        "The older month {older} is not archived yet. Archive in order (--until)."),
    "PAYMENTS_OPEN": Text(
        "{month} 有 {count} 笔缴费尚未了结。请先办结（值守窗口的未决清单）。",
        "{count} payments of {month} are not settled. Settle them first (the window's list of"
        " doubts)."),
    "CASES_OPEN": Text(
        "{month} 的缴费有 {count} 个待人工处理的个案。请先结案。",
        "{count} cases about payments of {month} wait for a person. Close them first."),
    "ERRANDS_OPEN": Text(
        "{month} 的缴费有 {count} 条待办。请让处理进程（cashlane worker）先办完。",
        "{count} errands about payments of {month} wait. Let the worker finish them first."),
    "BOOKS_WRONG": Text(
        "稽核发现账务问题，不归档。请先运行 cashlane verify 并查明。",
        "The audit finds something wrong in the books: nothing is archived. Run cashlane verify"
        " and find out why."),
    "FOLDER_TAKEN": Text(
        "{folder} 中已有与数据库不同的归档。请查明来历，将其移开，或另选文件夹。",
        "{folder} holds an archive that is not of these rows. Find out whose it is; move it away,"
        " or choose another folder."),
    "FILES_DIFFER": Text(
        "{month} 的归档文件与数据库不一致，未作任何改动。请检查磁盘与 {folder}。",
        "The files of {month} are not what the database holds; nothing was changed. Check the disk"
        " and {folder}."),
    "ROWS_MOVED": Text(
        "归档期间 {month} 有新的流水写入，未作任何改动。请移开 {folder} 后重新运行。",
        "Something was written about {month} while it was archived; nothing was changed. Move"
        " {folder} away and run it again."),
    "BOOKS_BUSY": Text(
        "账表正被占用（例如正在稽核），未能分离 {month}。请稍后再运行同一命令。",
        "The tables are in use (by an audit, perhaps): {month} could not be detached. Run the same"
        " command again later."),
    "FOLDER_BUSY": Text(
        "另一个归档命令正在使用 {folder}。请等它结束。",
        "Another archive command is at work in {folder}. Wait until it is done."),
    "NOT_ARCHIVED": Text(
        "{month} 尚未归档，不能删除其数据表。请先归档。",
        "{month} is not archived, so its tables are not dropped. Archive it first."),
}  # fmt: skip
"""Why not, in order: where several hold, the earliest is told."""


def may_archive(standing: Standing) -> Unfit | None:
    """Whether a month may be put away, as far as its rows tell; None where it may."""
    month = name(standing.month)
    if not standing.exists:
        return Unfit("NO_SUCH_MONTH", {"month": month})
    if standing.today is None or standing.days_open or _age(standing) <= 0:
        return Unfit("MONTH_NOT_OVER", {"month": month})
    if _age(standing) <= MONTHS_LIVE:
        return Unfit("MONTH_TOO_YOUNG", {"month": month, "months": MONTHS_LIVE})
    if standing.older is not None:
        return Unfit("OLDER_FIRST", {"month": month, "older": name(standing.older)})
    for code, count in (
        ("PAYMENTS_OPEN", standing.unsettled),
        ("CASES_OPEN", standing.cases),
        ("ERRANDS_OPEN", standing.errands),
    ):
        if count:
            return Unfit(code, {"month": month, "count": count})
    return None


def _age(standing: Standing) -> int:
    """Months from a month to the present one: 1 the last, 2 the one before."""
    assert standing.today is not None
    return (standing.today.year - standing.month.year) * 12 + (
        standing.today.month - standing.month.month
    )


def name(month: date) -> str:
    """How a month is written, in commands, folders and sentences: 2026-01."""
    return f"{month:%Y-%m}"


def month_of(day: date) -> date:
    """The first day of a date's month."""
    return day.replace(day=1)
