"""The control page of a simulated party: orders to misbehave, as its own page would send them.

Only the world of our tests and rehearsals has one; no partner is asked for it.
"""

import aiohttp
import msgspec
from msgspec import Struct

PATIENCE_S = 5.0
"""A control page answers at once or is not there."""


class ControlPage:
    """A control page at an address."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def order(self, order: Struct) -> bool:
        """Give an order; whether it was taken."""
        return await self._ask("POST", msgspec.json.encode(order))

    async def clear(self) -> bool:
        """Take all orders back."""
        return await self._ask("DELETE", b"")

    async def _ask(self, method: str, body: bytes) -> bool:
        patience = aiohttp.ClientTimeout(total=PATIENCE_S)
        headers = {"Content-Type": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.request(method, self._address, data=body, headers=headers) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return False
