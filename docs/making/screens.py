"""Pictures of the till, the finder and the operator's window, taken from a demo that runs.

`python -m docs.making.screens FOLDER` signs in as its people do and writes docs/pictures/*.png.
"""

import asyncio
import shutil
import sys
from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page, async_playwright

from cashlane.home import Home, home, settings
from cashlane.trial.staffed import FILE, Staff
from cashlane.trial.tour.clerk import some_bills
from cashlane.trial.tour.running import Running, read_running
from cashlane.values.text import Language

PICTURES = Path(__file__).parents[1] / "pictures"
SIZE = {"width": 1280, "height": 800}
HAND_MS = 75
"""Between two keys of a person."""
ASKED_MS = 1500
"""What an inquiry takes on a busy machine."""
ESTATE = 9
"""One of the made-up estates."""
_PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
}"""


async def _till(page: Page, staff: Staff, running: Running) -> None:
    seat = staff.tills[0]
    await page.goto(f"{running.api}/till/#{seat.device}")
    await page.wait_for_selector(".field + .field")
    for word in (seat.cashier.login, seat.cashier.word):
        await page.keyboard.type(word, delay=HAND_MS)
        await page.keyboard.press("Enter")
    await page.wait_for_selector("main.basket")
    for _, code in some_bills(running, 12):
        await page.evaluate(_PASTE, code)
        await page.keyboard.press("Enter")
        await page.wait_for_timeout(ASKED_MS)
        if await page.locator(".lines li").count() == 3:
            break
    await page.keyboard.press("Enter")
    await page.wait_for_selector("main.cash")
    await page.keyboard.type("1000", delay=HAND_MS)
    await page.wait_for_timeout(HAND_MS)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".word.paid >> nth=2")
    await page.screenshot(path=PICTURES / "till.png")


async def _window(page: Page, staff: Staff, running: Running) -> None:
    person = staff.desk("operator")
    await page.goto(f"{running.api}/window/sign-in")
    await page.fill("[name=login]", person.login)
    await page.fill("[name=password]", person.word)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "sign-in" not in url)
    await page.screenshot(path=PICTURES / "window.png")


async def _finder(page: Page, running: Running, language: Language, file: str) -> None:
    await page.goto(f"{running.api}/find/?estate={ESTATE}&lang={language}")
    await page.screenshot(path=PICTURES / file)


async def _take(browser: Browser, house: Home) -> None:
    running = read_running(house)
    assert running is not None, "no demo runs in this folder"
    secrets = house.settings.data / "secrets" / FILE
    staff = msgspec.json.decode(secrets.read_bytes(), type=Staff)
    for act in (_till, _window):
        page = await browser.new_page(viewport=SIZE, locale="zh-CN")
        await act(page, staff, running)
        await page.close()
    page = await browser.new_page(viewport=SIZE)
    await _finder(page, running, "en", "find.png")
    await _finder(page, running, "zh", "find.zh.png")
    await page.close()


async def main(folder: Path) -> None:
    """Take all pictures from the demo of a folder."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        await _take(browser, home(settings(folder)))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
