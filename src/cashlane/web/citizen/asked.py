"""What somebody asked a public page for: read from its address, whatever stands there, and written
into the addresses of the next pages."""

import re
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from msgspec import Struct, structs

from cashlane.values.geo import Point
from cashlane.values.text import Language
from cashlane.web.shared.pages import language_of

TYPED_MOST = 60
"""Letters of a search that are looked at: the longest names of estates are shorter."""
_DEGREES = re.compile(
    r"\s*(-?[0-9]{1,2}\.[0-9]{2,9})\s*[,，\s]\s*(-?[0-9]{1,3}\.[0-9]{2,9})\s*", re.ASCII
)
"""Latitude and longitude, as maps on telephones copy them."""


class Asked(Struct, frozen=True):
    """`typed` is what was written into the box; `estate` the number of a place where people live,
    0 for none; `elder` asks for very large letters."""

    typed: str
    estate: int
    district: str
    biller: str
    programme: str
    open_now: bool
    step_free: bool
    elder: bool
    language: Language

    def address(self, path: str, **changes: Any) -> str:
        """The same question at a path, changed where said."""
        asked = structs.replace(self, **changes)
        words = {
            "q": asked.typed, "estate": asked.estate or "", "district": asked.district,
            "biller": asked.biller, "also": asked.programme, "open": "1" if asked.open_now else "",
            "steps": "1" if asked.step_free else "", "elder": "1" if asked.elder else "",
            "lang": asked.language,
        }  # fmt: skip
        said = urlencode({name: word for name, word in words.items() if word})
        return f"{path}?{said}"

    @property
    def point(self) -> Point | None:
        """The place that was typed in degrees of WGS-84, latitude first; None where it was none."""
        found = _DEGREES.fullmatch(self.typed)
        if found is None:
            return None
        latitude, longitude = (round(float(degrees) * 1_000_000) for degrees in found.groups())
        inside = abs(latitude) <= 90_000_000 and abs(longitude) <= 180_000_000
        return Point(longitude, latitude) if inside else None


def asked_of(request: Request[Any, Any, Any]) -> Asked:
    """What a request asks for; what makes no sense is as if it had not been said."""
    said = request.query_params
    estate = said.get("estate", "")
    language = language_of(said.get("lang"), request.headers.get("accept-language", ""))
    return Asked(
        typed=said.get("q", "").strip()[:TYPED_MOST],
        estate=int(estate) if estate.isascii() and estate.isdigit() and len(estate) < 8 else 0,
        district=said.get("district", "")[:TYPED_MOST],
        biller=said.get("biller", "")[:TYPED_MOST],
        programme=said.get("also", "")[:TYPED_MOST],
        open_now=said.get("open") == "1",
        step_free=said.get("steps") == "1",
        elder=said.get("elder") == "1",
        language=language,
    )
