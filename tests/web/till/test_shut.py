"""What a counter cannot take is said on its screen before anything is scanned."""

from collections.abc import Iterator

import httpx
import pytest

from tests.street.running import Street
from tests.street.said import post_line_shut
from tests.web.browser import axe
from tests.web.till.cashier import Cashier


@pytest.fixture
def shut(street: Street) -> Iterator[None]:
    """The post's only way is shut."""
    with post_line_shut(street):
        yield


@pytest.mark.usefixtures("shut")
def test_the_till_says_what_it_cannot_take_before_anything_is_scanned(at_till) -> None:
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.page.wait_for_selector(".shut ul > li")
        said = await till.text(".shut")
        assert "专线检修" in said
        assert "最近能缴的" in said
        assert await axe(till.page) == []

    at_till(work)


def test_the_question_needs_no_session_and_keeps_none_awake(street: Street) -> None:
    at = f"{street.api}/till/api/shut"
    known, unknown = httpx.get(f"{at}/post-0001"), httpx.get(f"{at}/nowhere-1")
    assert (known.status_code, type(known.json()), dict(known.cookies)) == (200, list, {})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND")
