"""`cashlane programmes`: other public services at counters, and who came for them."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cashlane import main
from cashlane.command.options import (
    FILES_SHOWN_MOST,
    Data,
    Lang,
    ListFile,
    database,
    house_of,
    rows_of,
    spoken_in,
)
from cashlane.registry.lists_told import placements_told, visits_told
from cashlane.registry.programme_lists import HandedList
from cashlane.values.text import Language

programmes = typer.Typer(no_args_is_help=True, help="Other public services at counters.")
Trying = Annotated[bool, typer.Option("--try", help="Read and compare; write nothing.")]
Synthetic = Annotated[
    bool, typer.Option("--synthetic", help="What it tells is made up: every figure says so.")
]


@programmes.command(name="import")
def import_placements(
    file: ListFile,
    synthetic: Synthetic = False,
    trying: Trying = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Take a list of which programme is at which outlet from when, all of it or nothing.

    Exit 1 with every fault found.
    """
    said, house = spoken_in(language), house_of(data)
    handed = _handed(file, said, synthetic=synthetic)
    with database(house):
        taken = main.placements_taken(house, handed, for_real=not trying)
    for line in placements_told(taken, said):
        typer.echo(line)
    raise typer.Exit(1 if taken.reading.faults else 0)


@programmes.command(name="visits")
def import_visits(
    file: ListFile,
    synthetic: Synthetic = False,
    trying: Trying = False,
    data: Data = None,
    language: Lang = "en",
) -> None:
    """Take a list of visits and staff minutes by month, outlet and programme, likewise."""
    said, house = spoken_in(language), house_of(data)
    handed = _handed(file, said, synthetic=synthetic)
    with database(house):
        taken = main.visits_taken(house, handed, for_real=not trying)
    for line in visits_told(taken, said):
        typer.echo(line)
    raise typer.Exit(1 if taken.reading.faults else 0)


def _handed(file: Path, said: Language, *, synthetic: bool) -> HandedList:
    content, rows = rows_of(file, said)
    return HandedList(file.name, content, rows, synthetic, "command")


@programmes.command(name="counts")
def count_programmes(data: Data = None, language: Lang = "en") -> None:
    """Say for each programme and agent how many are planned, live and ended, and who came."""
    said, house = spoken_in(language), house_of(data)
    with database(house):
        network, found = asyncio.run(main.programme_sums(house))
    typer.echo(f"{'':40}{'planned':>9}{'live':>9}{'ended':>9}{'visits':>9}{'minutes':>10}")
    for (programme, agent), it in found.items():
        name = f"{programme} {network.agents[agent].name.say(said)}"
        typer.echo(
            f"{name:40}{it.planned:9,}{it.live:9,}{it.ended:9,}{it.visits:9,}{it.minutes:10,}"
        )


@programmes.command(name="lists")
def lists_taken(data: Data = None) -> None:
    """Say which lists of programmes and of visits were taken, the newest first."""
    house = house_of(data)
    with database(house):
        found = main.programme_lists(house, most=FILES_SHOWN_MOST)
    for it in found:
        made_up = "synthetic " if it.synthetic else ""
        came_to = f"{it.lines:,}: +{it.told:,}  by {it.actor}  sha256 {it.sha256.hex()}"
        typer.echo(f"{it.received_at:%Y-%m-%d %H:%M} {it.kind}  {it.name}  {made_up}{came_to}")
