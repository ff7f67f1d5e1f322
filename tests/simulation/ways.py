"""How the ways are, as the simulated store keeps it: stands for store.routes.Routes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cashlane.core.health import Change, Health, Pulse, Scope, newborn, probe_after
from cashlane.core.routing import Outlook
from cashlane.store.routes import Feel
from tests.simulation.server import Server


class SimWays:
    """The rows of route health behind the server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tables = server.tables

    async def outlook(self, now: datetime) -> Outlook:
        """Everything known about the ways."""
        await self._server.trip()
        return Outlook(dict(self._tables.health), ())

    async def lease_probes(self, wanted: Mapping[int, int], now: datetime) -> list[int]:
        """Of routes those that are the caller's to probe."""
        session, mine = self._server.begin(), []
        try:
            await self._server.trip()
            await self._server.lock(session, (("way", route, 0, 0) for route in sorted(wanted)))
        except BaseException:
            self._server.forget(session)
            raise
        due = self._tables.probe_due
        mine = [route for route in wanted if route in due and due[route] <= now]

        def lease() -> None:
            for route in mine:
                due[route] = now + timedelta(seconds=wanted[route])

        session.staged.append(lease)
        await self._server.commit(session)
        return mine

    async def fold(
        self, felt: Mapping[Scope, Sequence[Pulse]], now: datetime, feel: Feel
    ) -> list[Change]:
        """Make what was felt part of the shared rows, under lock."""
        session, scopes = self._server.begin(), sorted(felt)
        try:
            await self._server.trip()
            rows = (("way", one.route, one.biller, one.agent) for one in scopes)
            await self._server.lock(session, rows)
        except BaseException:
            self._server.forget(session)
            raise
        known, told = [], []
        for scope in scopes:
            before = self._tables.health.get(scope) or newborn(scope, now)
            after, changes = feel(before, felt[scope], now)
            known.append(after)
            told += changes
        session.staged.append(lambda: self._save(known, told))
        await self._server.commit(session)
        return told

    def _save(self, known: Sequence[Health], told: Sequence[Change]) -> None:
        for one in known:
            self._tables.health[one.scope] = one
            if not one.scope.biller:
                self._tables.probe_due[one.scope.route] = one.heard_at + probe_after(one)
        for place, change in enumerate(told):
            self._tables.changes.setdefault((change.scope, change.at, place), change)
