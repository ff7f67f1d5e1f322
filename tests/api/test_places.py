"""What can be paid where now: outlets by page and filter, ways, billers at a counter."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from cashlane.core.bill import Notice
from cashlane.store.connect import connect
from cashlane.store.network import add_service_state
from cashlane.trial.programmes import placements
from cashlane.values.datum import DATUM_NAMES, from_wgs84
from cashlane.values.geo import Point, metres
from cashlane.values.text import Text
from tests.street.running import DAY, Street, run


def test_outlets_come_by_code_and_page_by_page(street: Street) -> None:
    async def main(http):
        till = street.till(http, "a-0001")
        mine = sorted(it.code for it in street.city.outlets if it.chain == "a")
        seen, after = [], ""
        while after is not None:
            page = (await till.ask("GET", f"/v1/outlets?limit=150&after={after}")).json
            seen += [one["code"] for one in page["outlets"]]
            after = page["next"]
        assert seen == mine
        assert {one["agent"] for one in page["outlets"]} == {"chain-a"}

    run(main)


def test_outlets_by_brand_district_and_whether_open(street: Street) -> None:
    async def main(http):
        till = street.till(http, "a-0001")
        wanted = next(it for it in street.city.outlets if it.chain == "a")
        for name in ("brand", "district"):
            value = getattr(wanted, name)
            page = (await till.ask("GET", f"/v1/outlets?{name}={value}")).json["outlets"]
            assert page
            assert {one[name] for one in page} == {value}
        assert (await till.ask("GET", "/v1/outlets?open=false")).json["outlets"] == []
        assert (await till.ask("GET", "/v1/outlets?open=true")).json["outlets"]
        assert (await till.ask("GET", "/v1/outlets?open=maybe")).code == "SCHEMA"
        one = await till.ask("GET", f"/v1/outlets/{wanted.code}")
        assert (one.status, one.json["open"]) == (200, True)
        theirs = await till.ask("GET", "/v1/outlets/post-0001")
        assert (theirs.status, theirs.code) == (404, "NOT_FOUND")
        assert theirs.json["payment_state"] == "none"

    run(main)


def test_the_nearest_outlets_are_those_that_a_count_by_hand_finds(street: Street) -> None:
    """Of all agents, for one biller and for any, the same in each coordinate system."""
    places = {
        one.code: Point(*(round(degrees * 1_000_000) for degrees in one.place))
        for one in street.city.outlets
    }

    async def main(http):
        till = street.till(http, "a-0001")
        for middle in [places[code] for code in ("a-0001", "post-0001", "b-0100")]:
            here = Point(middle.longitude_e6 + 777, middle.latitude_e6 - 555)
            by_hand = sorted((metres(here, place), code) for code, place in places.items())[:5]
            for system in DATUM_NAMES:
                shown = from_wgs84(system, here)
                at = f"longitude={shown.longitude_e6 / 1e6}&latitude={shown.latitude_e6 / 1e6}"
                found = (await till.ask("GET", f"/v1/nearest?{at}&system={system}&limit=5")).json
                told = [(one["metres"], one["code"]) for one in found["outlets"]]
                assert [code for _, code in told] == [code for _, code in by_hand]
                off = [far - true for (far, _), (true, _) in zip(told, by_hand, strict=True)]
                assert max(map(abs, off)) <= 1
            island = (await till.ask("GET", f"/v1/nearest?{at}&system=bd09&biller=island-gas")).json
            assert island["outlets"]
            assert all("island-gas" in one["billers"] for one in island["outlets"])

    run(main)


def test_the_nearest_say_how_one_gets_in(street: Street) -> None:
    """Wishes are met only where it is known that they are."""

    async def main(http):
        at = "longitude=121.4737&latitude=31.2304&system=wgs84&limit=20"
        till = street.till(http)
        every = (await till.ask("GET", f"/v1/nearest?{at}")).json["outlets"]
        assert {one["door"]["state"] for one in every} <= {"open", "closed"}
        assert {one["step_free"] for one in every} == {True, False, None}
        assert all(one["walk_minutes"] == -(-(one["metres"] * 13 // 10) // 60) for one in every)
        wished = (await till.ask("GET", f"/v1/nearest?{at}&step_free=true&open_now=true")).json
        assert len(wished["outlets"]) == 20
        assert {one["step_free"] for one in wished["outlets"]} == {True}
        assert {one["door"]["state"] for one in wished["outlets"]} == {"open"}
        assert all(one["address"] and one["transit"] for one in wished["outlets"])

    run(main)


def test_the_nearest_with_a_programme_are_those_that_have_it_today(street: Street) -> None:
    """Beside a count by hand over what the made-up city says of its post counters."""
    day = DAY.isoformat()
    live = {
        row["outlet"]
        for row in placements(street.city)
        if row["programme"] == "police"
        and row.get("live", "9999") <= day < row.get("ended", "9999")
    }
    places = {
        one.code: Point(*(round(degrees * 1_000_000) for degrees in one.place))
        for one in street.city.outlets
    }
    here = Point(121_473_700, 31_230_400)
    by_hand = sorted((metres(here, places[code]), code) for code in live)[:20]

    async def main(http):
        at = "longitude=121.4737&latitude=31.2304&system=wgs84&limit=20"
        till = street.till(http, "a-0001")
        found = (await till.ask("GET", f"/v1/nearest?{at}&programme=police")).json["outlets"]
        assert [one["code"] for one in found] == [code for _, code in by_hand]
        for one in found:
            named = {it["code"]: it["name"] for it in one["programmes"]}
            assert named["police"] == {"zh": "警邮", "en": "police services at the post"}
        every = (await till.ask("GET", f"/v1/nearest?{at}")).json["outlets"]
        assert all(("police" in {it["code"] for it in one["programmes"]}) is (one["code"] in live)
                   for one in every)  # fmt: skip
        unknown = await till.ask("GET", f"/v1/nearest?{at}&programme=nothing")
        assert (unknown.status, unknown.code) == (404, "NOT_FOUND")

    run(main)


def test_the_nearest_outlet_is_asked_for_with_its_coordinate_system(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        for wrong, code in (
            ("longitude=121.5&latitude=31.2", "SCHEMA"),
            ("longitude=121.5&latitude=31.2&system=mars", "SCHEMA"),
            ("longitude=181&latitude=31.2&system=wgs84", "SCHEMA"),
            ("longitude=nan&latitude=31.2&system=wgs84", "SCHEMA"),
            ("longitude=121.5&latitude=31.2&system=wgs84&limit=21", "SCHEMA"),
            ("longitude=121.5&latitude=31.2&system=wgs84&biller=nobody", "UNKNOWN_BILLER"),
        ):
            assert (await till.ask("GET", f"/v1/nearest?{wrong}")).code == code
        far = (await till.ask("GET", "/v1/nearest?longitude=0&latitude=0&system=wgs84")).json
        assert far["outlets"] == []

    run(main)


def test_ways_are_those_of_the_callers_contracts(street: Street) -> None:
    async def main(http):
        ways = (await street.till(http).ask("GET", "/v1/routes")).json["routes"]
        assert [way["code"] for way in ways] == ["island-files", "post-line"]
        assert all(way["open"] for way in ways)

    run(main)


def test_billers_at_a_counter_say_why_they_are_closed_and_since_when(street: Street) -> None:
    """A service withdrawn from one outlet is open at the next; a notice closes it everywhere."""

    async def main(http):
        shut, other = street.till(http, "post-0005"), street.till(http, "post-0006")
        number = next(it.number for it in street.city.outlets if it.code == "post-0005")
        with connect(street.house.databases().hub) as hub:
            add_service_state(
                hub, outlet=number, biller=2, since=DAY - timedelta(days=3),
                recorded_at=datetime.now(UTC), state="off", reason="test", actor="test",
            )  # fmt: skip
        closed = await _standing(shut, "east-water", until="SERVICE_WITHDRAWN")
        assert closed["closed"]["since"].startswith("2022-01-11T00:00")
        assert closed["closed"]["until"] is None
        assert (await _standing(other, "east-water", until=None))["open"]
        refused = await shut.ask("GET", "/v1/billers?outlet=a-0001")
        assert refused.status == 404

    run(main)


def test_a_notice_says_until_when(street: Street) -> None:
    async def main(http):
        since, until = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
        _notices(street, Notice(since, until, Text("检修", "an upgrade")))
        closed = await _standing(street.till(http), "north-gas", until="BILLER_NOTICE")
        assert closed["closed"]["since"] == "2022-01-01T08:00:00.000+08:00"
        assert closed["closed"]["until"] == "2022-02-01T08:00:00.000+08:00"
        assert "检修" in closed["closed"]["detail_zh"]
        _notices(street)
        assert (await _standing(street.till(http), "north-gas", until=None))["open"]

    run(main)


def _notices(street: Street, *notices: Notice) -> None:
    with connect(street.house.databases().hub) as hub:
        said = msgspec.json.encode(notices).decode()
        hub.execute(
            "UPDATE billers SET body = body || jsonb_build_object('notices', %s::jsonb)"
            " WHERE code = 'north-gas'", (said,)
        )  # fmt: skip


async def _standing(till, biller: str, *, until: str | None):
    """How a biller stands at a till's outlet, waited for until the network's picture is fresh."""
    for _ in range(60):
        answer = await till.ask("GET", f"/v1/billers?outlet={till.outlet}")
        assert answer.status == 200, answer.json
        found = next(one for one in answer.json["billers"] if one["code"] == biller)
        code = found["closed"]["code"] if found["closed"] else None
        if code == until:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(found)
