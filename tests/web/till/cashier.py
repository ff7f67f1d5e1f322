"""A cashier in a test: at a till's page with a keyboard and a scanner, and nothing else."""

import re
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
from playwright.async_api import Page

from cashlane.trial.staffed import SeatedTill
from cashlane.world.city_bills import CityBill, printed_code
from tests.street.running import Street

SCANNER_MS = 4
"""Between two keys of a scanner."""
HAND_MS = 75
"""Between two keys of a person."""
_SILENT_PRINTER = "window.prints = 0; window.print = () => { window.prints += 1; };"


class Cashier:
    """Keys in, words out."""

    def __init__(self, page: Page, street: Street, seat: SeatedTill) -> None:
        self.page = page
        self.street = street
        self.seat = seat

    async def open(self) -> None:
        """Come to an enrolled till: its address carries the secret, once."""
        await self.page.add_init_script(_SILENT_PRINTER)
        await self.page.goto(f"/till/#{self.seat.device}")
        await self.page.wait_for_selector(".field + .field")
        assert "#" not in self.page.url, "the secret stays in the address"

    async def sit_down(self) -> None:
        """Open the page and sign in."""
        await self.open()
        await self.sign_in(self.seat.cashier.word)
        await self.page.wait_for_selector("main.basket")

    async def sign_in(self, pin: str) -> None:
        """Type the login and a PIN."""
        await self.type(self.seat.cashier.login)
        await self.type(pin)

    async def press(self, *keys: str) -> None:
        """Keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Type by hand, then Enter."""
        await self.page.keyboard.type(text, delay=HAND_MS)
        await self.page.wait_for_timeout(HAND_MS)
        await self.press("Enter")

    async def swipe(self, code: str) -> None:
        """A scanner's burst. Its keys carry the moments of a scanner's, however busy this
        machine is while they are sent."""
        wire = await self.page.context.new_cdp_session(self.page)
        begun = time.time()
        for at, letter in enumerate([*code, "\r"]):
            moment = begun + at * SCANNER_MS / 1000
            for kind in ("keyDown", "keyUp"):
                event = {"type": kind, "timestamp": moment, **_key(letter, kind)}
                await wire.send("Input.dispatchKeyEvent", event)
        await wire.detach()

    async def scan(self, *rows: CityBill) -> None:
        """Scan bills into the basket, waiting for each."""
        for row in rows:
            lines = await self.count(".lines li")
            await self.swipe(code_of(row))
            place = f".lines li:nth-child({lines + 1}), .notice.wrong"
            await self.page.wait_for_selector(place)
            assert await self.count(".lines li") == lines + 1, await self.text(".notice.wrong")

    async def take(self, cash: str) -> None:
        """Count the cash: Enter, the figure, Enter."""
        await self.press("Enter")
        await self.page.wait_for_selector("main.cash")
        await self.type(cash)
        await self.page.wait_for_selector("main.outcome")

    async def told(self, *words: str) -> None:
        """Wait until the bills have these words, in order."""
        for at, word in enumerate(words, start=1):
            await self.page.wait_for_selector(
                f".words .word:nth-child({at}).{word}", timeout=20_000
            )

    async def finish(self) -> None:
        """Enter on the outcome: print, hand over, next customer."""
        await self.press("Enter")
        await self.page.wait_for_selector("main.basket")

    async def text(self, place: str) -> str:
        """What stands at a place of the page."""
        return re.sub(r"\s+", " ", await self.page.inner_text(place)).strip()

    async def count(self, place: str) -> int:
        """How many of a thing the page shows."""
        return await self.page.locator(place).count()

    async def printed(self) -> Sequence[str]:
        """The titles of the papers printed last, and that the printer was asked once."""
        titles = await self.page.locator("#papers .paper .word").all_text_contents()
        assert await self.page.evaluate("window.prints") >= 1
        return [re.sub(r"\s+", " ", title).strip() for title in titles]

    async def shift(self) -> dict[str, Any]:
        """The shift as the server tells it."""
        found: dict[str, Any] = await self.page.evaluate(
            "fetch('/till/api/shift').then(answer => answer.json())"
        )
        return found


def _key(letter: str, kind: str) -> dict[str, str]:
    """A key of a US keyboard, which scanners pretend to be."""
    if letter == "\r":
        named = {"key": "Enter", "code": "Enter"}
    elif letter.isdigit():
        named = {"key": letter, "code": f"Digit{letter}"}
    else:
        named = {"key": letter, "code": f"Key{letter.upper()}"}
    return named | ({"text": letter} if kind == "keyDown" else {})


def code_of(row: CityBill) -> str:
    """What the bill's symbol says."""
    return printed_code(row.bill, form="symbol")


async def misbehave(street: Street, party: str, behaviour: str, **more: Any) -> None:
    """Order a party of the simulated outside to do wrong."""
    order = {"behaviour": behaviour, "share_ppm": 1_000_000, "seed": 1, **more}
    control = f"{street.parties[party]}/control"
    async with aiohttp.ClientSession() as http, http.post(control, json=order) as answer:
        assert answer.status == 200, await answer.text()
