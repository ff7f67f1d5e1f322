"""A real browser for tests: every page of it is watched for what a page of ours must never do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
_WATCH = """
document.addEventListener('securitypolicyviolation', it =>
  console.error(`policy ${it.violatedDirective} blocked ${it.blockedURI} at ${it.sourceFile}`));
"""
_REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What the browser itself says of every refusal: an answer, not a fault of the page."""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Window(Struct, frozen=True):
    """How a browser shows its pages: language as in Accept-Language, size in CSS pixels.

    `excused` are parts of messages that a test itself brings about (a line cut on purpose).
    """

    language: str = "zh-CN"
    width: int = 1440
    height: int = 900
    scripts: bool = True
    excused: tuple[str, ...] = ()


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """The browser at this path, without a screen."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def watched_page(browser: Browser, origin: str, window: Window) -> AsyncIterator[Page]:
    """A page with cookies of its own. Raises AssertionError at the end for a request that left
    the origin, an error on the console, or a breach of the page's policy."""
    context = await browser.new_context(
        base_url=origin,
        locale=window.language,
        viewport={"width": window.width, "height": window.height},
        java_script_enabled=window.scripts,
    )
    await context.add_init_script(_WATCH)
    seen: list[str] = []
    context.on("request", lambda request: _note_request(seen, request, origin))
    context.on("console", lambda message: _note_message(seen, message))
    context.on("weberror", lambda error: seen.append(f"error: {error.error}"))
    page = await context.new_page()
    page.set_default_timeout(10_000)
    try:
        yield page
    finally:
        await context.close()
    faults = [one for one in seen if not any(part in one for part in window.excused)]
    assert not faults, "\n".join(faults)


def _note_request(seen: list[str], request: Request, origin: str) -> None:
    there, here = urlsplit(request.url), urlsplit(origin)
    if there.scheme in {"http", "https", "ws", "wss"} and there.netloc != here.netloc:
        seen.append(f"off origin: {request.url}")


def _note_message(seen: list[str], message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and not message.text.startswith(_REFUSED):
        seen.append(f"console: {message.text} ({message.location.get('url', '')})")


async def axe(page: Page) -> Sequence[str]:
    """What hinders people on the page as it is now: a line for each place; empty is well."""
    # A page that a click led to may be there before its style is.
    await page.wait_for_load_state("load")
    await page.evaluate(_AXE)
    result = await page.evaluate("rules => axe.run({runOnly: rules})", _RULES)
    return [
        f"{rule['id']}: {rule['help']} - {node['html'][:200]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
