"""A list by the kind of its file."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from cashlane.adapters.lists.map import read_geojson, read_osm
from cashlane.adapters.lists.table import UnreadableError, read_csv, read_excel
from cashlane.core.place_list import Line
from cashlane.values.text import Text

LIST_BYTES_MOST = 200 * 1_000_000
"""A country's outlets with every tag of the map; more is no list of outlets."""
_READERS: Mapping[str, Callable[[bytes], list[Line]]] = {
    ".csv": read_csv, ".tsv": read_csv, ".txt": read_csv,
    ".xlsx": read_excel, ".xls": read_excel, ".ods": read_excel,
    ".geojson": read_geojson, ".osm.json": read_osm,
}  # fmt: skip
KINDS = tuple(_READERS)
_NO_KIND = Text("文件名应以 {kinds} 之一结尾", "its name must end in one of {kinds}")
_TOO_LARGE = Text("超过 {most} 字节", "has more than {most} bytes")


def read_rows(name: str, content: bytes) -> list[Line]:
    """The rows of a list. Raises UnreadableError where it is none."""
    if len(content) > LIST_BYTES_MOST:
        raise UnreadableError(_TOO_LARGE.fill(most=LIST_BYTES_MOST))
    lower = PurePath(name).name.lower()
    read = next((read for end, read in _READERS.items() if lower.endswith(end)), None)
    if read is None:
        raise UnreadableError(_NO_KIND.fill(kinds=" ".join(KINDS)))
    return read(content)
