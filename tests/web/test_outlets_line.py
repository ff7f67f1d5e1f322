"""The line of outlets taking cash: in whole pixels, with labels that lie on nothing."""

from datetime import date, timedelta
from itertools import combinations

import pytest

from cashlane.core.restoration import Step
from cashlane.web.shared.outlets_line import HEIGHT, WIDTH, Line, outlets_line

FIRST = date(2021, 12, 24)
STORY = [
    Step(FIRST, 4_407), Step(date(2021, 12, 31), 1_251), Step(date(2022, 1, 14), 1_276),
    Step(date(2022, 1, 22), 1_676), Step(date(2022, 2, 15), 2_960), Step(date(2022, 2, 17), 4_407),
]  # fmt: skip


def numbers(line: Line) -> list[str]:
    return [one.words for one in line.labels if one.kind == "many"]


def test_the_story_is_told_with_its_five_values() -> None:
    line = outlets_line(STORY, 4_407, date(2022, 3, 3))
    assert numbers(line) == ["4,407", "1,251", "1,276", "1,676", "2,960", "4,407"]
    months = [one.words for one in line.labels if one.words.startswith("2022-0")]
    assert months == ["2022-01", "2022-02"], "March would reach over the edge"
    assert line.line.startswith("M10 34V34H")
    assert line.line.count("V") == 6


@pytest.mark.parametrize("days", [1, 2, 8, 69, 400])
@pytest.mark.parametrize("steps", [1, 5, 60])
def test_no_label_lies_on_another_or_leaves_the_picture(days: int, steps: int) -> None:
    told = [Step(FIRST + timedelta(days=at), 100 + 37 * at % 113) for at in range(min(steps, days))]
    line = outlets_line(told, 250, FIRST + timedelta(days=days - 1))
    boxes = [one.box for one in line.labels]
    assert all(box[0] >= 0 and box[1] <= WIDTH and box[3] <= HEIGHT for box in boxes)
    assert not [
        (one, other)
        for one, other in combinations(boxes, 2)
        if one[0] <= other[1] and other[0] <= one[1] and one[2] <= other[3] and other[2] <= one[3]
    ]


def test_nothing_enabled_is_a_line_on_the_floor() -> None:
    line = outlets_line([Step(FIRST, 0)], 0, FIRST)
    assert (line.line, numbers(line)) == ("M10 184V184H710", ["0"])
