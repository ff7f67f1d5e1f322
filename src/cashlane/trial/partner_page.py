"""The checklist of a partner on the terminal: a table for people, plain lines for everything else.

What is told stands in core/checklist; nothing is decided here.
"""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from cashlane.core.checklist import FLAGS, KINDS, TO_DO, TRIED, VERDICTS
from cashlane.core.conformance import BASIC, Check, Judgement
from cashlane.core.evidence import proof
from cashlane.core.partner_sheet import Mistake
from cashlane.core.rulings import CheckName, Verdict
from cashlane.registry.certify import Run
from cashlane.registry.ordered import Examined, Ordered
from cashlane.values.text import LANGUAGES, Language, Text

PROOFS_MOST = 4
"""Messages shown for one check: the result file has every one of them."""
_COLOURS = {Verdict.EARNED: "green", Verdict.NOT_EARNED: "yellow", Verdict.FAILED: "red"}

_PASSED = Text("申报的各项都已证实。", "Everything that was claimed is earned.")
_MISSED = Text(
    "有申报的项目未能证实，见上。", "Something that was claimed is not earned; see above."
)
_UNSOUND = Text(
    "申报的各项都已证实，但有一项谁都不可缺的没有通过，见上。",
    "Everything that was claimed is earned, but something failed that nobody may fail; see above.",
)
_MISNAMED = Text(
    "有一项按令失常未被认出：本工具此次不可信。",
    "An ordered behaviour was not called by its name: this time the kit cannot be believed.",
)
_OWED = Text(
    "还欠一次隔日重发：一天之后用 --again 加本次结果文件再运行。",
    "One repeat is still owed: run again when the sandbox's day has passed, with --again and this"
    " result file.",
)
_DO = Text("要做的", "to do")
_KINDS = Text("表现为", "it shows itself as")
_CLAIMS = Text("申报与证实", "claimed and earned")
_ORDERED = Text("按令失常", "ordered behaviours")


def show_mistakes(mistakes: tuple[Mistake, ...], console: Console) -> None:
    """All mistakes of a sheet, each in both languages: who wrote it may read either."""
    for mistake in mistakes:
        for language in LANGUAGES:
            console.print(f"{mistake.where}: {mistake.said.say(language)}", markup=False)


def show_examined(examined: Examined, console: Console, language: Language) -> None:
    """The whole checklist."""
    if console.is_terminal:
        _show_tables(examined.run, console, language)
    else:
        for line in _lines(examined.run, language):
            console.print(line, markup=False, soft_wrap=True)
    for ordered in examined.orders:
        console.print(_ordered(ordered, language), markup=False, soft_wrap=True)
    if examined.run.owed:
        console.print(_OWED.say(language), style="bold yellow", soft_wrap=True)
    if not all(ordered.told for ordered in examined.orders):
        console.print(_MISNAMED.say(language), style="bold red", soft_wrap=True)
    judgement = examined.run.judgement
    colour = "bold green" if judgement.passed else "bold red"
    console.print(_verdict(judgement).say(language), style=colour, soft_wrap=True)


def _verdict(judgement: Judgement) -> Text:
    if judgement.passed:
        return _PASSED
    return _UNSOUND if all(line.holds for line in judgement.flags) else _MISSED


def needed(judgement: Judgement) -> set[CheckName]:
    """The checks that something claimed and not earned rests on, and what is basic and failed."""
    resting = {name for line in judgement.flags if not line.holds for name in line.rests_on}
    failed = {
        check.name
        for check in judgement.checks
        if check.name in BASIC and check.ruling.verdict is Verdict.FAILED
    }
    return resting | failed


def _lines(run: Run, language: Language) -> Iterator[str]:
    wanted = needed(run.judgement)
    for check in run.judgement.checks:
        told = VERDICTS[check.ruling.verdict].say(language)
        tried, seen = TRIED[check.name].say(language), check.ruling.seen.say(language)
        yield f"{told:10}  {check.name:18}  {tried}: {seen}"
        for shown in check.ruling.proofs[:PROOFS_MOST]:
            yield f"            {proof(shown)}"
        yield from _to_do(check, wanted, language)
    yield f"{_KINDS.say(language)}: {_kinds(run.judgement, language)}"
    yield f"{_CLAIMS.say(language)}:"
    for line in run.judgement.flags:
        mark = "=" if line.claimed == line.earned else (">" if line.holds else "✗")
        name = FLAGS[line.flag].say(language)
        yield f"  {mark} {line.flag:22} {line.claimed:24} {line.earned:24} {name}"


def _to_do(check: Check, wanted: set[CheckName], language: Language) -> Iterator[str]:
    if check.name in wanted and check.ruling.verdict is not Verdict.EARNED:
        yield f"            → {_DO.say(language)}: {TO_DO[check.name].say(language)}"


def _kinds(judgement: Judgement, language: Language) -> str:
    return "; ".join(KINDS[kind].say(language) for kind in judgement.kinds) or "-"


def _ordered(ordered: Ordered, language: Language) -> str:
    named = "; ".join(KINDS[kind].say(language) for kind in ordered.named) or "-"
    mark = "✓" if ordered.told else "✗"
    return f"{mark} {_ORDERED.say(language)}: {KINDS[ordered.kind].say(language)} → {named}"


def _show_tables(run: Run, console: Console, language: Language) -> None:
    console.print(_checks(run.judgement, language))
    wanted = needed(run.judgement)
    for check in run.judgement.checks:
        for line in _to_do(check, wanted, language):
            console.print(f"{check.name}: {line.strip()}", markup=False)
            for shown in check.ruling.proofs[:PROOFS_MOST]:
                console.print(f"    {proof(shown)}", markup=False, style="dim")
    console.print(_claims(run.judgement, language))
    console.print(f"{_KINDS.say(language)}: {_kinds(run.judgement, language)}", markup=False)


def _checks(judgement: Judgement, language: Language) -> Table:
    table = Table(title=Text("检查单", "Checklist").say(language))
    for name in (Text("试了什么", "tried"), Text("看到什么", "seen"), Text("结论", "verdict")):
        table.add_column(name.say(language))
    for check in judgement.checks:
        ruling = check.ruling
        colour, word = _COLOURS[ruling.verdict], VERDICTS[ruling.verdict].say(language)
        table.add_row(
            TRIED[check.name].say(language), ruling.seen.say(language), f"[{colour}]{word}"
        )
    return table


def _claims(judgement: Judgement, language: Language) -> Table:
    table = Table(title=_CLAIMS.say(language))
    for name in (Text("项目", "claim"), Text("申报", "claimed"), Text("证实", "earned")):
        table.add_column(name.say(language))
    for line in judgement.flags:
        colour = "green" if line.holds else "red"
        table.add_row(FLAGS[line.flag].say(language), line.claimed, f"[{colour}]{line.earned}")
    return table
