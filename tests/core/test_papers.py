"""The two papers: what they promise, and how they look on the roll (golden files)."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.paper_roll import Columns, roll_text, width, wrapped
from cashlane.core.papers import (
    AcceptanceSlip,
    PaperFacts,
    PaperState,
    Receipt,
    discharge,
    mask_account,
    paper_for,
)
from cashlane.values.money import CNY
from cashlane.values.text import Text

GOLDEN = Path(__file__).parent / "golden"
FACTS = PaperFacts(
    payment="pay_01fsc9x7q8e9t0aa1bb2cc3dd4",
    biller=Text("城市电力", "City Power"),
    account="010100000017",
    period="202112",
    amount=12_657,
    customer_fee=0,
    rounding=0,
    carried=7,
    cash=12_650,
    currency=CNY,
    receipt_number="post-0001-20220114-00012",
    code="0001-3XRG-0CV5-JXA2-M890",
    outlet=Text("城市邮政黄浦第一网点", "City Post, Huangpu 1"),
    outlet_code="post-0001",
    business_date=date(2022, 1, 14),
    accepted_at=datetime(2022, 1, 14, 10, 5, 7, tzinfo=ZoneInfo("Asia/Shanghai")),
    state="CONFIRMED",
    receipt_discharges=True,
    guarantee=False,
    copy=0,
)


def facts(**changes: object) -> PaperFacts:
    return msgspec.structs.replace(FACTS, **changes)


GOLDENS = {
    "receipt_48": (FACTS, 48),
    "receipt_32": (FACTS, 32),
    "receipt_stood_in_48": (
        facts(
            state="STOOD_IN",
            receipt_discharges=False,
            carried=0,
            rounding=7,
            customer_fee=30,
            cash=12_680,
            period="",
            copy=2,
        ),
        48,
    ),
    "slip_48": (facts(state="UNKNOWN", receipt_discharges=False, guarantee=True), 48),
    "slip_32": (facts(state="OFFLINE", receipt_discharges=False, period="2021Q4"), 32),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name: str) -> None:
    given_facts, columns = GOLDENS[name]
    written = roll_text(paper_for(given_facts), columns)  # type: ignore[arg-type]
    assert written == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("CONFIRMED", Receipt),
        ("STOOD_IN", Receipt),
        ("CASH_IN", AcceptanceSlip),
        ("SENT", AcceptanceSlip),
        ("UNKNOWN", AcceptanceSlip),
        ("OFFLINE", AcceptanceSlip),
    ],
)
def test_which_paper(state: PaperState, kind: type) -> None:
    paper = paper_for(facts(state=state))
    assert type(paper) is kind
    assert ("not a receipt" in paper.title.en) == (kind is AcceptanceSlip)
    said = next(line.value for line in paper.lines if line.name.zh == "销账")
    assert isinstance(said, Text)
    assert (said.zh == "已销账") == (state == "CONFIRMED")


def test_a_paper_promises_no_more_than_it_may() -> None:
    contract = discharge(facts(receipt_discharges=True, guarantee=True))
    guarantee = discharge(facts(receipt_discharges=False, guarantee=True))
    neither = discharge(facts(receipt_discharges=False, guarantee=False))
    assert "no late fee" in contract.en
    assert "makes it good" in guarantee.en
    assert "late fee" not in neither.en
    assert "滞纳金" not in neither.zh
    assert contract in paper_for(facts()).notes


def test_parts_that_do_not_add_up_are_not_printed() -> None:
    with pytest.raises(AssertionError):
        paper_for(facts(cash=12_657))
    with pytest.raises(AssertionError, match="zone"):
        paper_for(facts(accepted_at=datetime(2022, 1, 14)))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("account", "masked"),
    [("010100000017", "********0017"), ("12345", "***45"), ("1", "*"), ("", "")],
)
def test_mask_account(account: str, masked: str) -> None:
    assert mask_account(account) == masked


words = st.text(st.sampled_from("abc 现金，。- /x户"), max_size=120)


@given(words, st.sampled_from([32, 48]))
def test_no_line_is_wider_than_the_roll(text: str, columns: Columns) -> None:
    lines = wrapped(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_name_wider_than_the_roll_is_cut_not_lost() -> None:
    outlet = Text("网" * 40, "#" * 100)
    written = roll_text(paper_for(facts(outlet=outlet)), 32)
    assert all(width(line) <= 32 for line in written.splitlines())
    assert written.count("#") == 100
