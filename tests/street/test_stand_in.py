"""Standing in on a real street: bounded by two persons' word, also with many tills pressing at
once; told to the biller at once; delivered oldest first when the way opens."""

import asyncio
from uuid import uuid4

import aiohttp

from cashlane.main import REFRESH_S
from cashlane.store.connect import connect
from tests.street.running import Street, Till, run
from tests.street.test_another_way import behave, city, clean, order  # noqa: F401 - a fixture
from tests.street.two_persons import EVERYTHING, stand_in

TILLS = 64
OUTLET_MOST, AGENT_MOST = 60_000, 150_000


def only_ways(street: Street) -> None:
    """Nobody has a spare."""
    with connect(street.house.databases().hub) as hub:
        hub.execute(
            "UPDATE contracts SET body = jsonb_set(body, '{ways}',"
            " jsonb_path_query_array(body, '$.ways[0]'))"
        )


async def until_shut(till: Till, route: str) -> None:
    for _ in range(600):
        routes = (await till.ask("GET", "/v1/routes")).json["routes"]
        if not next(one["open"] for one in routes if one["code"] == route):
            await asyncio.sleep(1)  # for the other processes
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{route} was not shut within a minute")


def exposures(street: Street) -> dict[int, list[tuple[int, int]]]:
    """(balance, most) of the bounds that something lies on, by kind."""
    with connect(street.house.databases().watch) as watch:
        rows = watch.execute(
            "SELECT kind, balance, most FROM limits WHERE kind > 1 AND balance <> 0"
        ).fetchall()
    found: dict[int, list[tuple[int, int]]] = {}
    for kind, balance, most in rows:
        found.setdefault(kind, []).append((balance, most))
    return found


def test_no_bound_is_crossed_with_64_tills_pressing_at_once(city: Street, figures) -> None:  # noqa: F811
    async def press(till: Till, count: int) -> list[tuple[str, int]]:
        """One till's attempts: what each came to, and its amount."""
        done = []
        for _ in range(count):
            asked = await till.inquire(city.bill())
            if asked.status != 200:
                done.append((asked.code, 0))
                continue
            bill = asked.json["bills"][0]
            paid = await till.pay(bill, str(uuid4()))
            if paid.status != 201:
                done.append((paid.code, 0))
                continue
            status = await till.ask("GET", f"/v1/payments/{paid.json['payment']}?wait_ms=0")
            done.append((status.json["state"], paid.json["amount"]))
        return done

    async def scenario(http: aiohttp.ClientSession) -> list[tuple[str, int]]:
        only_ways(city)
        bounds = EVERYTHING | {"outlet_most": OUTLET_MOST, "agent_most": AGENT_MOST}
        await stand_in(city, bounds)
        await order(city, http, "post-line", behaviour="down")
        await until_shut(city.till(http), "post-line")
        await asyncio.sleep(REFRESH_S + 1)
        tills = [
            city.till(http, f"post-{outlet:04}", till)
            for outlet in range(1, TILLS // 2 + 1)
            for till in ("1", "2")
        ]
        each = await asyncio.gather(*(press(till, 5) for till in tills))
        return [one for done in each for one in done]

    done = run(scenario)
    taken = [amount for word, amount in done if word == "stood_in"]
    full = sum(word == "STAND_IN_FULL" for word, _ in done)
    assert full > 0, "the bound was never reached: nothing is shown"
    held = exposures(city)
    assert all(balance <= most for rows in held.values() for balance, most in rows)
    assert sum(balance for balance, _ in held[4]) == sum(taken) <= AGENT_MOST
    assert clean(city)
    figures(
        f"stand-in, {TILLS} tills at once: {len(done)} asked, {len(taken)} stood in for"
        f" {sum(taken) / 100:.2f} of {AGENT_MOST / 100:.2f}, {full} refused as full"
    )


def test_what_was_stood_in_for_is_told_to_the_biller_and_delivered_oldest_first(
    city: Street,  # noqa: F811
) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        only_ways(city)
        await stand_in(city, EVERYTHING)
        till = city.till(http)
        await order(city, http, "post-line", behaviour="down")
        await until_shut(till, "post-line")
        await asyncio.sleep(REFRESH_S + 1)
        payments = []
        for _ in range(12):
            paid = await till.pay(await till.hold(city.bill()), str(uuid4()))
            assert paid.status == 201, paid.json
            payments.append(paid.json["payment"])
        first = await till.ask("GET", f"/v1/payments/{payments[0]}?wait_ms=0")
        assert (first.json["word"], first.json["state"]) == ("paid", "stood_in")
        told = await until_told(http, len(payments))
        assert {one["payment"] for one in told} == set(payments)
        await behave(city, http, "post-line")
        with connect(city.house.databases().hub) as hub:
            hub.execute(
                "UPDATE route_health SET condition = 1, score = 0, since = now() WHERE route = 3"
            )
        settled = [await till.settled(one) for one in payments]
        for _ in range(100):
            states = [
                (await till.ask("GET", f"/v1/payments/{one}?wait_ms=0")).json["state"]
                for one in payments
            ]
            if set(states) == {"confirmed"}:
                break
            await asyncio.sleep(0.1)
        assert set(states) == {"confirmed"}, (settled, states)

    async def until_told(http: aiohttp.ClientSession, count: int) -> list[dict[str, object]]:
        """The biller's own list of notices; within a minute of the acceptance."""
        for _ in range(600):
            async with http.get(city.parties["city-power"] + "/notices") as answer:
                notices = (await answer.json())["notices"]
            if len(notices) >= count:
                break
            await asyncio.sleep(0.1)
        return list(notices)

    run(scenario)
    with connect(city.house.databases().watch) as watch:
        sent = watch.execute(
            "SELECT p.accepted_at FROM facts f JOIN payments p ON p.id = f.payment"
            " WHERE f.kind = 1 ORDER BY f.written_at, f.attempt, p.accepted_at"
        ).fetchall()
    assert [at for (at,) in sent] == sorted(at for (at,) in sent), "the oldest went first"
    assert exposures(city) == {}
    assert clean(city)
