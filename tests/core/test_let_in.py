"""Who is let in: so many a second at most, and nobody new while too much waits."""

from datetime import UTC, datetime

import pytest

from cashlane.switch.admission import LANE_WAITING_MOST, Admission


class Watch:
    """A clock that is set by hand."""

    at = 100.0

    def now(self) -> datetime:
        """A moment of no meaning here."""
        return datetime(2022, 1, 14, tzinfo=UTC)

    def elapsed(self) -> float:
        """Seconds."""
        return self.at


@pytest.mark.parametrize(("waiting", "more", "let_in"), [
    (0, 0, True), (LANE_WAITING_MOST - 1, 0, True), (LANE_WAITING_MOST, 0, False),
    (LANE_WAITING_MOST - 5, 4, True), (LANE_WAITING_MOST - 5, 5, False),
])  # fmt: skip
def test_nobody_new_while_too_much_waits(waiting: int, more: int, let_in: bool) -> None:
    assert Admission(lambda: waiting, Watch(), per_second=None).admits(more) is let_in


def test_so_many_a_second_and_no_crowd_after_a_quiet_moment() -> None:
    """A tenth of a second is saved up and no more: a crowd that was let in at once would wait."""
    watch = Watch()
    door = Admission(lambda: 0, watch, per_second=500)
    assert sum(door.admits(0) for _ in range(200)) == 50
    watch.at += 0.0501
    assert sum(door.admits(0) for _ in range(200)) == 25
    watch.at += 60
    assert sum(door.admits(0) for _ in range(200)) == 50, "what was not used is not saved up"


def test_one_a_second_is_let_in_where_so_few_may_come() -> None:
    watch = Watch()
    door = Admission(lambda: 0, watch, per_second=1)
    let_in = 0
    for _ in range(100):
        let_in += door.admits(0)
        watch.at += 0.1
    assert let_in == 10


def test_who_would_be_turned_away_is_known_without_a_place_being_used_up() -> None:
    watch = Watch()
    door = Admission(lambda: 0, watch, per_second=10)
    assert not any(door.is_full(0) for _ in range(100))
    assert door.admits(0)
    assert door.is_full(0)
    watch.at += 0.11
    assert not door.is_full(0)
    assert Admission(lambda: LANE_WAITING_MOST, watch, per_second=None).is_full(0)


def test_without_a_bound_everybody_comes_in() -> None:
    door = Admission(lambda: 0, Watch(), per_second=None)
    assert all(door.admits(0) for _ in range(10_000))
