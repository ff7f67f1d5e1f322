"""One box: every name that somebody can hold in their hands leads to the thing it names."""

import asyncio
from collections.abc import Callable

import pytest

from tests.web.operator.conftest import Desk, Seen, bill_code
from tests.web.operator.visitor import Page, Visitor, visiting

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


async def _find(v: Visitor, text: str) -> Page:
    form = (await v.get("/window/find?lang=en")).form
    return await v.post("/window/find", {"q": text, "form": form})


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("payment id", lambda s: s.paid),
        ("payment id, shouted", lambda s: s.paid.upper()),
        ("receipt number", lambda s: s.receipt),
        ("receipt number with blanks around", lambda s: f"  {s.receipt} "),
        ("receipt code", lambda s: s.code),
        ("receipt code, dictated", lambda s: s.code.replace("-", " ").lower()),
        ("caller's key", lambda s: s.key),
        ("hold", lambda s: s.hold),
        ("account", lambda s: s.row.bill.account),
        ("account in full-width digits", lambda s: s.row.bill.account.translate(FULL_WIDTH)),
    ],
)
def test_a_name_of_one_payment_goes_straight_to_it(
    desk: Desk, name: str, typed: Callable[[Seen], str]
) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, typed(desk.seen))
        assert (page.status, page.leads_to) == (303, f"/window/payment/{desk.seen.paid}"), name
        assert (await v.get(page.leads_to)).status == 200

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("post-0420", "/window/outlet/post-0420"),
        ("post-0420/2", "/window/outlet/post-0420?till=2"),
        ("post-0420 2", "/window/outlet/post-0420?till=2"),
        ("city-power", "/window/biller/city-power"),
        ("城市电力", "/window/biller/city-power"),
        ("aggregator-a", "/window/route/aggregator-a"),
        ("乙银行", "/window/route/bank-b"),
    ],
)
def test_a_place_leads_to_its_page(desk: Desk, typed: str, leads: str) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, typed)
        hits = [href for href in (page.leads_to, page.text) if leads in href]
        assert hits, (page.status, page.leads_to)
        assert (await v.get(leads)).status == 200

    asyncio.run(visiting(desk, scenario))


def test_a_bill_is_found_by_its_code_with_its_claim_and_payment(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        for code in (bill_code(desk.seen.row), bill_code(desk.seen.row).translate(FULL_WIDTH)):
            page = await _find(v, code)
            assert page.status == 200
            assert ">Paid<" in page.text
            assert f"/window/payment/{desk.seen.paid}" in page.text

    asyncio.run(visiting(desk, scenario))


def test_a_bill_that_is_only_held_is_found_by_code_and_by_hold(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        for typed in (bill_code(desk.seen.held), desk.seen.held_hold):
            page = await _find(v, typed)
            assert page.status == 200
            assert ">Held<" in page.text
            assert "Held until" in page.text
            assert "/window/outlet/post-0420" in page.text

    asyncio.run(visiting(desk, scenario))


def test_a_visit_shows_its_whole_basket(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, desk.seen.visit)
        assert page.leads_to == f"/window/visit/{desk.seen.visit}"
        basket = await v.get(page.leads_to)
        assert basket.text.count("/window/payment/pay_") == 3

    asyncio.run(visiting(desk, scenario))


def test_a_refused_key_says_what_was_refused_and_why(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, desk.seen.refused_key)
        assert page.status == 200
        assert "TENDERED_SHORT" in page.text
        assert "is missing. Take the rest or give the cash back." in page.text

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "nobody bears this name", "pay_00000000000000000000000000",
        "post-0420-20220114-09999", "post-9999-20220114-00001", "000000000000",
        "01a20867-0845-7277-9cb7-cc6d5d93891b", "<script>alert(1)</script>", "' OR 1=1 --",
        "%", "x" * 5000, "post-0420/99",
    ],
)  # fmt: skip
def test_what_nothing_bears_finds_nothing_and_says_what_can_be_found(
    desk: Desk, typed: str
) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, typed)
        assert page.status == 200
        assert "Nothing found" in page.text
        assert "<script>alert" not in page.text

    asyncio.run(visiting(desk, scenario))


def test_a_part_of_a_name_finds_a_bounded_list(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, "post-")
        assert page.status == 200
        assert page.text.count('href="/window/outlet/post-') == 50
        assert "only the first 50" in page.text

    asyncio.run(visiting(desk, scenario))


def test_lists_show_the_end_of_an_account_only(desk: Desk) -> None:
    account = desk.seen.row.bill.account

    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        outlet = await v.get("/window/outlet/post-0420")
        assert account not in outlet.text
        assert f"••••{account[-4:]}" in outlet.text
        assert account in (await v.get(f"/window/payment/{desk.seen.paid}")).text

    asyncio.run(visiting(desk, scenario))


def test_what_was_typed_stands_in_no_log_and_no_address(desk: Desk) -> None:
    account = desk.seen.row.bill.account

    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await _find(v, account)
        assert account not in page.leads_to

    asyncio.run(visiting(desk, scenario))
    logs = (desk.street.house.settings.data / "log").glob("*.log")
    assert not [log.name for log in logs if account in log.read_text(encoding="utf-8")]
