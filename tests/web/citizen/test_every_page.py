"""Every public page that a stranger can reach by links from the first one: in both languages and in
large letters it answers, is light, hinders nobody, and leads nowhere that is not."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from msgspec import Struct
from playwright.async_api import Page

from tests.street.running import Street
from tests.web.browser import Window, axe
from tests.web.citizen.test_finder import WEIGHT_MOST
from tests.web.conftest import Browsing

PAGES_LEAST = 14
"""Kinds of public pages that a walk comes by at the least; fewer, and a door has been walled up."""
ALIKE_MOST = 2
"""Pages of one kind that are looked at: the first two counters tell what the next thousand do."""
OF_OTHERS = ("/v1", "/window", "/till", "/docs", "/schema")
"""Where a public page may lead to that is no public page."""
_ONE_OF_MANY = re.compile(r"^(?=.*[0-9]).+$")
_LINKS = "() => [...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))"
_PARTS = (
    "() => [...document.querySelectorAll('link[rel=stylesheet], img[src], script[src]')]"
    ".map(one => one.href || one.src)"
)


class Kind(Struct, frozen=True):
    """What makes two pages alike: the path without codes and numbers, what its query names, and
    whether letters are large."""

    path: str
    named: frozenset[str]
    elder: bool


def _kind(address: str) -> Kind:
    split = urlsplit(address)
    parts = ["*" if _ONE_OF_MANY.match(part) else part for part in split.path.split("/")]
    said = dict(parse_qsl(split.query))
    return Kind("/".join(parts), frozenset(said) - {"lang", "elder"}, said.get("elder") == "1")


def _public(links: Iterable[str], base: str, language: str) -> Iterator[str]:
    """The addresses of public pages among these, in this language only."""
    for link in links:
        address = urlsplit(urljoin(base, link))
        other = {"zh": "lang=en", "en": "lang=zh"}[language]
        here = address.netloc == urlsplit(base).netloc
        if here and other not in address.query and not address.path.startswith(OF_OTHERS):
            yield address._replace(fragment="").geturl()


async def _weight(page: Page, html: bytes) -> int:
    parts = [await page.request.get(part) for part in await page.evaluate(_PARTS)]
    return len(html) + sum([len(await part.body()) for part in parts])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_walk_by_links_finds_no_page_to_be_ashamed_of(
    browsing: Browsing, street: Street, language: str
) -> None:
    async def scenario(page: Page) -> None:
        todo = [f"{street.api}/?lang={language}", f"{street.api}/?lang={language}&elder=1"]
        seen, alike, wrong = set[str](), dict[Kind, int](), list[str]()
        while todo:
            address = todo.pop(0)
            kind = _kind(address)
            if address in seen or alike.get(kind, 0) >= ALIKE_MOST:
                continue
            seen.add(address)
            alike[kind] = alike.get(kind, 0) + 1
            answer = await page.request.get(address)
            if answer.status != 200:
                wrong.append(f"{answer.status} {address}")
                continue
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            await page.goto(address)
            wrong.extend(f"{address}: {one}" for one in await axe(page))
            weight = await _weight(page, await answer.body())
            if weight >= WEIGHT_MOST:
                wrong.append(f"{address}: {weight} bytes")
            todo.extend(_public(await page.evaluate(_LINKS), address, language))
        assert wrong == []
        assert len({kind.path for kind in alike}) >= PAGES_LEAST, sorted(alike, key=str)

    browsing(street.api, scenario, Window("zh-CN" if language == "zh" else "en-GB"))
