"""How each kind of thing is stopped in a drill's own city, and started again: a party by its
control page, a folder by taking it away, the hub by halting its processes."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from cashlane.core.drill import Thing
from cashlane.engine.process import Process, read_records
from cashlane.engine.supervisor import RECORD
from cashlane.home import Home
from cashlane.trial.drill.double import Double, host_of

HUB_PROGRAMS = ("serve", "worker")
"""What the hub consists of beside its database."""


class Outage:
    """Stops one thing of a double, and starts it again."""

    def __init__(
        self, double: Double, parties: Mapping[str, str], http: aiohttp.ClientSession
    ) -> None:
        self._double = double
        self._parties = parties
        self._http = http

    async def stop(self, thing: Thing) -> None:
        """From now on it does nothing."""
        match thing.kind:
            case "route" if thing.code in self._double.drops:
                _take_away(Path(self._double.drops[thing.code]))
            case "route" | "biller":
                await self.order(thing.code, "silent")
            case "agent":
                await self.order(host_of(thing.code), "down")
            case "hub":
                for process in _hub(self._double.house):
                    process.signal(signal.SIGSTOP)

    async def start(self, thing: Thing) -> None:
        """It works again, and every order is taken back. The hub's halted processes are killed:
        what begins again is a new one."""
        await asyncio.gather(*(self._behave(party) for party in self._parties))
        match thing.kind:
            case "route" if thing.code in self._double.drops:
                _give_back(Path(self._double.drops[thing.code]))
            case "hub":
                for process in _hub(self._double.house):
                    process.signal(signal.SIGKILL)

    async def order(self, party: str, behaviour: str, **more: Any) -> None:
        """Tell a party to misbehave at every message from now on."""
        order = {"behaviour": behaviour, "share_ppm": 1_000_000, "seed": 1, **more}
        async with self._http.post(f"{self._parties[party]}/control", json=order) as answer:
            answer.raise_for_status()

    async def slow_routes(self, ms: int) -> None:
        """Let every route that answers live take its time, so that payments are under way."""
        routes = [one.code for one in self._double.network.routes.values()]
        live = [code for code in routes if code in self._parties]
        await asyncio.gather(*(self.order(one, "slow", ms=ms, acts=["post"]) for one in live))

    async def _behave(self, party: str) -> None:
        async with self._http.delete(f"{self._parties[party]}/control") as answer:
            answer.raise_for_status()


def _hub(house: Home) -> list[Process]:
    records = read_records(house.cluster.folder.run / RECORD)
    return [one for one in records if one.name in HUB_PROGRAMS]


def _take_away(folder: Path) -> None:
    """A plain file where the folder was: nobody can make it anew by mistake."""
    folder.rename(_aside(folder))
    folder.touch()


def _give_back(folder: Path) -> None:
    folder.unlink()
    _aside(folder).rename(folder)


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.away")
