"""Citizens who come with an account and no held bill, at counters all over the city."""

from collections.abc import Iterator
from random import Random
from uuid import uuid4

from msgspec import Struct

from bench.ground import Ground
from bench.holds import next_key, post
from bench.outside import LIVE
from bench.partner import OWED
from cashlane.main import network_of

_SERIES = 10**6
"""Accounts have twelve digits: six say whose, six which of them."""


class Citizen(Struct, frozen=True):
    """Where somebody comes to pay, with whose key the till asks, and whose bill it is."""

    outlet: str
    till: str
    api_key: str
    biller: str
    account: str


class Citizens:
    """Nobody comes twice."""

    def __init__(self, ground: Ground) -> None:
        network = network_of(ground.house)
        self._chance = Random("citizens")
        self._series, self._count = uuid4().int % _SERIES, 0
        self._billers = [network.billers[one].code for one in LIVE]
        agents = {
            outlet.number: network.agents[outlet.agent] for outlet in network.outlets.values()
        }
        self._tills = [
            (network.outlets[till.outlet].code, till.code, ground.keys[agents[till.outlet].code])
            for till in network.tills.values()
        ]

    def come(self) -> Citizen:
        """The next one."""
        self._count += 1
        account = f"{self._series:06d}{self._count:06d}"
        outlet, till, api_key = self._chance.choice(self._tills)
        return Citizen(outlet, till, api_key, self._chance.choice(self._billers), account)

    def direct(self, count: int) -> Iterator[bytes]:
        """Pays of so many: each names its bill, and the network asks, holds and takes in one."""
        for _ in range(count):
            one = self.come()
            yield post("/v1/payments", one.api_key, named(one) | {
                "amount": OWED, "tendered": OWED}, key=next_key())  # fmt: skip


def named(one: Citizen) -> dict[str, object]:
    """The counter and the account, as every request names them."""
    return {"outlet": one.outlet, "till": one.till, "biller": one.biller, "account": one.account}
