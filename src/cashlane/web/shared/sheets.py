"""Lists to take along: CSV that a spreadsheet opens in the right letters, and never runs."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from litestar import Response

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response[bytes]:
    """A CSV file to be kept. It opens with the mark by which spreadsheets know UTF-8."""
    text = StringIO(newline="")
    written = csv.writer(text)
    written.writerow(head)
    written.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def safe(cell: str) -> str:
    """A cell that is read as text, whatever it begins with."""
    return f"'{cell}" if cell.lstrip().startswith(_RUN) or cell.startswith(_RUN) else cell
