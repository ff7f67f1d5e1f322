"""What the window's handlers stand on: people at their door, and what the watching role reads."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.survey import Survey
from cashlane.counter.service import Service
from cashlane.coverage.deciding import GuardDesk
from cashlane.coverage.planning.desk import PlanningDesk
from cashlane.coverage.planning.wishing import Settled
from cashlane.people.approvals import Approvals
from cashlane.people.doors import DeskDoor
from cashlane.people.own_word import OwnWord
from cashlane.people.sessions import Sessions
from cashlane.people.staff import Staff
from cashlane.registry.drills import DrillBook
from cashlane.registry.notices import Notices
from cashlane.registry.onboarding import Onboarding
from cashlane.registry.restoration import Restoration
from cashlane.registry.silence import Look, SilenceDesk
from cashlane.store.demand import Demand
from cashlane.store.finding import Finding
from cashlane.store.lives import Lives
from cashlane.store.programmes import ProgrammeRows
from cashlane.values.datum import Place
from cashlane.web.operator.pulse import Pulse
from cashlane.web.operator.reckoning import Reckoning
from cashlane.web.operator.watching import Watching


class OperatorRoom(Struct, frozen=True):
    """Built by main."""

    service: Service
    door: DeskDoor
    sessions: Sessions
    own_word: OwnWord
    pulse: Pulse
    finding: Finding
    lives: Lives
    approvals: Approvals
    staff: Staff
    notices: Notices
    watching: Watching
    drills: DrillBook
    guard: GuardDesk
    network_on: Callable[[date], Awaitable[Network]]
    """The network as its dated facts have it for a date."""
    last_cash: Callable[[], Awaitable[Mapping[int, date]]]
    received: Callable[[int], Awaitable[Place | None]]
    """Where an outlet's list says that it is, in the system that the list declared."""
    surveyed: Callable[[], Awaitable[tuple[Demand, Sequence[Survey]]]]
    reckoning: Reckoning
    planning: PlanningDesk
    settled: Callable[[], Awaitable[Settled]]
    """Where people live, as far as it is loaded."""
    restoration: Restoration
    programmes: ProgrammeRows
    onboarding: Onboarding
    silence: SilenceDesk
    silence_look: Callable[[], Awaitable[Look]]
    """How every outlet's silence is to be taken; looked up for all windows at once."""
