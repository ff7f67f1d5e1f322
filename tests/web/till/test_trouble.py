"""What goes wrong at a counter: lost answers, a till switched off, no line; the cash agrees."""

from playwright.async_api import Route

from tests.web.till.cashier import Cashier, code_of, misbehave

CUT = ("net::ERR", "Failed to fetch", "service worker")


def test_a_lost_answer_is_in_doubt_gets_a_slip_and_becomes_paid(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        ours = {"count": 1, "outlets": [till.seat.outlet]}
        await misbehave(street, "post-line", "answer_lost_after_posting", **ours)
        await misbehave(street, "post-line", "silent", acts=["status"], seconds=10)
        await till.take("1000")
        await till.told("in_doubt")
        assert "请勿退还" in await till.text(".word.in_doubt")
        await till.finish()
        assert await till.printed() == ["结果确认中BEING CONFIRMED"]
        await till.press("F3")
        await till.page.wait_for_selector(".state")
        for _ in range(60):
            if await till.count(".state.paid"):
                break
            await till.page.wait_for_timeout(500)
            await till.press("F2", "F3")
            await till.page.wait_for_selector(".state")
        await till.press("ArrowDown", "Enter")
        await till.page.wait_for_selector("main.found")
        await till.press("F7")
        await till.page.wait_for_selector(".notice.plain")
        assert await till.printed() == ["已缴费PAID"]

    at_till(work)


def test_a_till_switched_off_after_enter_asks_under_the_same_keys(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill(), street.bill("west-water"))
        await till.press("Enter")
        await till.page.wait_for_selector("main.cash")
        await till.page.keyboard.type("1000", delay=80)
        await till.page.wait_for_timeout(80)
        await till.press("Enter")
        await till.page.wait_for_selector("main.outcome")
        await till.page.reload()
        await till.told("paid", "paid")
        await till.finish()
        shift = await till.shift()
        assert [one["state"] for one in shift["payments"]] == ["confirmed", "confirmed"]
        assert len({one["details"]["visit"] for one in shift["payments"]}) == 1

    at_till(work)


def test_answers_that_get_lost_on_the_line_make_one_payment(at_till, street):
    lost = []

    async def lose(route: Route) -> None:
        if len(lost) >= 2:
            await route.continue_()
            return
        await route.fetch()
        lost.append(route.request.post_data)
        await route.abort()

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.page.route("**/till/api/visits", lose)
        await till.take("1000")
        await till.told("paid")
        assert (await till.shift())["count"] == 1

    at_till(work, *CUT)
    first, second = lost
    assert first == second, "asked again with other words"


def test_without_a_line_the_till_gives_its_own_slip_and_goes_on(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.page.route("**/till/api/visits", lambda route: route.abort())
        await till.take("1000")
        await till.told("in_doubt")
        await till.finish()
        assert await till.printed() == ["结果确认中 BEING CONFIRMED"]
        await till.press("F10")
        assert "没有结果" in await till.text(".notice")
        await till.page.unroute("**/till/api/visits")
        await till.press("F6")
        await till.told("paid")
        await till.finish()
        assert await till.printed() == ["已缴费PAID"]
        assert (await till.shift())["count"] == 1

    at_till(work, *CUT)


def test_what_is_given_up_is_closed_for_good_before_cash_goes_back(at_till, street):
    row = street.bill()

    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(row)
        await till.page.route("**/till/api/visits", lambda route: route.abort())
        await till.take("1000")
        await till.told("in_doubt")
        await till.press("F8")
        await till.told("not_paid")
        await till.page.unroute("**/till/api/visits")
        await till.finish()
        assert (await till.shift())["count"] == 0
        await till.scan(row)

    at_till(work, *CUT)


def test_a_session_that_ends_leads_to_the_door_and_back_to_the_visit(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.scan(street.bill())
        await till.page.evaluate(
            "fetch('/till/api/seat').then(it => it.json()).then(seat => fetch('/till/api/seat/end',"
            " {method: 'POST', body: '{}', headers: {'Content-Type': 'application/json',"
            " 'Cashlane-Form': seat.form}}))"
        )
        await till.swipe(code_of(street.bill()))
        await till.page.wait_for_selector("main.door")
        await till.sign_in(till.seat.cashier.word)
        await till.page.wait_for_selector("main.basket .lines li")

    at_till(work)


def test_the_page_starts_without_a_line(at_till, street):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        await till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        while not await till.page.evaluate(
            "caches.open('cashlane-till-page').then(it => it.match('/till/')).then(Boolean)"
        ):
            await till.page.wait_for_timeout(100)
        await till.page.context.set_offline(True)
        await till.page.reload()
        await till.page.wait_for_selector(".notice.wrong")
        assert "无法连接" in await till.text(".notice.wrong")
        await till.page.context.set_offline(False)
        await till.page.wait_for_selector("main.basket")

    at_till(work, *CUT)
