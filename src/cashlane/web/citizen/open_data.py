"""Open data about lost service and its return: JSON and CSV with a schema that does not move, and
the page that says what each figure counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from cashlane.core.restoration import Board
from cashlane.store.connect import Lost
from cashlane.values.text import Text
from cashlane.web.citizen.definitions import COLUMNS, DAY_COLUMNS, FIGURES, Cell
from cashlane.web.citizen.restoration import Seen, away
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, elder_of, language_of
from cashlane.web.shared.resting import Resting
from cashlane.web.shared.sheets import table

_pages = Pages("cashlane.web.citizen")
DEFINITIONS = "/open/"
LICENCE_UNSAID = Text("许可由运营方设定", "licence set by the operator")
CASES, DAYS = "/open/restoration.csv", "/open/outlets-taking-cash.csv"
_AS_OF = Text("数据所截至的时刻", "the moment that the row is as of")


class Licence(Struct, frozen=True):
    """Under which terms the operator gives its data away, in its own words."""

    text: Text


class ColumnOut(Struct, frozen=True):
    """A column and its meaning."""

    name: str
    type: str
    zh: str
    en: str


class DayOut(Struct, frozen=True):
    """Outlets taking cash at the end of a day."""

    day: date
    outlets_taking_cash: int


class RestorationOut(Struct, frozen=True):
    """The whole file. `cases` have the names of `columns`."""

    as_of: str
    licence: Text
    definitions: str
    outlets_enabled: int
    outlets_taking_cash: int
    columns: Sequence[ColumnOut]
    cases: Sequence[Mapping[str, Cell]]
    outlets_by_day: Sequence[DayOut]


@get("/restoration.json")
async def restoration_json(seen: Resting[Seen], licence: Licence) -> RestorationOut:
    """All cases, and the line by day."""
    now = await seen.latest()
    columns = [ColumnOut(it.name, it.kind, it.meaning.zh, it.meaning.en) for it in COLUMNS]
    return RestorationOut(
        as_of=now.network.written(now.at),
        licence=licence.text,
        definitions=DEFINITIONS,
        outlets_enabled=now.board.enabled,
        outlets_taking_cash=now.board.taking,
        columns=columns,
        cases=list(_cases(now)),
        outlets_by_day=list(_days(now.board)),
    )


@get("/restoration.csv")
async def restoration_csv(seen: Resting[Seen]) -> Response[str]:
    """The same cases; the last column is the moment."""
    now = await seen.latest()
    head = [*(one.name for one in COLUMNS), "as_of"]
    at = now.network.written(now.at)
    return _csv(CASES, head, ([*map(_spelled, it.values()), at] for it in _cases(now)))


@get("/outlets-taking-cash.csv")
async def days_csv(seen: Resting[Seen]) -> Response[str]:
    """The line by day; the last column is the moment."""
    now = await seen.latest()
    at = now.network.written(now.at)
    rows = ([it.day.isoformat(), str(it.outlets_taking_cash), at] for it in _days(now.board))
    return _csv(DAYS, [*DAY_COLUMNS, "as_of"], rows)


@get("/csv-metadata.json")
async def metadata(seen: Resting[Seen], licence: Licence) -> Response[Mapping[str, Any]]:
    """Both CSV files described as the W3C's "CSV on the web" has it."""
    now = await seen.latest()
    cases = [(one.name, one.kind, one.meaning) for one in COLUMNS]
    days = [(name, kind, meaning) for name, (kind, meaning) in DAY_COLUMNS.items()]
    return Response(
        {
            "@context": "http://www.w3.org/ns/csvw",
            "dc:rights": [
                {"@value": licence.text.zh, "@language": "zh"},
                {"@value": licence.text.en, "@language": "en"},
            ],
            "dc:modified": {"@value": now.network.written(now.at), "@type": "dateTime"},
            "tables": [_table(CASES, cases, "case"), _table(DAYS, days, "day")],
        },
        media_type="application/csvm+json",
    )


@get("/")
async def definitions_page(
    request: Request[Any, Any, Any], seen: Resting[Seen], licence: Licence, lang: str | None = None
) -> Response[str]:
    """What is counted, from which rows, as of when; the files and their columns."""
    now = await seen.latest()
    return _pages.page(
        "open.html",
        language=language_of(lang, request.headers.get("accept-language", "")),
        elder=elder_of(request),
        at=now.network.local(now.at),
        figures=FIGURES,
        columns=COLUMNS,
        days=DAY_COLUMNS,
        as_of=_AS_OF,
        licence=licence.text,
    )


def _cases(now: Seen) -> Iterator[Mapping[str, Cell]]:
    """In the order in which they were put on record, so that files can be compared."""
    for one in sorted(now.board.standings, key=lambda it: it.case.id):
        yield {column.name: column.of(now.network, one) for column in COLUMNS}


def _days(board: Board) -> Iterator[DayOut]:
    """Every day of the line."""
    ends = [*(step.since for step in board.steps[1:]), board.today + timedelta(days=1)]
    for step, end in zip(board.steps, ends, strict=True):
        for at in range((end - step.since) // timedelta(days=1)):
            yield DayOut(step.since + timedelta(days=at), step.outlets)


def _spelled(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _csv(name: str, head: Sequence[str], rows: Iterator[Sequence[str]] | Any) -> Response[str]:
    """CSV without a mark, as machines read it; it names the file that describes it."""
    links = '</open/csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    file = name.rpartition("/")[2]
    return Response(
        table(head, rows),
        media_type="text/csv; header=present",
        headers={"Link": links, "Content-Disposition": f'inline; filename="{file}"'},
    )


def _table(url: str, columns: Sequence[tuple[str, str, Text]], key: str) -> Mapping[str, Any]:
    described = [
        {
            "name": name,
            "titles": name,
            "datatype": kind,
            "dc:description": [
                {"@value": meaning.zh, "@language": "zh"},
                {"@value": meaning.en, "@language": "en"},
            ],
        }
        for name, kind, meaning in (*columns, ("as_of", "dateTime", _AS_OF))
    ]
    return {"url": url, "tableSchema": {"columns": described, "primaryKey": key}}


def open_router(seen: Resting[Seen], licence: str | None) -> Router:
    """Everything under /open. `licence` is the operator's own word, if it has said one."""
    said = Licence(LICENCE_UNSAID if licence is None else Text(zh=licence, en=licence))
    handlers: Mapping[Any, Any] = {Lost: away}
    return Router(
        "/open",
        route_handlers=[definitions_page, restoration_json, restoration_csv, days_csv, metadata],
        dependencies={
            "seen": Provide(lambda: seen, sync_to_thread=False),
            "licence": Provide(lambda: said, sync_to_thread=False),
        },
        exception_handlers=dict(handlers),
        include_in_schema=False,
        after_request=guarded,
    )
