"""The command line: verbs on nouns, data on stdout, progress on stderr."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import uvloop
from rich.console import Console

from cashlane import home, main
from cashlane.audit.archive import archived, months_until
from cashlane.audit.export import Grouping, IncompleteError, export
from cashlane.audit.journal import Format
from cashlane.audit.verify import verify as audit_of
from cashlane.command.options import (
    FILES_SHOWN_MOST,
    Data,
    Json,
    Lang,
    ListFile,
    database,
    house_of,
    rows_of,
    spoken_in,
)
from cashlane.command.programmes import programmes
from cashlane.core.archiving import name as month_name
from cashlane.core.partner_sheet import PAYABLE_LEAST
from cashlane.core.partner_sheet import WireKind as Wire
from cashlane.core.place_list import EARTH, Box, Declared
from cashlane.core.refusals import Refused
from cashlane.engine.doctor import refusals
from cashlane.engine.trouble import EngineTroubleError
from cashlane.registry.demand_lists import HandedDemand
from cashlane.registry.lists_told import UNDECLARED, box, demand_told, survey_told, told
from cashlane.registry.onboarding_told import chains_told
from cashlane.registry.outlet_lists import Handed, Taken
from cashlane.registry.surveys import HandedSurvey
from cashlane.store.audit import reading
from cashlane.store.outlets import Count, Told
from cashlane.trial import city as trial_city
from cashlane.trial.demo import DemoPlan, run_demo
from cashlane.trial.drill.told import Wish as DrillWish
from cashlane.trial.drill.told import run_drills
from cashlane.trial.pages import show_account
from cashlane.trial.partner_check import Order, run_check, run_rehearsal
from cashlane.trial.rehearsal import sample_sheet
from cashlane.trial.replay.crowd import Sample
from cashlane.trial.replay.terminal import Wish, run_replay
from cashlane.trial.sample import sample
from cashlane.trial.tour.told import run_tour
from cashlane.trial.whole import whole_day
from cashlane.values.datum import Datum
from cashlane.values.text import Language
from cashlane.world.serve import run_world

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
ledger = typer.Typer(no_args_is_help=True, help="The ledger as plain text.")
app.add_typer(ledger, name="ledger")
partner = typer.Typer(no_args_is_help=True, help="A partner's sandbox, tried before it is trusted.")
app.add_typer(partner, name="partner")

outlets = typer.Typer(no_args_is_help=True, help="Outlets as their agents list them.")
app.add_typer(outlets, name="outlets")
demand = typer.Typer(no_args_is_help=True, help="Where people live who may need a counter.")
app.add_typer(demand, name="demand")
app.add_typer(programmes, name="programmes")

HOST = "127.0.0.1"

Shared = Annotated[
    bool,
    typer.Option("--shared", help="Several processes answer on this port, each so started."),
]


@app.command()
def serve(data: Data = None, port: int = 8600, host: str = HOST, shared: Shared = False) -> None:
    """Answer the API over a database that runs."""
    uvloop.run(main.serve(house_of(data), host=host, port=port, shared=shared))


@app.command()
def worker(data: Data = None) -> None:
    """Carry payments, chase what is in doubt, keep claims true."""
    uvloop.run(main.work(house_of(data)))


@app.command()
def world(data: Data = None, api: str = f"http://{HOST}:8600") -> None:
    """Run the simulated outside: billers, routes, bank and chain hosts."""
    house = house_of(data)
    run_world(trial_city.world_folder(house), trial_city.world_plan(house, api))


Archive = Annotated[
    Path | None,
    typer.Option(
        help="Where archived months lie (or CASHLANE_ARCHIVE); archive/ in the data folder.",
        envvar="CASHLANE_ARCHIVE",
    ),
]


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to the schema this program expects; safe to repeat."""
    house = house_of(data)
    with database(house):
        typer.echo(home.migrate(house))


@app.command()
def doctor(data: Data = None) -> None:
    """Say what is wrong with this data folder, why, and what to do; exit 1 on a refusal."""
    house = house_of(data)
    with database(house):
        found = home.examine(house)
    for it in found:
        typer.echo(f"{it.severity.value}  {it.code}  {it.where}")
        typer.echo(f"  {it.cause.zh} {it.remedy.zh}\n  {it.cause.en} {it.remedy.en}")
    if not found:
        typer.echo("一切正常。 All is well.")
    raise typer.Exit(1 if refusals(found) else 0)


@app.command()
def verify(
    json: Json = False, data: Data = None, archive: Archive = None, language: Lang = "en"
) -> None:
    """Recompute the books from facts and entries; exit 1 if anything disagrees."""
    house = house_of(data)
    with database(house), reading(house.databases().watch, _shelf(house, archive)) as books:
        report = audit_of(books)
    said = [report.as_json()] if json else report.lines("zh" if language == "zh" else "en")
    for line in said:
        typer.echo(line)
    raise typer.Exit(0 if report.clean else 1)


@app.command(name="archive")
def archive_months(
    month: Annotated[
        str | None, typer.Argument(metavar="[MONTH]", help="A month to put away: 2026-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="MONTH", help="All months up to this one, in order.")
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Drop the tables of months archived before.")
    ] = False,
    data: Data = None,
    archive: Archive = None,
    language: Lang = "en",
) -> None:
    """Put old months away into files; exit 0 if they are away, 1 with the reason if one is not."""
    if (month is None) == (until is None):
        raise typer.BadParameter("一个月份，或 --until 月份。 One MONTH, or --until MONTH.")
    house, said = house_of(data), _month(month or until or "")
    with database(house):
        desk = main.archive_desk(
            house, _shelf(house, archive),
            lambda step, at: typer.echo(f"{month_name(at)}: {step}", err=True),
        )  # fmt: skip
        months = [said] if until is None else months_until(desk, said, drop=drop)
        for outcome in archived(desk, months, drop=drop):
            typer.echo(outcome.words.say("zh" if language == "zh" else "en"))
    raise typer.Exit(0 if outcome.done else 1)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text}: 月份写作 2026-01。 Write a month as 2026-01.") from None


def _shelf(house: home.Home, said: Path | None) -> Path:
    return house.settings.archive if said is None else said.absolute()


@app.command()
def files(partner: str, data: Data = None, language: Lang = "en") -> None:
    """Say what became of a partner's latest files, the newest first."""
    house = house_of(data)
    with database(house):
        found = asyncio.run(main.files_received(house, partner, most=FILES_SHOWN_MOST))
    for it in found:
        count = f"{it.lines} / {it.total}"
        typer.echo(f"{it.verdict:9} {it.name}  {count}  sha256 {it.sha256.hex()}")
        for words in it.note:
            typer.echo(f"    {words.say('zh' if language == 'zh' else 'en')}")


@outlets.command(name="import")
def import_outlets(
    file: ListFile,
    agent: Annotated[str, typer.Option(metavar="CODE", help="Whose outlets these are.")],
    system: Annotated[
        Datum | None, typer.Option(help="The coordinate system of the list; there is no default.")
    ] = None,
    within: Annotated[
        Box | None,
        typer.Option(
            parser=box, metavar="W,S,E,N", help="Degrees between which all of them must lie."
        ),
    ] = None,
    trying: Annotated[bool, typer.Option("--try", help="Read and compare; write nothing.")] = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Take an agent's list of its outlets, all of it or nothing; exit 1 with every fault found.

    New outlets are switched off until somebody switches them on.
    """
    said = spoken_in(language)
    declared = _declared(system, within, said)
    content, rows = rows_of(file, said)
    house = house_of(data)
    handed = Handed(file.name, content, rows, agent, declared, "command")
    with database(house):
        taken = asyncio.run(_taken(house, handed, for_real=not trying))
    if isinstance(taken, Refused):
        typer.echo(taken.sentence().say(said), err=True)
        raise typer.Exit(1)
    for line in told(taken, said):
        typer.echo(line)
    raise typer.Exit(1 if taken.faults else 0)


def _declared(system: Datum | None, within: Box | None, said: Language) -> Declared:
    """What a list of places must declare; exit 1 with the reason where it does not."""
    if system is None:
        typer.echo(UNDECLARED.say(said), err=True)
        raise typer.Exit(1)
    return Declared(system, within or EARTH)


async def _taken(house: home.Home, handed: Handed, *, for_real: bool) -> Taken | Refused:
    async with main.outlet_lists(house) as (lists, on):
        return await lists.take(handed, on=on, for_real=for_real)


@demand.command(name="import")
def import_demand(
    file: ListFile,
    system: Annotated[
        Datum | None, typer.Option(help="The coordinate system of the list; there is no default.")
    ] = None,
    census: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="People by age of each district, where the"
                     " list counts homes only."),
    ] = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="The places are made up: every figure says so.")
    ] = False,
    within: Annotated[
        Box | None,
        typer.Option(
            parser=box, metavar="W,S,E,N", help="Degrees between which all of them must lie."
        ),
    ] = None,
    trying: Annotated[bool, typer.Option("--try", help="Read and count; write nothing.")] = False,
    data: Data = None,
    language: Lang = "en",
) -> None:  # fmt: skip
    """Take a list of where people live, all of it or nothing; exit 1 with every fault found."""
    said = spoken_in(language)
    declared = _declared(system, within, said)
    content, rows = rows_of(file, said)
    house = house_of(data)
    counted = rows_of(census, said) if census is not None else (b"", None)
    handed = HandedDemand(
        file.name, content + counted[0], rows, counted[1], declared, synthetic, "command"
    )
    with database(house):
        taken = main.demand_taken(house, handed, for_real=not trying)
    for line in demand_told(taken, said):
        typer.echo(line)
    raise typer.Exit(1 if taken.reading.faults else 0)


@demand.command(name="survey")
def import_survey(
    file: ListFile,
    by: Annotated[str, typer.Option(help="Who asked the people.")],
    ended: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="When the last was asked.")],
    trying: Annotated[bool, typer.Option("--try", help="Read and count; write nothing.")] = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Take a survey of who needs a counter, about places on record, all of it or nothing."""
    said, house = spoken_in(language), house_of(data)
    content, rows = rows_of(file, said)
    handed = HandedSurvey(file.name, content, rows, by, ended.date(), "command")
    with database(house):
        taken = main.survey_taken(house, handed, for_real=not trying)
    for line in survey_told(taken, said):
        typer.echo(line)
    raise typer.Exit(1 if taken.reading.faults else 0)


@demand.command(name="lists")
def demand_lists_taken(data: Data = None) -> None:
    """Say which lists of where people live were taken, the newest first: it is in force."""
    house = house_of(data)
    with database(house):
        found = main.demand_lists(house, most=FILES_SHOWN_MOST)
    for it in found:
        made_up = "synthetic " if it.synthetic else ""
        typer.echo(f"{it.received_at:%Y-%m-%d %H:%M} {it.name}  {made_up}{it.points:,} places"
                   f"  {it.datum}  by {it.actor}  sha256 {it.sha256.hex()}")  # fmt: skip


@outlets.command(name="counts")
def count_outlets(data: Data = None) -> None:
    """Say for each agent how many outlets are on record, enabled, and took cash in 14 days."""
    house = house_of(data)
    with database(house):
        found = asyncio.run(_counted(house))
    typer.echo(f"{'':24}{'on record':>12}{'enabled':>12}{'took cash':>12}")
    for it in found:
        typer.echo(f"{it.agent:24}{it.outlets:12,}{it.enabled:12,}{it.took_cash:12,}")


async def _counted(house: home.Home) -> list[Count]:
    async with main.outlet_lists(house) as (lists, on):
        return await lists.counts(on=on)


@outlets.command(name="lists")
def outlet_lists_taken(data: Data = None) -> None:
    """Say which lists of outlets were taken, the newest first."""
    house = house_of(data)
    with database(house):
        found = asyncio.run(_lists(house))
    for it in found:
        typer.echo(
            f"{it.received_at:%Y-%m-%d %H:%M}  {it.agent}  {it.name}  {it.datum}  {it.actor}"
        )
        typer.echo(
            f"    {it.lines:,}: +{it.added:,} ~{it.changed:,} ={it.merged:,}  sha256 {it.sha256}"
        )


async def _lists(house: home.Home) -> list[Told]:
    async with main.outlet_lists(house) as (lists, _):
        return await lists.taken(most=FILES_SHOWN_MOST)


@app.command()
def onboarding(
    chain: Annotated[str | None, typer.Argument(metavar="[CHAIN]", help="An agent's code.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make it a key of this name; told once.")
    ] = None,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Say how far chains have come on their way in, and what is next for one."""
    house, said = house_of(data), spoken_in(language)
    with database(house):
        network = main.network_of(house)
        named = [one.number for one in network.agents.values() if chain in (None, one.code)]
        if not named or (key is not None and chain is None):
            typer.echo("没有这样的机构。 No such chain.", err=True)
            raise typer.Exit(2)
        if key is not None:
            typer.echo(main.key_made(house, named[0], key))
            return
        every = asyncio.run(main.chains_onboarding(house, network))
    for line in chains_told([one for one in every if one.agent in named], network, said,
                            whole=chain is not None):  # fmt: skip
        typer.echo(line)


@ledger.command(name="export")
def export_ledger(
    form: Annotated[Format, typer.Option("--format")],
    day: Annotated[date | None, typer.Option(parser=date.fromisoformat, metavar="DATE")] = None,
    grouping: Annotated[Grouping, typer.Option()] = "auto",
    data: Data = None,
    archive: Archive = None,
) -> None:
    """Write the ledger to stdout for another program to add up."""
    house, out = house_of(data), typer.get_text_stream("stdout", encoding="utf-8")
    with database(house), reading(house.databases().watch, _shelf(house, archive)) as books:
        export(books, out, form=form, grouping=grouping, day=day)


@app.command(name="set-up")
def set_up(data: Data = None, seed: int = 7, bills: int = 100_000, day: str = "2022-01-14") -> None:
    """Make the synthetic city in a data folder whose database runs."""
    trial = trial_city.Trial(seed, bills, date.fromisoformat(day))
    trial_city.set_up(house_of(data), trial)


@app.command()
def day(
    payments: Annotated[int, typer.Option(min=1, max=1_000_000)] = 200,
    seed: int = 7,
    faults: bool = True,
    json: Json = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Run a whole business day over the real interfaces; exit 0 only if every book agrees."""
    run = whole_day(payments, seed, faults=faults, data=data)
    if json:
        typer.echo(msgspec.json.encode(run).decode())
    else:
        show_account(run, Console(), "zh" if language == "zh" else "en")
    raise typer.Exit(0 if run.holds else 1)


@app.command()
def demo(
    data: Data = None,
    bills: int = 100_000,
    seed: int = 7,
    port: int = 8600,
    pace: Annotated[float, typer.Option(help="People a second.")] = 2.0,
) -> None:
    """Run the synthetic city until Ctrl-C: everything started, people coming to its counters."""
    run_demo(house_of(data), DemoPlan(seed, bills, port, pace))


@app.command()
def tour(
    step: Annotated[str, typer.Argument(help="pay, crash, doubt, stop or verify.")],
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Do one act of the tour in a demo that runs; exit 1 if it did not go as promised."""
    raise typer.Exit(run_tour(house_of(data), step, "zh" if language == "zh" else "en"))


@app.command()
def drill(
    what: Annotated[str, typer.Argument(help="route:CODE, biller:CODE, agent:CODE, hub, or due.")],
    every: Annotated[
        int | None, typer.Option(help="Set how often it is due, in days; drill nothing now.")
    ] = None,
    spoil: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=BEHAVIOUR", help="A party that misbehaves, to see it found."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who drills; else this account.")] = None,
    json: Json = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Stop one thing in a city of its own and see whether what was predicted happens.

    Exit 0 as predicted, 1 not as predicted, 2 no such thing.
    """
    house, spoken = house_of(data), spoken_in(language)
    with database(house):
        raise typer.Exit(run_drills(house, DrillWish(what, every, spoil or (), by, json, spoken)))


@app.command()
def replay(
    story: Annotated[str, typer.Argument(help="A story that is shipped: shanghai-2022.")],
    scale: Annotated[
        float, typer.Option(min=0.0001, max=1.0, help="Share of payers and payments looked at.")
    ] = 0.05,
    seed: int = 7,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A fact for all worlds, or W.NAME=VALUE."),
    ] = None,
    facts: Annotated[
        Path | None, typer.Option(help="A file of facts, laid over the story's own.")
    ] = None,
    page: Annotated[Path | None, typer.Option(help="Write the replay as one HTML page.")] = None,
    json: Json = False,
    language: Lang = "en",
) -> None:
    """Live a story of the past through again, in worlds that differ by their facts alone."""
    sample = Sample(seed, round(scale * 1_000_000))
    spoken: Language = "zh" if language == "zh" else "en"
    wish = Wish(story, sample, facts, tuple(settings or ()), json, page, spoken)
    raise typer.Exit(run_replay(wish))


@partner.command()
def check(
    url: Annotated[str, typer.Argument(help="Where the sandbox answers.")],
    sheet: Annotated[Path, typer.Option(help="Its sheet: TOML or JSON.")],
    control: Annotated[str | None, typer.Option(help="A simulated party's control page.")] = None,
    again: Annotated[Path | None, typer.Option(help="An earlier result: what it owes.")] = None,
    result: Annotated[Path | None, typer.Option(help="Where to keep the result.")] = None,
    json: Json = False,
    language: Lang = "en",
) -> None:
    """Try a partner's sandbox over a line that breaks, and say which claims it earned.

    Exit 0 all claims earned, 1 something claimed is not, 2 the sheet is wrong, 3 no sandbox there.
    """
    order = Order(url, sheet, control, again, result, json, "zh" if language == "zh" else "en")
    raise typer.Exit(run_check(order, typer.get_text_stream("stdout", encoding="utf-8")))


@partner.command()
def rehearse(
    wire: Annotated[Wire, typer.Option()] = "aggregator",
    all_kinds: Annotated[bool, typer.Option("--all-kinds", help="Then all eight kinds.")] = False,
    json: Json = False,
    language: Lang = "en",
) -> None:
    """Check a simulated partner of our own, to see what a checklist looks like."""
    out = typer.get_text_stream("stdout", encoding="utf-8")
    raise typer.Exit(
        run_rehearsal(
            wire,
            out,
            all_kinds=all_kinds,
            as_json=json,
            language="zh" if language == "zh" else "en",
        )
    )


@partner.command(name="sheet")
def sheet_of(wire: Annotated[Wire, typer.Option()] = "aggregator") -> None:
    """Print a sheet to fill in, with a sentence to each line."""
    typer.echo(sample_sheet(wire, "http://127.0.0.1:9000", bills=PAYABLE_LEAST))


def run() -> None:
    """The program. What stops it and is no fault of its own is said in a sentence, exit 1."""
    try:
        app()
    except (EngineTroubleError, main.NotReadyError, home.UnfitError, IncompleteError) as trouble:
        typer.echo(str(trouble), err=True)
        raise SystemExit(1) from None


@app.command(name="sample")
def sample_of(data: Data = None) -> None:
    """Set up a shell for a first call to a demo that runs: eval "$(cashlane sample)"."""
    lines = sample(house_of(data))
    if lines is None:
        typer.echo("没有在运行的演示，请先运行 cashlane demo。 Run cashlane demo first.", err=True)
        raise typer.Exit(1)
    for line in lines:
        typer.echo(line)


if __name__ == "__main__":
    run()
