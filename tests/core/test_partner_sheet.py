"""A partner's sheet: a good one is read, and all mistakes of a bad one are told at once."""

import copy
import json
import tomllib
from typing import Any

import pytest

from cashlane.core.partner_sheet import PAYABLE_LEAST, Mistake, Sheet, read_sheet
from cashlane.trial.rehearsal import WIRES, sample_sheet
from cashlane.values.text import LANGUAGES


def content(wire: Any = "aggregator") -> dict[str, Any]:
    return tomllib.loads(sample_sheet(wire, "https://sandbox.example:8443/x/", bills=30))


def mistakes(changed: dict[str, Any]) -> dict[str, str]:
    """What is said about a sheet, by place."""
    found = read_sheet(changed)
    assert isinstance(found, tuple)
    assert all(isinstance(one, Mistake) and one.said.say(it) for one in found for it in LANGUAGES)
    return {one.where: one.said.en for one in found}


@pytest.mark.parametrize("wire", WIRES)
def test_the_sample_is_a_good_sheet(wire: Any) -> None:
    sheet = read_sheet(content(wire))
    assert isinstance(sheet, Sheet)
    assert (sheet.wire, len(sheet.payable), sheet.refused[0].because) == (
        wire, 30, "unknown_account",
    )  # fmt: skip
    assert sheet.address == "https://sandbox.example:8443/x"
    assert read_sheet(json.loads(json.dumps(content(wire)))) == sheet


def test_nothing_is_sent_where_nobody_says_that_it_is_a_sandbox() -> None:
    for said in (None, False, "true", 1):
        changed = content() | {"sandbox": said}
        if said is None:
            del changed["sandbox"]
        assert "really sends payments" in mistakes(changed)["sandbox"]


def test_all_mistakes_are_told_at_once() -> None:
    changed = copy.deepcopy(content())
    del changed["outlet"], changed["claimed"]["voids"]
    changed |= {"wire": "carrier pigeon", "zone": "Mars/Olympus", "sandbx": True, "address": "x"}
    changed["timing"]["attempt_ms"] = "8 s"
    changed["timing"]["day_s"] = 0
    changed["claimed"]["dedups_by_payment_id"] = "yes"
    changed["claimed"]["not_posted_codes"] = [2001]
    changed["claimed"]["grace_s"] = True
    changed["payable"][3]["amount"] = 12.5
    changed["payable"][4]["bill_ref"] = changed["payable"][5]["bill_ref"]
    changed["payable"][6]["account"] = "\x00"
    changed["refused"][0]["because"] = "bad mood"
    changed["payable"][7]["colour"] = "red"
    assert set(mistakes(changed)) == {
        "outlet", "claimed.voids", "wire", "zone", "sandbx", "address", "timing.attempt_ms",
        "timing.day_s", "claimed.dedups_by_payment_id", "claimed.not_posted_codes",
        "claimed.grace_s", "payable[4].amount", "payable[6].bill_ref", "payable[7].account",
        "refused[1].because", "payable[8].colour",
    }  # fmt: skip


def test_an_empty_sheet_is_told_what_it_needs() -> None:
    found = mistakes({})
    assert {"sandbox", "partner", "address", "wire", "zone", "payable", "refused"} <= set(found)
    assert str(PAYABLE_LEAST) in found["payable"]


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("timing", 5, "timing"),
        ("payable", "many", "payable"),
        ("payable", [1], "payable[1]"),
        ("refused", [], "refused"),
        ("secret_env", "ALSO", "secret_file"),
        ("secret_file", "", "secret_file"),
        ("statement", "books.csv", "statement"),
    ],
)
def test_a_field_of_another_shape_is_named(name: str, value: object, where: str) -> None:
    assert where in mistakes(content() | {name: value})


@pytest.mark.parametrize(
    "address",
    ["http://a:0", "http://a:65536", "http://[::1", "http://[::::]:80", "http://a b", "ftp://a"],
)
def test_an_address_that_nobody_could_call_is_told(address: str) -> None:
    assert set(mistakes(content() | {"address": address})) == {"address"}


@pytest.mark.parametrize("address", ["http://a_b.example:65535/x?y", "https://[2001:db8::1]:8443"])
def test_an_address_that_can_be_called_is_taken(address: str) -> None:
    assert isinstance(read_sheet(content() | {"address": address}), Sheet)


def test_a_code_that_shuts_must_also_prove_that_nothing_was_posted() -> None:
    changed = content()
    changed["claimed"]["shut_codes"] = ["3001", "3002"]
    found = mistakes(changed)
    assert set(found) == {"claimed.shut_codes"}
    assert found["claimed.shut_codes"].startswith("names 3002, ")


def test_a_way_of_files_is_told_why_nothing_can_be_earned_on_it() -> None:
    """No other mistake beside it: no secret and no codes are asked of files."""
    changed = content("bank") | {"wire": "files"}
    found = mistakes(changed)
    assert set(found) == {"wire"}
    assert found["wire"].startswith("is a way without answers")


def test_codes_must_be_a_list() -> None:
    changed = content()
    changed["claimed"]["not_posted_codes"] = "2001"
    assert set(mistakes(changed)) == {"claimed.not_posted_codes"}
    del changed["claimed"]["not_posted_codes"]
    assert set(mistakes(changed)) == {"claimed.not_posted_codes"}
