"""Maps: GeoJSON, and OpenStreetMap as its Overpass interface hands it out."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from cashlane.adapters.lists.table import CELL_MOST, UnreadableError
from cashlane.core.place_list import Line
from cashlane.values.text import Text

_NO_GEOJSON = Text(
    "不是由点组成的 GeoJSON FeatureCollection", "is no GeoJSON FeatureCollection of points"
)
_NO_OSM = Text(
    "不是 Overpass 的 JSON 答复（含 elements）", "is no JSON answer of Overpass with its elements"
)


class Geometry(Struct, frozen=True, tag_field="type", tag="Point"):
    """A point, longitude first."""

    coordinates: Annotated[list[float], Meta(min_length=2)]


class Feature(Struct, frozen=True, tag_field="type", tag="Feature"):
    """A thing with properties at a point."""

    geometry: Geometry
    properties: dict[str, Any] | None


class Collection(Struct, frozen=True, tag_field="type", tag="FeatureCollection"):
    """All things of a file."""

    features: list[Feature]


class Centre(Struct, frozen=True):
    """The middle of a way or a relation."""

    lat: float
    lon: float


class Element(Struct, frozen=True):
    """A thing on the map with its tags; a building has its centre."""

    id: int
    lat: float | None = None
    lon: float | None = None
    center: Centre | None = None
    tags: dict[str, str] = {}


class Answer(Struct, frozen=True):
    """What Overpass found."""

    elements: list[Element]


def read_geojson(content: bytes) -> list[Line]:
    """A row for each point, numbered from 1, its properties as cells."""
    try:
        found = msgspec.json.decode(content, type=Collection)
    except msgspec.DecodeError:
        raise UnreadableError(_NO_GEOJSON) from None
    return [
        _line(at, one.properties or {}, *one.geometry.coordinates[:2])
        for at, one in enumerate(found.features, start=1)
    ]


def read_osm(content: bytes) -> list[Line]:
    """A row for each element, numbered from 1, its tags as cells."""
    try:
        found = msgspec.json.decode(content, type=Answer)
    except msgspec.DecodeError:
        raise UnreadableError(_NO_OSM) from None
    lines = []
    for at, one in enumerate(found.elements, start=1):
        where = Centre(one.lat, one.lon) if one.lat is not None and one.lon is not None else None
        middle = where or one.center
        tags = {"code": f"osm-{one.id}"} | {_OSM.get(key, key): it for key, it in one.tags.items()}
        lines.append(_line(at, tags, middle.lon, middle.lat) if middle else Line(at, tags))
    return lines


_OSM = {"addr:full": "address", "addr:district": "district", "name:en": "name_en"}


def _line(at: int, cells: Mapping[str, Any], longitude: float, latitude: float) -> Line:
    said = {name: _cell(cell) for name, cell in cells.items()}
    return Line(at, said | {"longitude": f"{longitude:.7f}", "latitude": f"{latitude:.7f}"})


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)[:CELL_MOST]
