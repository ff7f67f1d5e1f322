"""Each rule of the doctor with a planted bad value, and with none."""

from datetime import date

import pytest

from cashlane.engine import doctor
from cashlane.engine.doctor import Severity

GOOD = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
}


def months(*firsts: str) -> set[date]:
    return {date.fromisoformat(f"{each}-01") for each in firsts}


NOV = date(2026, 11, 30)
HEALTHY = [
    doctor.check_durability(GOOD),
    doctor.check_durability(GOOD | {"synchronous_commit": "remote_apply"}),
    doctor.check_checksums(GOOD),
    doctor.check_zones({"server": "UTC", "session": "UTC"}),
    doctor.check_migrations({"001", "002"}, ["001", "002"]),
    doctor.check_partitions({"payments": months("2026-11", "2026-12", "2027-01")}, NOV, 2),
    doctor.check_constraints({"payments.sum", "x.y"}, {"payments.sum"}),
    doctor.check_asserts(True),
    doctor.check_holidays("CN", 2026, NOV),
    doctor.check_holidays("JP", None, NOV),
    doctor.check_major(18, 18),
    doctor.check_major(None, 18),
    doctor.check_secrets({"postgres": 0o600, "key": 0o400}),
    doctor.describe_identity("self"),
]

SICK = [
    ("NOT_DURABLE fsync", doctor.check_durability(GOOD | {"fsync": "off"})),
    (
        "NOT_DURABLE synchronous_commit",
        doctor.check_durability(GOOD | {"synchronous_commit": "off"}),
    ),
    ("NOT_DURABLE full_page_writes", doctor.check_durability(GOOD | {"full_page_writes": "off"})),
    ("WRONG_ZONE session", doctor.check_zones({"server": "UTC", "session": "Asia/Shanghai"})),
    ("MIGRATION_MISSING 002", doctor.check_migrations({"001"}, ["001", "002"])),
    ("MIGRATION_UNKNOWN 003", doctor.check_migrations({"001", "003"}, ["001"])),
    ("PARTITION_MISSING postings 2026-11", doctor.check_partitions({"postings": set()}, NOV, 0)),
    (
        "PARTITION_MISSING postings 2026-12",
        doctor.check_partitions({"postings": months("2026-11")}, NOV, 1),
    ),
    ("CONSTRAINT_MISSING payments.sum", doctor.check_constraints(set(), {"payments.sum"})),
    ("ASSERTS_OFF python", doctor.check_asserts(False)),
    ("OTHER_MAJOR PG_VERSION", doctor.check_major(15, 18)),
    ("SECRET_OPEN secrets/postgres", doctor.check_secrets({"postgres": 0o640})),
]


@pytest.mark.parametrize("findings", HEALTHY)
def test_nothing_is_found_where_nothing_is_wrong(findings):
    assert findings == []


@pytest.mark.parametrize(("expected", "findings"), SICK)
def test_a_planted_fault_forbids_the_start_and_names_its_way_out(expected, findings):
    (found,) = findings
    assert f"{found.code} {found.where}" == expected
    assert doctor.refusals(findings) == [found]
    for text in (found.cause, found.remedy):
        assert text.zh != text.en
        assert text.zh
        assert text.en


def test_a_setting_that_cannot_be_read_is_not_trusted():
    assert len(doctor.check_durability({})) == 3


def test_a_late_month_and_lost_checksums_warn_only():
    late = doctor.check_partitions({"payments": months("2026-11", "2026-12")}, NOV, 3)
    assert [(each.where, each.severity) for each in late] == [
        ("payments 2027-01", Severity.WARN),
        ("payments 2027-02", Severity.WARN),
    ]
    assert doctor.refusals(doctor.check_checksums({})) == []


def test_a_year_whose_holidays_are_not_told_is_warned_of_a_month_before():
    (found,) = doctor.check_holidays("CN", 2026, date(2026, 12, 1))
    assert (found.code, found.where, found.severity) == ("HOLIDAYS_UNTOLD", "2027", Severity.WARN)
    assert "2027" in found.cause.zh
    assert "2027" in found.cause.en


@pytest.mark.parametrize("kind", ["namespace", "account"])
def test_how_root_steps_aside_is_said(kind):
    (note,) = doctor.describe_identity(kind)
    assert note.severity is Severity.NOTE
