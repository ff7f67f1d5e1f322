"""What the handlers stand on: the switch, the keys, and the network as it is now."""

from collections.abc import Callable, Mapping

from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.receipt import ReceiptKey
from cashlane.core.routing import Outlook
from cashlane.counter.places import Places
from cashlane.people.keys import KeyRing
from cashlane.registry.onboarding import Deeds
from cashlane.store.lookup import Lookup
from cashlane.switch.accept import Acceptor
from cashlane.switch.inquire import Inquirer


class Service:
    """Built by main, handed to every handler."""

    def __init__(
        self,
        *,
        inquirer: Inquirer,
        acceptor: Acceptor,
        lookup: Lookup,
        keys: KeyRing,
        hold_keys: Mapping[str, bytes],
        receipt_key: ReceiptKey,
        network: Callable[[], Network],
        clock: Clock,
        outlook: Callable[[], Outlook],
        deeds: Deeds,
    ) -> None:
        self.inquirer = inquirer
        self.acceptor = acceptor
        self.lookup = lookup
        self.keys = keys
        self.hold_keys = hold_keys
        self.receipt_key = receipt_key
        self.clock = clock
        self.outlook = outlook
        self.deeds = deeds
        self._network = network
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """Look-ups of the network's present version."""
        network = self._network()
        if self._places is None or self._places.network is not network:
            self._places = Places(network)
        return self._places
