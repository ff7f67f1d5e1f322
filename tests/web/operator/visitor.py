"""Somebody without a browser: cookies, forms, and headers that a browser would never send."""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from msgspec import Struct

from tests.web.operator.conftest import Desk

_FORM = re.compile(r'name="form" value="([0-9a-f]{64})"')


class Page(Struct):
    """What came back; redirects are not followed."""

    status: int
    text: str
    headers: Any
    cookies: Any

    @property
    def form(self) -> str:
        """The form token on the page."""
        found = _FORM.search(self.text)
        assert found is not None, self.text[:500]
        return found[1]

    @property
    def leads_to(self) -> str:
        """Where a redirect leads; empty where it is none."""
        return str(self.headers.get("location", ""))


class Visitor:
    """Holds cookies between requests."""

    def __init__(self, desk: Desk, http: aiohttp.ClientSession) -> None:
        self._desk = desk
        self._http = http

    async def get(self, path: str, **headers: str) -> Page:
        """Ask for a page."""
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, values: Mapping[str, str], **headers: str) -> Page:
        """Send a form as it is given."""
        return await self._ask("POST", path, values, headers)

    async def sign_in(self, login: str, password: str | None = None, **headers: str) -> Page:
        """Sign in from the page that was shown."""
        door = await self.get("/window/sign-in?lang=en")
        word = self._desk.words[login] if password is None else password
        values = {"login": login, "password": word, "form": door.form, "next": "/window/doubt"}
        return await self.post("/window/sign-in", values, **headers)

    async def _ask(
        self, method: str, path: str, values: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Page:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._http.request(
            method, self._desk.origin + path, data=values, headers=said, allow_redirects=False
        ) as answer:
            return Page(answer.status, await answer.text(), answer.headers, answer.cookies)


async def visiting(desk: Desk, scenario: Any) -> None:
    """Play a scenario as somebody who has no cookies yet."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        await scenario(Visitor(desk, http))
