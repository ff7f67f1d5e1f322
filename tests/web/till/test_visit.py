"""A visit by scanner and keyboard alone: bills, one cash figure, change, words, papers."""

import asyncio

import pytest

from cashlane.values.money import CNY, write_amount
from tests.web.till.cashier import SCANNER_MS, Cashier, code_of, misbehave

BILLERS = ("city-power", "east-water", "north-gas")


def test_three_bills_one_sum_one_change_three_receipts(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(*(street.bill(biller) for biller in BILLERS))
        assert await till.text(".totals .count") == "3 张账单"
        total = await till.text(".totals .sum")
        await till.take("2000")
        await till.told("paid", "paid", "paid")
        shift = await till.shift()
        due = sum(one["details"]["cash_due"] for one in shift["payments"])
        assert total == f"¥{write_amount(due, CNY)}"
        change = await till.text(".change .sum")
        assert change == f"¥{write_amount(200_000 - due, CNY):>}".replace("1999", "1,999") or (
            change.replace(",", "") == f"¥{write_amount(200_000 - due, CNY)}"
        )
        assert await _pieces(till) == 200_000 - due
        await till.finish()
        assert await till.printed() == ["已缴费PAID"] * 3
        assert await till.count(".lines li") == 0
        assert (await till.shift())["in_drawer"] == due

    at_till(work)


async def _pieces(till: Cashier) -> int:
    """The worth of the notes and coins shown as change."""
    worth = {"元": 100, "角": 10, "分": 1}
    found = 0
    for piece in await till.page.locator(".change .coins li").all_text_contents():
        name, _, times = piece.partition("×")
        figure, unit = name.split()
        found += int(figure) * worth[unit] * int(times)
    return found


def test_a_bill_that_is_refused_is_handed_back_alone(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        rows = [street.bill(biller) for biller in BILLERS]
        await misbehave(
            street, "post-line", "refuses", count=1, code="2003",
            billers=["east-water"], outlets=[till.seat.outlet],
        )  # fmt: skip
        await till.scan(*rows)
        await till.take("2000")
        await till.told("paid", "not_paid", "paid")
        shift = await till.shift()
        refused = next(one for one in shift["payments"] if one["biller"]["en"] == "East Water")
        back = write_amount(refused["details"]["cash_due"], CNY)
        assert await till.text(".word.not_paid .back") == f"退 ¥ {back}"
        assert await till.text(".change .plus") == f"另退未缴成的 ¥ {back}"
        await till.finish()
        assert await till.printed() == ["已缴费PAID"] * 2
        states = {one["biller"]["en"]: one["state"] for one in (await till.shift())["payments"]}
        assert states == {
            "City Power": "confirmed", "East Water": "returned", "North Gas": "confirmed",
        }  # fmt: skip

    at_till(work)


def test_a_scan_works_under_a_chinese_input_method(at_till, street):
    """An input method turns each key into "Process" and tells only the key's place."""

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.page.evaluate(
            """async ([code, pause]) => {
              const down = (place) => document.dispatchEvent(new KeyboardEvent("keydown", {
                key: "Process", code: place, keyCode: 229, isComposing: true, bubbles: true,
                cancelable: true }));
              document.dispatchEvent(new CompositionEvent("compositionstart", { data: "" }));
              for (const digit of code) {
                down(`Digit${digit}`);
                document.dispatchEvent(new CompositionEvent("compositionupdate", { data: "中" }));
                await new Promise((resolve) => setTimeout(resolve, pause));
              }
              down("Enter");
            }""",
            [code_of(street.bill()), SCANNER_MS],
        )
        await till.page.wait_for_selector(".lines li")

    at_till(work)


@pytest.mark.parametrize("screen", ["F3", "F4"])
def test_a_scan_works_from_any_screen(at_till, street, screen):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.press(screen)
        await till.page.wait_for_selector("main.basket", state="detached")
        await till.swipe(code_of(street.bill("west-water")))
        await till.page.wait_for_selector("main.basket .lines li:nth-child(2)")

    at_till(work)


def test_the_next_customers_bill_scanned_early_waits_for_its_turn(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.take("1000")
        await till.swipe(code_of(street.bill()))
        await till.told("paid")
        assert await till.count(".words .word") == 1
        await till.press("Enter")
        await till.page.wait_for_selector("main.basket .lines li")

    at_till(work)


def test_too_little_cash_takes_nothing_and_says_what_is_missing(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.press("Enter")
        await till.page.wait_for_selector("main.cash")
        await till.type("0.10")
        assert "还差" in await till.text(".ahead")
        assert await till.count("main.cash") == 1
        await till.press("Escape")
        await till.page.wait_for_selector("main.basket")
        assert (await till.shift())["count"] == 0

    at_till(work)


def test_an_account_is_typed_and_its_biller_chosen(at_till, street):
    row = street.bill("south-gas")

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.type(row.bill.account)
        await till.page.wait_for_selector("main.choice")
        options = await till.page.locator(".options li").all_text_contents()
        at = next(at for at, option in enumerate(options, start=1) if "南区燃气" in option)
        await till.type(str(at))
        await till.page.wait_for_selector(".lines li")
        assert row.bill.account in await till.text(".lines li")

    at_till(work)


def test_one_bill_at_two_tills_is_told_before_cash_is_taken(at_till, street, seats):
    row, other = street.bill(), next(seats)

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(row)
        second = Cashier(
            await till.page.context.browser.new_page(base_url=street.api), street, other
        )
        try:
            await second.sit_down()
            await second.swipe(code_of(row))
            await second.page.wait_for_selector(".notice.wrong")
            held = await second.text(".notice.wrong")
            await till.take("1000")
            await till.told("paid")
            await second.swipe(code_of(row))
            await asyncio.sleep(0.3)
            paid = await second.text(".notice.wrong")
            assert await second.count(".lines li") == 0
        finally:
            await second.page.close()
        assert "另一柜台正在为这张账单收款" in held
        assert "本网络" not in paid, "the same company's own outlet is named"
        assert "城市邮政" in paid

    at_till(work)


def test_the_same_bill_twice_is_one_line(at_till, street):
    row = street.bill()

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(row)
        await till.swipe(code_of(row))
        await till.page.wait_for_selector(".notice")
        assert await till.count(".lines li") == 1

    at_till(work)
