"""A replay as it is read at a terminal, and the way from the words typed to what is printed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cashlane.trial.replay.crowd import Sample
from cashlane.trial.replay.figures import (
    CITIZENS,
    COST_NAMES,
    FIGURES,
    PAID_BY_CITIZENS,
    PARTY_NAMES,
    cost_lines,
    day_in,
    exactly,
    named,
    origin,
    sampled,
    told,
    value_in,
    yuan,
)
from cashlane.trial.replay.outcome import Outcome
from cashlane.trial.replay.page import page
from cashlane.trial.replay.reading import BadStoryError, read_story
from cashlane.trial.replay.replay import Replay, replay
from cashlane.trial.replay.saying import FAULTS, METHOD
from cashlane.trial.replay.story import KINDS
from cashlane.values.text import Language, Text

_WIDTH = 118
"""Columns of the tables where the terminal has no width of its own (a file, a pipe)."""


class Wish(Struct, frozen=True):
    """What was asked for on the command line."""

    story: str
    sample: Sample
    own: Path | None
    settings: tuple[str, ...]
    as_json: bool
    page: Path | None
    language: Language


def run_replay(wish: Wish) -> int:
    """Replay, print, write the page; 0, or 2 where what was asked for cannot be done."""
    try:
        story = read_story(wish.story, wish.own, wish.settings)
        _check_folder(wish.page)
    except BadStoryError as bad:
        for fault in bad.faults:
            print(f"{fault.zh}\n  {fault.en}", file=sys.stderr)  # noqa: T201
        return 2
    with _progress() as progress:
        done = replay(story, wish.sample, progress)
    if wish.page is not None:
        wish.page.write_text(page(done, wish.language), encoding="utf-8")
        print(wish.page, file=sys.stderr)  # noqa: T201
    if wish.as_json:
        print(msgspec.json.encode(done).decode())  # noqa: T201
    else:
        narrow = None if sys.stdout.isatty() else _WIDTH
        show(done, Console(width=narrow), wish.language)
    return 0


def _check_folder(file: Path | None) -> None:
    """Told before the work, not after it."""
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise BadStoryError([FAULTS["no-folder"].fill(file=file)])


class _Bar:
    """Progress on stderr: a bar over the worlds."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("replay", total=None)

    def __call__(self, world: str, done: int, whole: int) -> None:
        self._bars.update(self._task, description=world or "✓", completed=done, total=whole)


@contextmanager
def _progress() -> Iterator[_Bar]:
    with Progress(console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars)


def show(done: Replay, console: Console, language: Language) -> None:
    """Everything: what came out, then every fact and how it was computed."""
    show_results(done, console, language)
    console.print()
    console.print(_facts(done, language))
    for line in METHOD:
        console.print(f"· {line.say(language)}", highlight=False)


def show_results(done: Replay, console: Console, language: Language) -> None:
    """Banner, outlets from change to change, what came out, who pays."""
    console.print(done.story.title.say(language), style="bold")
    console.print(done.story.banner.say(language), style="italic")
    console.print()
    for outcome in done.outcomes:
        console.print(f"[bold]{outcome.key}[/bold]  {outcome.title.say(language)}")
        console.print(f"   {steps_line(outcome, language)}", highlight=False)
    console.print()
    console.print(_figures(done, language))
    console.print(_costs(done, language))
    console.print(sampled(done).say(language), style="italic")


def steps_line(outcome: Outcome, language: Language) -> str:
    """Outlets taking cash, from change to change: 4,407 → 1,251 (31 Dec) → ..."""
    said: list[str] = []
    before = None
    for step in outcome.outlets.steps:
        if step.outlets != before:
            since = f" ({day_in(step.since, language)})" if said else ""
            said.append(f"{exactly(step.outlets)}{since}")
        before = step.outlets
    return " → ".join(said)


def _table(done: Replay, title: Text, language: Language) -> Table:
    table = Table(title=title.say(language), title_justify="left", expand=False)
    table.add_column("")
    for outcome in done.outcomes:
        table.add_column(outcome.key, justify="right")
    return table


def _figures(done: Replay, language: Language) -> Table:
    table = _table(done, Text("结果", "What came out"), language)
    for figure in FIGURES:
        row = (told(figure, outcome) for outcome in done.outcomes)
        table.add_row(named(figure, language), *row)
    return table


def _costs(done: Replay, language: Language) -> Table:
    table = _table(
        done,
        Text("谁付多少（元；负数为省下或多得）", "Who pays (yuan; minus: saved or earned)"),
        language,
    )
    for party, name in PARTY_NAMES.items():
        sums = (yuan(outcome.costs_by_party[party]) for outcome in done.outcomes)
        table.add_row(name.say(language), *sums, style="bold")
        for what, fen in cost_lines(done.outcomes, party):
            table.add_row("  " + COST_NAMES[what].say(language), *map(yuan, fen))
    table.add_row(CITIZENS.say(language), style="bold")
    for figure in PAID_BY_CITIZENS:
        row = (told(figure, outcome) for outcome in done.outcomes)
        table.add_row("  " + named(figure, language), *row)
    return table


def _facts(done: Replay, language: Language) -> Table:
    table = Table(
        title=Text("事实与假设", "Facts and assumptions").say(language), title_justify="left"
    )
    for name in (
        Text("名称", "name"),
        Text("含义", "what"),
        Text("值", "value"),
        Text("类别", "kind"),
        Text("来源", "source"),
    ):
        table.add_column(name.say(language))
    units = done.story.units()
    for kind, kind_name in KINDS.items():
        for fact in done.story.facts.values():
            if fact.kind == kind:
                values = [value_in(fact.value, units[fact.name], language)]
                values += _differing(done, fact.name, language)
                table.add_row(
                    fact.name,
                    fact.says.say(language),
                    "\n".join(values),
                    kind_name.say(language),
                    origin(fact, language),
                )
    return table


def _differing(done: Replay, name: str, language: Language) -> Iterator[str]:
    units = done.story.units()
    for world in done.story.worlds:
        if name in world.facts and world.facts[name].value != done.story.facts[name].value:
            yield f"{world.key}: {value_in(world.facts[name].value, units[name], language)}"
