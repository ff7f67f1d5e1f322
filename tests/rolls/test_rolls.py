"""Till rolls: each line is an act at the counter, its last column the expected answer.

A clerk can write one. Lines that begin with # say why; an empty line means nothing.
"""

from pathlib import Path

import pytest

from tests.rolls.counter import Counter

ROLLS = sorted(Path(__file__).parent.glob("*.roll"))


@pytest.mark.parametrize("roll", ROLLS, ids=lambda path: path.stem)
def test_roll(roll: Path) -> None:
    counter = Counter()
    acts = 0
    for number, line in enumerate(roll.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        asked, arrow, expected = line.partition("->")
        assert arrow, f"{roll.name}:{number} has no expected answer"
        act, *words = asked.split()
        answer = counter.do(act, words)
        assert answer == expected.strip(), f"{roll.name}:{number}: {line}\n  said: {answer}"
        acts += 1
    assert acts, "an empty roll tests nothing"


def test_there_are_rolls() -> None:
    assert len(ROLLS) >= 10
