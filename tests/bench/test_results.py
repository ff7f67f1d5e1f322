"""The book of results: a line for each full run, none for a trial, nothing rewritten."""

from pathlib import Path

import pytest
from bench.measure import PAIRS_LEAST, SECONDS_LEAST, Pair
from bench.results import NOTHING_MORE, Book, Wanted, kept

from bench import results

DONE = [Pair(100, 110), Pair(100, 130), Pair(200, 240)]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of its own."""
    place = tmp_path / "results.jsonl"
    monkeypatch.setattr(results, "FILE", place)
    return place


@pytest.mark.parametrize(("pairs", "seconds", "lines"), [
    (PAIRS_LEAST, SECONDS_LEAST, 1), (PAIRS_LEAST - 1, SECONDS_LEAST, 0),
    (PAIRS_LEAST, SECONDS_LEAST - 1, 0), (PAIRS_LEAST + 1, SECONDS_LEAST * 2, 1),
])  # fmt: skip
def test_only_full_runs_are_kept(pairs: int, seconds: int, lines: int) -> None:
    book = Book("./do bench", pairs=pairs, seconds=seconds)
    shown = book.pairs("pay_single", "payments/s", "tpcb", DONE, least=1.2)
    assert (shown.value, shown.ratio, shown.holds) == (130, 1.2, True)
    assert len(list(kept())) == lines


def test_a_line_is_read_again_as_it_was_written() -> None:
    book = Book("./do bench pay_hot", pairs=PAIRS_LEAST, seconds=SECONDS_LEAST)
    first = book.pairs("pay_hot", "payments/s", "pay_single", DONE, least=1.3)
    second = book.alone("latency_200", 61.23456, "ms", bar="p99 <= 60 ms", holds=False,
                        also={"p50_ms": 3.14159})  # fmt: skip
    assert not first.holds
    assert (second.value, second.also) == (61.23, {"p50_ms": 3.142})
    assert list(kept()) == [first, second]
    assert first.machine
    assert first.command == "./do bench pay_hot"


def test_a_figure_may_want_more_than_its_ratio() -> None:
    book = Book("./do bench", pairs=1, seconds=1)
    missed = Wanted("p99 <= 2 x", holds=False)
    found = book.pairs("x", "payments/s", "empty", DONE, least=0.9, more=missed)
    assert (found.bar, found.holds, found.ratio) == (">= 0.9 x empty, p99 <= 2 x", False, 1.2)
    held = book.pairs("x", "payments/s", "empty", DONE, least=0.9, more=Wanted("y", holds=True))
    assert held.holds
    assert not book.pairs("x", "payments/s", "empty", DONE, least=1.3, more=NOTHING_MORE).holds


def test_a_figure_without_a_bar_cannot_miss() -> None:
    book = Book("./do bench", pairs=1, seconds=1)
    found = book.pairs("visit", "visits/s", "pay_single", DONE, least=None)
    assert (found.bar, found.holds, found.value) == ("", True, 130)


def test_a_book_that_was_never_written_is_empty() -> None:
    assert list(kept()) == []
