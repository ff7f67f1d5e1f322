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


def test_so_many_a_second_and_no_more() -> None:
    watch = Watch()
    door = Admission(lambda: 0, watch, per_second=50)
    assert sum(door.admits(0) for _ in range(200)) == 50
    watch.at += 0.5
    assert sum(door.admits(0) for _ in range(200)) == 25
    watch.at += 60
    assert sum(door.admits(0) for _ in range(200)) == 50, "what was not used is not saved up"


def test_without_a_bound_everybody_comes_in() -> None:
    door = Admission(lambda: 0, Watch(), per_second=None)
    assert all(door.admits(0) for _ in range(10_000))
