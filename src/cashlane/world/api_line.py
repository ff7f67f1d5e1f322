"""A chain's line to the network's API, and what each of its answers proves.

Only a stored refusal or an acknowledged abandon proves that no payment was taken.
"""

from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID, uuid5

import aiohttp
import msgspec
from msgspec import Meta, Struct

from cashlane.values.money import AMOUNT_MAX

T = TypeVar("T")
PATIENCE_S = 5.0
"""What a till allows the network for one answer."""

_Fen = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]


class Hold(Struct, frozen=True):
    """The network's signed promise for one bill."""

    id: str
    token: str
    until: str


class ShownBill(Struct, frozen=True):
    """A bill as the network shows it at the counter; amounts in fen."""

    bill_ref: str
    account: str
    period: str
    amount: _Fen
    cash_due: _Fen
    hold: Hold | None = None


class _Bills(Struct, frozen=True):
    bills: tuple[ShownBill, ...]


class Refused(Struct, frozen=True):
    """The network's stored no: nothing was taken."""

    code: str


class Taken(Struct, frozen=True):
    """The network holds the payment."""

    payment: Annotated[str, Meta(min_length=1, max_length=64)]
    receipt_number: str = ""


class Abandoned(Struct, frozen=True):
    """The network will never take a payment under this key."""


class Doubt(Struct, frozen=True):
    """Anything else: nobody can say yet."""

    why: str


class _Problem(Struct, frozen=True):
    code: str
    payment_state: Literal["not_taken", "taken", "unknown", "none"] = "unknown"


class _Abandonment(Struct, frozen=True):
    abandoned: bool = False
    payment: Taken | None = None


class _Word(Struct, frozen=True):
    word: Literal["paid", "not_paid", "in_doubt"]


class ApiLine:
    """The line. Nothing here raises for what the network or the wire does."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._key = key
        self._session: aiohttp.ClientSession | None = None

    async def redirect(self, address: str, key: str) -> None:
        """Talk to another address from now on."""
        await self.close()
        self._address, self._key = address, key

    async def inquire(self, asked: dict[str, Any]) -> tuple[ShownBill, ...] | Refused | Doubt:
        """Ask what is owed, and for a hold where it is one bill."""
        status, body = await self._exchange("POST", "/v1/inquiries", asked, {})
        found = _read(body, _Bills) if status == 200 else None
        if found is not None:
            return found.bills
        problem = _read(body, _Problem)
        return Refused(problem.code) if problem else Doubt(f"status {status}")

    async def pay(self, key: str, asked: dict[str, Any]) -> Taken | Refused | Doubt:
        """Ask for a payment under a key; asking again under the same key is always safe."""
        headers = {"Idempotency-Key": key}
        status, body = await self._exchange("POST", "/v1/payments", asked, headers)
        if status in {200, 201}:
            return _read(body, Taken) or Doubt("an unreadable yes")
        problem = _read(body, _Problem) if status in {409, 422} else None
        if problem and problem.payment_state == "not_taken":
            return Refused(problem.code)
        return Doubt(f"status {status}")

    async def look(self, outlet: str, key: str) -> Taken | Doubt:
        """Look for a payment under a key. Finding none proves nothing."""
        query = {"outlet": outlet, "key": key}
        status, body = await self._exchange("GET", "/v1/payments", None, {}, query)
        found = _read(body, Taken) if status == 200 else None
        return found or Doubt(f"status {status}")

    async def abandon(self, outlet: str, till: str, key: str) -> Taken | Abandoned | Doubt:
        """Ask the network never to take a payment under this key."""
        asked = {"outlet": outlet, "till": till, "key": key}
        status, body = await self._exchange("POST", "/v1/abandonments", asked, {})
        found = _read(body, _Abandonment) if status in {200, 201} else None
        if found and found.payment:
            return found.payment
        return Abandoned() if found and found.abandoned else Doubt(f"status {status}")

    async def report(self, payment: str, act: str, outlet: str, till: str, key: str) -> bool:
        """Tell the network what was done at the counter ("cash-returned", "slip-given")."""
        asked = {"outlet": outlet, "till": till}
        headers = {"Idempotency-Key": str(uuid5(UUID(key), act))}
        status, _ = await self._exchange("POST", f"/v1/payments/{payment}/{act}", asked, headers)
        return status == 200

    async def word(self, payment: str) -> str | None:
        """What the network says to the customer: paid, not_paid, in_doubt; None without answer."""
        query = {"wait_ms": "3000"}
        status, body = await self._exchange("GET", f"/v1/payments/{payment}", None, {}, query)
        found = _read(body, _Word) if status == 200 else None
        return None if found is None else found.word

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self,
        method: str,
        path: str,
        asked: object,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """One question and its answer; status 0 where none came."""
        try:
            async with self._open().request(
                method,
                f"{self._address}{path}",
                params=query,
                data=None if asked is None else msgspec.json.encode(asked),
                headers={"Authorization": f"Bearer {self._key}", **headers},
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0, b""

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=32),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            )
        return self._session


def _read(body: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
