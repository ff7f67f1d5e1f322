"""When a month may be put away: every reason, and which of several is told."""

from datetime import date

import pytest
from msgspec import structs

from cashlane.core.archiving import REASONS, Standing, Unfit, may_archive, month_of, name

FIT = Standing(
    month=date(2025, 11, 1), today=date(2026, 3, 31), exists=True, days_open=0, older=None,
    unsettled=0, errands=0, cases=0,
)  # fmt: skip


def why_not(**changed: object) -> str | None:
    unfit = may_archive(structs.replace(FIT, **changed))
    return None if unfit is None else unfit.code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"exists": False, "unsettled": 1}, "NO_SUCH_MONTH"),
        ({"today": None}, "MONTH_NOT_OVER"),
        ({"days_open": 1, "errands": 1}, "MONTH_NOT_OVER"),
        ({"month": date(2026, 3, 1)}, "MONTH_NOT_OVER"),
        ({"month": date(2026, 2, 1)}, "MONTH_TOO_YOUNG"),
        ({"month": date(2025, 12, 1), "cases": 1}, "MONTH_TOO_YOUNG"),
        ({"today": date(2026, 2, 28)}, "MONTH_TOO_YOUNG"),
        ({"older": date(2025, 10, 1), "unsettled": 1}, "OLDER_FIRST"),
        ({"unsettled": 2, "errands": 2, "cases": 1}, "PAYMENTS_OPEN"),
        ({"errands": 2, "cases": 1}, "CASES_OPEN"),
        ({"errands": 1}, "ERRANDS_OPEN"),
    ],
)
def test_a_month_is_fit_or_the_earliest_reason_is_told(
    changed: dict[str, object], code: str | None
) -> None:
    assert why_not(**changed) == code


def test_reasons_are_told_in_both_languages() -> None:
    unfit = may_archive(structs.replace(FIT, unsettled=2))
    assert unfit is not None
    assert unfit.words.zh == "2025-11 有 2 笔缴费尚未了结。请先办结（值守窗口的未决清单）。"
    assert unfit.words.en == (
        "2 payments of 2025-11 are not settled. Settle them first (the window's list of doubts)."
    )
    places = {"month": "2025-11", "months": 3, "older": "2025-10", "count": 1, "folder": "/a"}
    for code in REASONS:
        words = Unfit(code, places).words
        assert words.zh.endswith(("。", "）。"))
        assert words.en.endswith((".", ")."))


def test_a_month_is_written_as_people_write_it() -> None:
    assert name(month_of(date(2025, 11, 30))) == "2025-11"
