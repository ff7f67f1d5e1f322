"""The keeper of doubts finds what it is there for, and nothing else."""

from uuid import UUID

import pytest

from tests.simulation.doubts import Doubts
from tests.simulation.planted import planted
from tests.simulation.trial import Plan, simulate

ONE = UUID(int=1)
FIRST, SECOND = 1, 2
GRACE_S = 300.0


class Kept:
    """Doubts, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.now = 0.0
        self.doubts = Doubts(self.said.append, lambda: self.now, {FIRST: GRACE_S})

    def word(self, word: str, at: float) -> None:
        """The first way says something when it is asked."""
        self.now = at
        self.doubts.asked(ONE, FIRST, word)


@pytest.fixture
def kept() -> Kept:
    found = Kept()
    found.doubts.leaves(ONE, 1, FIRST)
    return found


@pytest.mark.parametrize("word", ["confirmed", "declined", "unsent", "shut"])
def test_a_definite_word_ends_it(kept: Kept, word: str) -> None:
    kept.doubts.answered(ONE, 1, FIRST, word)
    kept.doubts.cash_back(ONE)
    kept.doubts.failed(ONE)
    kept.doubts.leaves(ONE, 2, SECOND)
    assert kept.said == []


@pytest.mark.parametrize("word", ["", "unknown", "pending"])
def test_silence_does_not(kept: Kept, word: str) -> None:
    kept.doubts.answered(ONE, 1, FIRST, word)
    kept.doubts.cash_back(ONE)
    kept.doubts.failed(ONE)
    kept.doubts.leaves(ONE, 2, SECOND)
    assert [said.split(str(ONE))[1] for said in kept.said] == [
        ": its cash goes back, and it is in doubt on 1",
        ": a till says that it failed, and it is in doubt on 1",
        " goes by 2, in doubt on 1",
    ]


def test_the_same_way_again_is_no_second_way(kept: Kept) -> None:
    kept.doubts.leaves(ONE, 2, FIRST)
    assert kept.said == []


def test_a_closed_door_says_nothing_of_what_went_before(kept: Kept) -> None:
    kept.doubts.leaves(ONE, 2, FIRST)
    kept.doubts.answered(ONE, 2, FIRST, "shut")
    kept.doubts.cash_back(ONE)
    assert len(kept.said) == 1


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [(13.0, 28.0, 1), (13.0, GRACE_S - 1, 1), (13.0, GRACE_S, 0), (GRACE_S, GRACE_S + 60, 0)],
)
def test_not_found_counts_the_second_time_after_its_grace(
    kept: Kept, first: float, second: float, found: int
) -> None:
    kept.word("not found", first)
    kept.word("not found", second)
    kept.doubts.cash_back(ONE)
    assert len(kept.said) == found


def test_not_found_is_nothing_where_the_way_does_not_mean_it(kept: Kept) -> None:
    kept.doubts.leaves(UUID(int=2), 1, SECOND)
    kept.now = 10 * GRACE_S
    for _ in range(3):
        kept.doubts.asked(UUID(int=2), SECOND, "not found")
    kept.doubts.failed(UUID(int=2))
    assert len(kept.said) == 1


@pytest.mark.parametrize(
    ("bug", "words"),
    [
        ("time_out_is_failure", ("its cash goes back", "a till says that it failed")),
        ("doubt_moves_on", ("goes by",)),
    ],
)
def test_what_is_planted_is_found_by_it(bug: str, words: tuple[str, ...]) -> None:
    with planted(bug):
        found = "\n".join(one for seed in (1, 2, 3) for one in simulate(Plan(seed)).violations)
    assert all(word in found for word in words)
