"""Outlooks for tests: routes that have fallen ill."""

from cashlane.core.health import Pulse, Scope, feel, newborn
from cashlane.core.routing import Outlook
from tests.rolls.counter import OPENING


def ill(*routes: int) -> Outlook:
    """These routes do not answer."""
    scopes = [Scope(route, 0, 0) for route in routes]
    return Outlook(
        {one: feel(newborn(one, OPENING), [Pulse.SILENT] * 8, OPENING)[0] for one in scopes}, ()
    )
