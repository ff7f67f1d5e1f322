"""What is open where: the bodies of answers about outlets, ways and billers."""

from typing import Literal

from msgspec import Struct

from cashlane.counter.messages import Moment, NameOut


class ReasonOut(Struct, frozen=True):
    """Why something is closed, in the words of the catalogue of refusals.

    `since` is known where somebody said it beforehand, `until` where its end is known too.
    """

    code: str
    detail: str
    detail_zh: str
    since: Moment | None
    until: Moment | None


class OutletOut(Struct, frozen=True):
    """An outlet of the caller. `open` says that it is not suspended as a whole."""

    code: str
    name: NameOut
    agent: str
    brand: str
    district: str
    open: bool
    tills: list[str]


class OutletsOut(Struct, frozen=True):
    """A page of outlets; `next` is the cursor of the following page, null at the end."""

    outlets: list[OutletOut]
    next: str | None


class DoorOut(Struct, frozen=True):
    """Whether a door is open, and until or from when; "unknown" where nobody told its hours.

    `hours` are in the notation of OpenStreetMap.
    """

    state: Literal["open", "closed", "unknown"]
    changes_at: Moment | None
    hours: str


class ProgrammeOut(Struct, frozen=True):
    """Another public service at the same counter."""

    code: str
    name: NameOut


class NearOut(Struct, frozen=True):
    """An outlet near a point that takes cash now. `metres` is a straight line, `walk_minutes` what
    an old person takes; `step_free` is null and texts are empty where nobody told."""

    code: str
    name: NameOut
    brand: str
    district: str
    metres: int
    walk_minutes: int
    billers: list[str]
    door: DoorOut
    step_free: bool | None
    address: str
    transit: str
    programmes: list[ProgrammeOut]


class NearestOut(Struct, frozen=True):
    """The nearest outlets, the nearest first; empty where none of the 200
    nearest, as far as 50 km, meets the wish."""

    at: Moment
    outlets: list[NearOut]


class RouteOut(Struct, frozen=True):
    """A way to billers that the caller's contracts use."""

    code: str
    name: NameOut
    kind: str
    open: bool
    billers: list[str]


class RoutesOut(Struct, frozen=True):
    """All ways of the caller."""

    routes: list[RouteOut]


class FieldOut(Struct, frozen=True):
    """The account number that is typed where there is no code, and its bounds."""

    name: NameOut
    least: int
    most: int
    digits_only: bool


class BillerHereOut(Struct, frozen=True):
    """A biller as it stands at one outlet now: open, or why not."""

    code: str
    name: NameOut
    kind: str
    account: FieldOut | None
    parts_allowed: bool
    open: bool
    closed: ReasonOut | None


class BillersOut(Struct, frozen=True):
    """Everything that may be paid at an outlet by contract, open or not."""

    outlet: str
    at: Moment
    billers: list[BillerHereOut]
