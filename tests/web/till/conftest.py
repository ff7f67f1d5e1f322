"""A cashier for each test, at a till that no other test sits at."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from cashlane.trial.staffed import SeatedTill, Staff
from tests.street.running import Street
from tests.web.browser import Window
from tests.web.conftest import Browsing
from tests.web.till.cashier import Cashier

Work = Callable[[Cashier], Awaitable[Any]]
TILL = Window(width=1280, height=800)


@pytest.fixture(scope="session")
def seats(people: Staff) -> Iterator[SeatedTill]:
    """The tills that nobody sat at yet."""
    return iter(people.tills)


@pytest.fixture
def seat(seats: Iterator[SeatedTill]) -> SeatedTill:
    """A till of one's own."""
    return next(seats)


@pytest.fixture
def at_till(browsing: Browsing, street: Street, seat: SeatedTill) -> Callable[..., Any]:
    """`at_till(work)` plays a cashier's work from the open page on."""

    def play(work: Work, *excused: str) -> Any:
        async def scenario(page: Page) -> Any:
            return await work(Cashier(page, street, seat))

        window = Window(width=TILL.width, height=TILL.height, excused=excused)
        return browsing(street.api, scenario, window)

    return play
