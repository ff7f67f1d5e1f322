"""The account of a day as a person reads it at a terminal, in either language."""

from rich.console import Console
from rich.table import Table

from cashlane.core.undo import STATE_NAMES
from cashlane.trial.account import DayAccount, account_name
from cashlane.values.money import CNY, write_amount
from cashlane.values.text import Language, Text

_SHOWN_MOST = 20
"""Rows of a list on the terminal: the rest is counted."""


def show_account(account: DayAccount, console: Console, language: Language) -> None:
    """Payments by state, the trial balance, every comparison, what the audit found, the verdict."""
    console.print(_states(account, language))
    console.print(_balance(account, language))
    console.print(_lines(account, language))
    for difference in account.differences[:_SHOWN_MOST]:
        console.print(f"  ✗ {difference}")
    for finding in account.findings:
        for line in finding.lines(language):
            console.print(f"  ✗ {line}", markup=False)
    for payment in account.in_doubt[:_SHOWN_MOST]:
        console.print(f"  ? {payment} " + Text("状态未知", "in doubt").say(language))
    verdict = _HOLDS if account.holds else _FAILS
    console.print(verdict.say(language), style="bold green" if account.holds else "bold red")


_HOLDS = Text("账实相符，分文不差。", "Everything holds, to the fen.")
_FAILS = Text("有不符之处，见上。", "Something does not hold; see above.")


def _states(account: DayAccount, language: Language) -> Table:
    table = Table(title=Text("各状态缴费", "Payments by state").say(language))
    for name in (Text("状态", "state"), Text("笔数", "count"), Text("现金", "cash")):
        table.add_column(name.say(language), justify="right")
    for row in account.states:
        cash = write_amount(row.cash, CNY)
        table.add_row(STATE_NAMES[row.state].say(language), str(row.count), cash)
    table.add_row("Σ", str(sum(row.count for row in account.states)), "")
    return table


def _balance(account: DayAccount, language: Language) -> Table:
    table = Table(title=Text("试算平衡", "Trial balance").say(language))
    for name in (Text("科目", "account"), Text("借（贷）", "debit (credit)")):
        table.add_column(name.say(language), justify="right")
    for name_, amount in account.trial_balance.items():
        table.add_row(account_name(name_).say(language), write_amount(amount, CNY))
    table.add_row("Σ", write_amount(sum(account.trial_balance.values()), CNY))
    return table


def _lines(account: DayAccount, language: Language) -> Table:
    table = Table(title=Text("账账核对", "Books side by side").say(language))
    for name in (Text("项目", "what"), Text("我方", "ours"), Text("对方", "theirs"), Text("", "")):
        table.add_column(name.say(language), justify="right")
    for line in account.lines:
        ours, theirs = write_amount(line.ours, CNY), write_amount(line.theirs, CNY)
        table.add_row(line.name.say(language), ours, theirs, "✓" if line.holds else "✗")
    return table
