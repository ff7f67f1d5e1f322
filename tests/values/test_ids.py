"""Ids: they sort by time, spell and read back, and know where a payment lives."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.values.base32 import ALPHABET, read_base32, write_base32
from cashlane.values.ids import (
    BUCKETS,
    Ids,
    bucket_of,
    least_id,
    moment_of,
    payment_home,
    read_id,
    spell,
)

IDS = Ids(random.Random(7).getrandbits)
uuids = st.uuids()
moments = st.datetimes(datetime(2000, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2000, 1, 1), date(2179, 6, 6))


@given(uuids)
def test_spell_and_read(ident: UUID) -> None:
    text = spell("pay", ident)
    assert read_id("pay", text) == ident
    assert len(text) == 30


@given(uuids, uuids)
def test_spellings_sort_like_ids(one: UUID, other: UUID) -> None:
    assert (spell("x", one) < spell("x", other)) == (one.int < other.int)


GOOD = spell("pay", UUID(int=5))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pay",
        "pay_",
        GOOD[:-1],
        GOOD + "0",
        GOOD.upper(),
        GOOD.replace("pay", "bill"),
        GOOD[:-1] + "u",
        GOOD[:-1] + "５",
        "pay_" + "z" * 26,
        " " + GOOD,
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert read_id("pay", text) is None


@given(moments, days, st.integers(0, BUCKETS - 1))
def test_a_payment_knows_its_home(now: datetime, day: date, bucket: int) -> None:
    ident = IDS.payment(now, business_date=day, bucket=bucket)
    assert payment_home(ident) == (bucket, day)
    assert (ident.version, ident.variant) == (7, UUID(int=2 << 62).variant)


@given(moments, st.integers(1, 10**9))
def test_later_ids_sort_later(now: datetime, later_ms: int) -> None:
    later = now + timedelta(milliseconds=later_ms)
    assert IDS.fresh(now) < IDS.fresh(later)
    assert IDS.fresh(now).version == 7


def test_a_bucket_that_does_not_exist() -> None:
    with pytest.raises(AssertionError):
        IDS.payment(datetime(2022, 1, 1, tzinfo=UTC), business_date=date(2022, 1, 1), bucket=64)


def test_buckets_are_stable_and_even() -> None:
    assert bucket_of("outlet", 1) == bucket_of("outlet", "1")
    counts = [0] * BUCKETS
    for number in range(6_400):
        counts[bucket_of("outlet", number)] += 1
    assert min(counts) > 50
    assert max(counts) < 160


@given(st.integers(0, (1 << 60) - 1))
def test_base_32(number: int) -> None:
    assert read_base32(write_base32(number, 12)) == number


def test_base_32_has_no_look_alikes() -> None:
    assert len(ALPHABET) == 32
    assert not set("ilou") & set(ALPHABET)
    assert read_base32("") == 0
    assert read_base32("A") is None
    for number in (-1, 1 << 5):
        with pytest.raises(AssertionError):
            write_base32(number, 1)


@given(moments, days, st.integers(0, BUCKETS - 1))
def test_an_id_knows_its_moment_and_a_range_of_ids_is_a_range_of_time(
    now: datetime, day: date, bucket: int
) -> None:
    ident = IDS.payment(now, business_date=day, bucket=bucket)
    made = moment_of(ident)
    assert timedelta(0) <= now - made < timedelta(milliseconds=1)
    assert least_id(made) <= ident < least_id(made + timedelta(milliseconds=1))
