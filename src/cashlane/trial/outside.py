"""The simulated outside that a data folder keeps of its own, where it is not the usual city's: the
parties of the network that is to be drilled."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cashlane.home import Home
from cashlane.trial.keeping import keep
from cashlane.world.plan import WorldPlan

FILE = "outside.json"
"""Among the secrets: it holds the keys by which the outside opens the network's API."""


class Outside(Struct, frozen=True):
    """Who is out there. `drops` are the exchange folders of routes that carry files, by route."""

    plan: WorldPlan
    drops: Mapping[str, str]

    def reaching(self, api: str) -> WorldPlan:
        """The plan with hosts that ask the network at this address."""
        return replace(self.plan, chains=tuple(replace(one, api=api) for one in self.plan.chains))


def keep_outside(house: Home, outside: Outside) -> None:
    """Keep it for the process that will play it."""
    keep(house.settings.data / "secrets" / FILE, msgspec.json.encode(outside))


def kept_outside(house: Home) -> Outside | None:
    """What was kept; None where the outside is the usual city's."""
    try:
        content = (house.settings.data / "secrets" / FILE).read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(content, type=Outside)
