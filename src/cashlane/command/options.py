"""What commands share: their options, the data folder's database, and lists in files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cashlane import home
from cashlane.adapters.lists.reading import read_rows
from cashlane.adapters.lists.table import UnreadableError
from cashlane.core.place_list import Line
from cashlane.values.text import Language

Data = Annotated[
    Path | None,
    typer.Option(help="The data folder (or CASHLANE_DATA).", envvar="CASHLANE_DATA"),
]
Json = Annotated[bool, typer.Option("--json")]
Lang = Annotated[str, typer.Option("--lang", "--language", help="zh or en.")]
ListFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
FILES_SHOWN_MOST = 50
"""Files of one partner on the terminal: a month of daily ones and their corrections."""


def house_of(data: Path | None) -> home.Home:
    """The data folder that is meant."""
    return home.home(home.settings(data))


@contextmanager
def database(house: home.Home) -> Iterator[None]:
    """The embedded database for one command: found running, or started and stopped again."""
    if house.settings.database_url is not None or house.cluster.is_running():
        yield
        return
    house.cluster.start()
    try:
        yield
    finally:
        house.cluster.stop()


def rows_of(file: Path, said: Language) -> tuple[bytes, Sequence[Line]]:
    """A list's bytes and rows; exit 1 where it is no list."""
    content = file.read_bytes()
    try:
        return content, read_rows(file.name, content)
    except UnreadableError as error:
        typer.echo(f"{file.name}: {error.why.say(said)}", err=True)
        raise typer.Exit(1) from None


def spoken_in(language: str) -> Language:
    """The language that was asked for; English where it is not Chinese."""
    return "zh" if language == "zh" else "en"
