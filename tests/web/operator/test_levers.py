"""Levers in an address: what is moved comes back as it was, what is counted is marked so."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

import pytest

from cashlane.core.scenario import LEVERS, Taken, measured, starting
from cashlane.counter.problems import RefusedError
from cashlane.web.operator.levers import (
    end,
    held_address,
    moved,
    read_held,
    read_scenario,
    rows,
)
from cashlane.web.operator.show import Show
from tests.rolls.counter import network

NOW = datetime(2026, 11, 24, tzinfo=UTC)
STARTS = {"post": starting("post"), "chain": starting("chain")}
COUNTED = STARTS | {
    "post": measured("post", [Taken(7_001, 80_000_000), Taken(2, 100)], date(2026, 10, 1))
}


def test_what_is_moved_comes_back_from_its_address() -> None:
    asked = {"post.fee": "77", "chain.wage": "2350", "post.seconds": "100", "other": "1"}
    scenario = read_scenario(asked, STARTS)
    assert moved(scenario, STARTS) == {"post.fee": "77", "chain.wage": "2350"}, "100 is its start"
    assert read_scenario(moved(scenario, STARTS), STARTS) == scenario
    assert read_held({"held": held_address(scenario, STARTS)}, STARTS) == scenario


def test_the_start_itself_can_be_held() -> None:
    start = read_scenario({}, STARTS)
    assert held_address(start, STARTS) == "start"
    assert read_held({"held": "start"}, STARTS) == start
    assert read_held({}, STARTS) is None


def test_the_longest_address_can_be_held() -> None:
    all_moved = {
        f"{kind}.{lever.code}": str(end(lever, STARTS[kind][lever.code].value))
        for kind in STARTS
        for lever in LEVERS
    }
    scenario = read_scenario(all_moved, STARTS)
    assert read_held({"held": held_address(scenario, STARTS)}, STARTS) == scenario
    assert dict(parse_qsl(held_address(scenario, STARTS))) == all_moved


@pytest.mark.parametrize("text", ["", " 30", "30 ", "+30", "３０", "3_0", "0x1e", "30.0", "-1"])
def test_only_plain_digits_are_a_figure(text: str) -> None:
    with pytest.raises(RefusedError) as found:
        read_scenario({"post.fee": text}, STARTS)
    assert found.value.refused.code == "MALFORMED"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_counted_is_marked_and_within_reach(language: str) -> None:
    show = Show("zh" if language == "zh" else "en", network(), NOW)
    scenario = read_scenario({"post.bill": "11499", "chain.wage": "2301"}, COUNTED)
    found = {one.name: one for row in rows(show, COUNTED, scenario) for one in row.settings}
    payments = found["post.payments"]
    assert (payments.value, payments.tone) == (3_502, "measured")
    assert payments.basis == {"zh": "本网络实测", "en": "measured here"}[language]
    assert payments.most >= 2 * 3_502, "it can be doubled"
    assert (found["post.bill"].tone, found["post.bill"].shown) == ("changed", "114.99")
    assert found["chain.payments"].tone == "assumed"
    assert found["chain.wage"].step == 1, "a slider must not move what an address says"
    assert found["post.wage"].step == 50
    assert found["post.errors"].shown == "0.005"
    sources = {row.name: row.sources for row in rows(show, COUNTED, scenario)}
    assert any("2026-10" in said for said in sources[show.say(LEVERS[3].name)])
