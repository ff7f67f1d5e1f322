"""Papers in the hand: codes that anyone can check, numbered copies, a void that takes one back."""

import base64

import zxingcpp
from playwright.async_api import Page

from tests.web.browser import Window
from tests.web.till.cashier import Cashier

_DRAW = """async (svg) => {
  const picture = new Image();
  picture.src = "data:image/svg+xml;base64," + btoa(svg);
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
  const drawing = canvas.getContext("2d");
  drawing.imageSmoothingEnabled = false;
  drawing.drawImage(picture, 0, 0, 400, 400);
  const { data } = drawing.getImageData(0, 0, 400, 400);
  const grey = Uint8Array.from({ length: 160000 }, (_, at) => data[at * 4]);
  return btoa(String.fromCharCode(...grey.subarray(0, 80000))) + "|" +
    btoa(String.fromCharCode(...grey.subarray(80000)));
}"""
"""A drawing as 400 x 400 grey pixels: what a telephone's camera would see."""


async def _paid(till: Cashier) -> None:
    await till.sit_down()
    await till.scan(till.street.bill())
    await till.take("1000")
    await till.told("paid")
    await till.finish()


async def _read(page: Page, svg: str) -> str:
    """What a QR code says, as any telephone would read it."""
    await page.goto("about:blank")
    halves = (await page.evaluate(_DRAW, svg)).split("|")
    grey = memoryview(b"".join(map(base64.b64decode, halves))).cast("B", [400, 400])
    (found,) = zxingcpp.read_barcodes(grey)
    return found.text


def test_the_code_on_the_paper_is_checked_by_anyone(at_till, street, browsing):
    async def work(till: Cashier) -> tuple[str, str]:
        await _paid(till)
        code = await till.page.text_content("#papers .code")
        address = await till.page.text_content("#papers .address")
        svg = await till.page.evaluate("document.querySelector('#papers svg').outerHTML")
        assert await _read(till.page, svg) == address
        return code, address

    code, address = at_till(work)
    assert address == f"{street.api}/check/{code}"

    async def anyone(page: Page) -> None:
        await page.goto("/check/")
        await page.fill("#code", code.lower().replace("-", " "))
        await page.keyboard.press("Enter")
        await page.wait_for_selector("main.true")
        assert "收据属实" in await page.inner_text("h1")
        forged = code[:-1] + ("7" if code[-1] != "7" else "8")
        answer = await page.goto(f"/check/{forged}?lang=en")
        assert answer is not None
        assert answer.status == 404
        assert "no receipt of this network" in await page.inner_text("h1")

    browsing(street.api, anyone)
    browsing(street.api, anyone, Window(scripts=False))


def test_copies_are_counted_and_printed_on_either_size(at_till):
    async def work(till: Cashier) -> None:
        await _paid(till)
        number = (await till.shift())["payments"][0]["details"]["receipt_number"]
        await till.press("F3")
        await till.page.wait_for_selector("main.search")
        await till.type(number)
        await till.page.wait_for_selector("main.found")
        for key, copy, size in (("F7", "1", "roll"), ("F8", "2", "a4")):
            await till.press(key)
            await till.page.wait_for_selector(f"#papers .paper.{size}", state="attached")
            assert f"COPY {copy}" in (await till.page.text_content("#papers .copy") or "")

    at_till(work)


def test_a_void_gives_the_cash_back_and_frees_the_bill(at_till, street):
    row = street.bill()

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(row)
        await till.take("1000")
        await till.told("paid")
        await till.finish()
        await till.press("F3")
        await till.page.wait_for_selector("main.search .state.paid")
        await till.press("ArrowDown", "Enter")
        await till.page.wait_for_selector("main.found")
        await till.press("Delete", "Enter")
        await till.page.wait_for_selector(".words .not_paid", timeout=20_000)
        assert "已撤销" in await till.text(".words")
        assert (await till.shift())["in_drawer"] == 0
        await till.press("F2")
        await till.page.wait_for_selector("main.basket")
        await till.scan(row)

    at_till(work)


def test_a_shift_closes_with_its_total_and_the_next_payment_opens_another(at_till, street):
    async def work(till: Cashier) -> None:
        await _paid(till)
        due = (await till.shift())["in_drawer"]
        await till.press("F4")
        await till.page.wait_for_selector("main.shift")
        await till.press("Delete", "Enter")
        await till.page.wait_for_selector(".hint:has-text('结束')")
        closed = await till.shift()
        assert (closed["number"], closed["in_drawer"]) == (1, due)
        assert closed["closed_at"] is not None
        await till.press("F2")
        await till.page.wait_for_selector("main.basket")
        await till.scan(street.bill())
        await till.take("1000")
        await till.told("paid")
        await till.finish()
        assert (await till.shift())["number"] == 2

    at_till(work)


def test_another_outlets_receipt_is_answered_like_none(at_till, street, seats, browsing):
    async def first(till: Cashier) -> str:
        await _paid(till)
        return str((await till.shift())["payments"][0]["details"]["receipt_number"])

    number = at_till(first)
    other = next(seats)

    async def second(page: Page) -> tuple[str, str]:
        till = Cashier(page, street, other)
        await till.sit_down()
        said = []
        for text in (number, number[:-1] + "9"):
            await till.press("F3")
            await till.page.wait_for_selector("main.search")
            await till.type(text)
            await till.page.wait_for_selector(".notice.wrong")
            said.append(await till.text(".notice.wrong"))
            await till.press("F2")
            await till.page.wait_for_selector("main.basket")
        return said[0], said[1]

    theirs, none = browsing(street.api, second)
    assert theirs == none
