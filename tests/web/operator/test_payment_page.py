"""One payment's page: everything that is kept about it, in order, and checked anew."""

import asyncio
import re

import pytest

from cashlane.store.connect import connect
from cashlane.values.ids import read_id
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

_TITLE = re.compile(r'<p class="name">([^<]*)</p>')
_WHEN = re.compile(r'<time datetime="([^"]*)"')


async def _page(v: Visitor, payment: str) -> str:
    if (await v.get("/window/find")).status != 200:
        await v.sign_in("operator-1")
    page = await v.get(f"/window/payment/{payment}")
    assert page.status == 200
    return page.text


def test_a_paid_payment_tells_its_whole_life_in_order(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        text = await _page(v, desk.seen.paid)
        assert _TITLE.findall(text) == [
            "Payment accepted, cash taken",
            "Posted: cash in",
            "Sent over the route",
            "Confirmed by the other side",
            "Posted: confirmed",
        ]
        moments = _WHEN.findall(text)
        assert moments == sorted(moments)
        for part in (
            desk.seen.receipt, desk.seen.key, desk.seen.paid, desk.seen.row.bill.account,
            f'href="/check/{desk.seen.code}"', f"/window/payment/{desk.seen.paid}/bill",
            "Books balance", "State follows from the facts", "Nothing is left to do.",
            "cash owed by agents", "owed to billers",
        ):  # fmt: skip
            assert part in text, part

    asyncio.run(visiting(desk, scenario))


def test_every_fact_and_line_of_the_books_is_on_the_page(desk: Desk, doubtful: str) -> None:
    """Counted against the tables themselves, for each kind of payment."""

    async def scenario(v: Visitor) -> None:
        for payment in (desk.seen.paid, desk.seen.voided, doubtful):
            ident = read_id("pay", payment)
            with connect(desk.street.house.databases().watch) as watch:
                ((facts, lines, postings),) = watch.execute(
                    "SELECT (SELECT count(*) FROM facts WHERE payment = %(id)s), count(*),"
                    " count(DISTINCT line / 16) FROM entries WHERE payment = %(id)s",
                    {"id": ident},
                ).fetchall()
            text = await _page(v, payment)
            book = re.findall(r'<table class="book">.*?</table>', text, re.DOTALL)
            assert len(book) == postings
            assert sum(table.count("<tr>") - 1 for table in book) == lines
            asks = 2 if payment == desk.seen.voided else 1
            happened = text.split("What comes next")[0]
            assert len(_TITLE.findall(happened)) == facts + postings + asks

    asyncio.run(visiting(desk, scenario))


def test_a_voided_payment_shows_who_asked_and_how_it_was_undone(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        titles = _TITLE.findall(await _page(v, desk.seen.voided))
        assert titles.index("Void asked for at the counter") < titles.index("Reversed")
        assert "Posted: reversal" in titles

    asyncio.run(visiting(desk, scenario))


def test_a_payment_in_doubt_shows_what_comes_next(desk: Desk, doubtful: str) -> None:
    async def scenario(v: Visitor) -> None:
        text = await _page(v, doubtful)
        following = text.split("What comes next")[1]
        assert _TITLE.findall(following) == ["Enquire"]
        assert "Done before" in following
        listed = (await v.get("/window/doubt")).text
        assert f"/window/payment/{doubtful}" in listed
        assert f"/window/payment/{desk.seen.paid}" not in listed
        of_route = (await v.get("/window/doubt?route=post-line")).text
        assert f"/window/payment/{doubtful}" in of_route
        of_other = (await v.get("/window/doubt?route=island-files")).text
        assert f"/window/payment/{doubtful}" not in of_other

    asyncio.run(visiting(desk, scenario))


def test_doubts_are_paged_by_the_last_one_seen(desk: Desk, doubtful: str) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        behind = (await v.get(f"/window/doubt?after={doubtful}")).text
        assert f"/window/payment/{doubtful}" not in behind
        assert "Back to the oldest" in behind

    asyncio.run(visiting(desk, scenario))


def test_an_outlets_payments_are_paged_by_receipt_number(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        text = (await v.get("/window/outlet/post-0420?below=2")).text
        assert re.findall(r">(post-0420-[0-9-]+)</a>", text) == [desk.seen.receipt]
        assert desk.seen.receipt.endswith("-00001")
        empty = (await v.get("/window/outlet/post-0420?day=2022-01-13")).text
        assert "No payments" in empty

    asyncio.run(visiting(desk, scenario))


def test_the_bill_of_a_payment_shows_its_claim(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        text = (await v.get(f"/window/payment/{desk.seen.paid}/bill")).text
        assert ">Paid<" in text
        assert "Paid in all" in text

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    "path",
    [
        "payment/pay_00000000000000000000000000", "payment/pay_x", "payment/" + "9" * 200,
        "payment/pay_00000000000000000000000000/bill", "outlet/none", "biller/none", "route/none",
        "visit/01a20867-0845-7277-9cb7-cc6d5d93891b", "outlet/post-0420'--",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_plain_page(desk: Desk, path: str) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await v.get(f"/window/{path}")
        assert page.status == 404
        assert "Back to the wall" in page.text

    asyncio.run(visiting(desk, scenario))
