"""The billers' own desks, books, control pages and exchange folder."""

import asyncio

import aiohttp
import pytest

from cashlane.adapters.files.bill_file import BARS, BillFile, read_bill_file
from cashlane.adapters.routes.filedrop import FileDrop
from cashlane.core.bill import BillKey
from cashlane.core.ports import AlreadyPaid, BillsFound, Confirmed, DeskSilent, NoSuchAccount
from cashlane.values.text import Text
from cashlane.world import postings
from cashlane.world.bills import BILLS_SCHEMA, BillRow, insert_bills
from cashlane.world.book import open_book_file
from cashlane.world.capacity import Capacity
from cashlane.world.plan import BillerPlan, WorldPlan
from cashlane.world.postings import POSTINGS_SCHEMA, Posting
from cashlane.world.serve import open_world


def test_inquiry_by_account_and_by_bill(live, deliver):
    async def scenario(world):
        by_account = await world.desk.inquire(BillKey(1, "A000001"))
        by_bill = await world.desk.inquire(BillKey(1, "A000001", ref="B000001"))
        assert isinstance(by_account, BillsFound)
        assert by_account == by_bill
        assert await world.desk.inquire(BillKey(1, "A999999")) == NoSuchAccount()
        await world.bank.send([deliver(1)])
        assert await world.desk.inquire(BillKey(1, "A000001")) == BillsFound(())
        assert await world.desk.inquire(BillKey(1, "A000001", ref="B000001")) == AlreadyPaid()

    live(scenario)


@pytest.mark.parametrize("behaviour", ["silent", "down", "slow", "refuses", "withdrawn"])
def test_a_desk_that_misbehaves_is_silent(live, behaviour):
    async def scenario(world):
        await world.order("city-power", behaviour, ms=700, acts=["inquiry"])
        found = await world.desk.inquire(BillKey(1, "A000001"))
        assert isinstance(found, DeskSilent)

    live(scenario, attempt_s=0.4)


def test_capacity_refuses_what_is_beyond_it():
    capacity = Capacity(per_minute=60)
    admitted = sum(capacity.admits() for _ in range(50))
    assert admitted == 5


def test_books_are_read_page_by_page(live, deliver):
    async def scenario(world):
        await world.aggregator.send([deliver(n) for n in range(10)])
        seen, after = [], 0
        while after is not None:
            page = await world.get("city-power", f"/books?after={after}&limit=4")
            seen += [row["payment"] for row in page["postings"]]
            after = page["next"]
        assert len(seen) == len(set(seen)) == 10
        assert page["totals"]["posted_amount"] == 10 * 12650

    live(scenario)


def test_faults_given_are_counted_and_the_same_seed_gives_the_same(live, deliver):
    async def scenario(world):
        shares = []
        for start in (0, 50):
            await world.order("aggregator-a", "refuses", share_ppm=300_000, seed=7)
            answers = await world.aggregator.send([deliver(start + n) for n in range(50)])
            shares.append([isinstance(answer, Confirmed) for answer in answers])
        given = await world.get("aggregator-a", "/control/faults")
        assert shares[0] == shares[1]
        assert given["given"]["refuses:post"] == 2 * shares[0].count(False) > 0

    live(scenario)


def test_the_control_page_shows_both_languages_and_takes_only_json(live):
    async def scenario(world):
        page = f"{world.addresses['bank-b']}/control"
        async with world.http.get(page) as answer:
            text = await answer.text()
        assert "乙银行" in text
        assert "Bank B" in text
        async with world.http.post(page, data={"behaviour": "down"}) as answer:
            assert answer.status == 415
        async with world.http.post(page, json={"behaviour": "odd"}) as answer:
            assert answer.status == 400

    live(scenario)


def test_the_file_biller_books_what_is_filed_once(live, deliver):
    async def scenario(world):
        drop = world.folder / "drop"
        route, one, two = FileDrop(drop), deliver(1, "island-gas"), deliver(2, "island-gas")
        (sent,) = await route.send([one])
        await _archived(drop, 1)
        assert await route.send([one, two]) != [sent, sent]
        await _archived(drop, 2)
        assert await route.enquire([one]) == [sent]
        assert isinstance(sent, Confirmed)
        assert await world.posted("island-gas") == 2
        acks = sorted(path.read_text() for path in (drop / "acks").glob("*.ack"))
        assert all(ack.startswith("taken|1") for ack in acks)

    live(scenario)


async def _archived(drop, wanted):
    for _ in range(50):
        if len(list((drop / "archive").glob("*.txt"))) >= wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the biller did not pick the file up")


def test_a_payment_file_that_contradicts_itself_is_refused_whole(live):
    async def scenario(world):
        drop = world.folder / "drop"
        (drop / "in" / "island-gas_PAY_20260115_0001.txt").write_text("1|5\n")
        await _archived(drop, 1)
        (ack,) = (drop / "acks").glob("*.ack")
        assert ack.read_text().startswith("refused|")
        assert await world.posted("island-gas") == 0

    live(scenario)


def test_our_reader_understands_the_bill_file_it_hands_over(live):
    async def scenario(world):
        address = world.addresses["island-gas"]
        async with world.http.post(f"{address}/control/bill-file") as answer:
            made = await answer.json()
        content = (world.folder / "drop" / "bills" / made["file"]).read_bytes()
        found = read_bill_file(content, partner="island-gas", biller=6, layout=BARS)
        assert isinstance(found, BillFile)
        assert len(found.bills) == made["count"] == 100

    live(scenario)


def test_a_biller_that_does_not_dedup_credits_twice(tmp_path):
    book = open_book_file(tmp_path / "book.db", BILLS_SCHEMA + POSTINGS_SCHEMA)
    insert_bills(book, [BillRow("B1", "A1", "202601", 100, None, "张三")])
    one = Posting("pay_1", "B1", "A1", 100)
    results = [
        postings.credit(book, one, at="", terms=postings.Terms(dedups=False, short_most=0)).result
        for _ in range(2)
    ]
    assert results == ["posted", "posted"]
    assert postings.book_totals(book)["posted_count"] == 2
    assert (
        postings.credit(book, one, at="", terms=postings.Terms(dedups=True, short_most=0)).result
        == "already_posted"
    )
    book.close()


@pytest.mark.parametrize(
    ("behaviour", "answered", "told_now", "told_later"),
    [
        ("refuses", "refuses", 404, None),
        ("withdrawn", "withdrawn", 404, None),
        ("pending", "pending", "pending", "posted"),
        ("early_not_found", "pending", 404, "posted"),
        ("duplicate", "posted", "posted", "posted"),
        ("contradictory", "posted", "failed", "failed"),
    ],
)
def test_a_biller_misbehaves_on_order(live, behaviour, answered, told_now, told_later):
    async def scenario(world):
        await world.order("city-power", behaviour, ms=300)
        assert await post(world, "pay_1") == answered
        assert await standing(world, "pay_1") == told_now
        await asyncio.sleep(0.5)
        assert await standing(world, "pay_1") == (told_later or 404)
        assert await world.posted("city-power") == (1 if told_later else 0)

    live(scenario)


async def post(world, payment):
    one = {"payment": payment, "bill_ref": "B000001", "account": "A000001", "amount": 12650}
    address = f"{world.addresses['city-power']}/postings"
    async with world.http.post(address, json={"postings": [one]}) as answer:
        return (await answer.json())["results"][0]["result"]


async def standing(world, payment):
    async with world.http.get(f"{world.addresses['city-power']}/postings/{payment}") as answer:
        return (await answer.json())["state"] if answer.status == 200 else answer.status


def test_questions_beyond_the_capacity_are_answered_429(tmp_path):
    async def ask(http, address):
        async with http.post(f"{address}/inquiries", json={"account": "A1"}) as answer:
            return answer.status, answer.headers.get("Retry-After")

    async def run():
        few = BillerPlan(
            "city-power",
            Text("城市电力", "City Power"),
            0,
            12,
            dedups=True,
            short_most=0,
            drop=None,
        )
        async with (
            open_world(tmp_path, WorldPlan((few,), (), ())) as addresses,
            aiohttp.ClientSession() as http,
        ):
            return [await ask(http, addresses["city-power"]) for _ in range(3)]

    assert asyncio.run(run()) == [(404, None), (429, "1"), (429, "1")]


def test_bills_are_loaded_over_the_control_page_too(live):
    async def scenario(world):
        bill = {
            "bill_ref": "N1", "account": "NA", "period": "202602", "amount": 5,
            "due_on": "2026-03-01", "customer": "王五",
        }  # fmt: skip
        address = f"{world.addresses['city-power']}/control/bills"
        async with world.http.post(address, json={"bills": [bill]}) as answer:
            assert await answer.json() == {"loaded": 1}
        assert isinstance(await world.desk.inquire(BillKey(1, "NA")), BillsFound)

    live(scenario)
