"""Ways for tests: routes that have fallen ill, and permits over whatever is open."""

from cashlane.core.health import Pulse, Scope, feel, newborn
from cashlane.core.network import Contract
from cashlane.core.outlet import Permit
from cashlane.core.routing import CLEAR, Outlook, way_states
from tests.rolls.counter import OPENING


def ill(*routes: int) -> Outlook:
    """These routes do not answer."""
    scopes = [Scope(route, 0, 0) for route in routes]
    return Outlook(
        {one: feel(newborn(one, OPENING), [Pulse.SILENT] * 8, OPENING)[0] for one in scopes}, ()
    )


def permit(contract: Contract) -> Permit:
    """A contract whose ways are all open."""
    return Permit(contract, tuple(way_states(contract, CLEAR, OPENING)), stands_in=False)
