"""One browser for all tests of a process; a scenario gets a fresh page of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from cashlane.trial.staffed import Staff, staff_trial
from tests.conftest import Require
from tests.street.running import Street, running_street
from tests.web.browser import Window, chromium, watched_page

Scenario = Callable[[Page], Awaitable[Any]]


class Browsing:
    """`browsing(origin, scenario)` plays an async scenario on a page that nobody used before."""

    def __init__(self, runner: asyncio.Runner, browser: Browser) -> None:
        self._runner = runner
        self._browser = browser

    def __call__(self, origin: str, scenario: Scenario, window: Window | None = None) -> Any:
        """What the scenario returns; fails where the page left its origin, its policy, or erred."""

        async def play() -> Any:
            async with watched_page(self._browser, origin, window or Window()) as page:
                return await scenario(page)

        return self._runner.run(play())


@pytest.fixture(scope="session")
def browsing(require: Require) -> Iterator[Browsing]:
    """The browser, on a loop that rests between scenarios, so that tests may run their own."""
    path = require("chromium")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        browser = runner.run(stack.enter_async_context(chromium(path)))
        yield Browsing(runner, browser)
        runner.run(stack.aclose())


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Real API, worker and world processes over a real database."""
    with running_street(Path(tmp_path_factory.mktemp("street")) / "data", bills=6_000) as street:
        yield street


OUTLETS = tuple(f"post-{number:04}" for number in range(1, 41))
"""Outlets with people and an enrolled till: a test takes the next, so that none meets another's."""


@pytest.fixture(scope="session")
def people(street: Street) -> Staff:
    """Everybody with a login in this street."""
    return asyncio.run(staff_trial(street.house, OUTLETS))
