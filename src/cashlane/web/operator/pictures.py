"""Small pictures drawn on the server: bars of whole numbers in whole units, never a float."""

from collections.abc import Sequence

from msgspec import Struct

BAR_WIDTH, BAR_STEP = 3, 4
HEIGHT = 28


class Bar(Struct, frozen=True):
    """One bar from the floor up. `over` is False for the minute that still runs."""

    x: int
    y: int
    height: int
    over: bool


class Picture(Struct, frozen=True):
    """Bars side by side, with the size of their ground."""

    width: int
    height: int
    bars: Sequence[Bar]


def bars(values: Sequence[int], *, top: int, height: int) -> Picture:
    """A bar a value, the last one still growing. What is not zero is seen, however small."""
    drawn = [
        Bar(at * BAR_STEP, height - tall, tall, at < len(values) - 1)
        for at, value in enumerate(values)
        if (tall := _tall(value, top, height))
    ]
    return Picture(len(values) * BAR_STEP, height, drawn)


def _tall(value: int, top: int, height: int) -> int:
    if value == 0:
        return 0
    return max(1, value * height // max(top, 1))


def share(part: int, whole: int, width: int) -> int:
    """How wide a part of a whole is; what is not zero is seen."""
    return 0 if part == 0 else max(1, part * width // max(whole, 1))


def tens(values: Sequence[int]) -> list[int]:
    """Sums of ten minutes, for those who hear the picture."""
    return [sum(values[at : at + 10]) for at in range(0, len(values), 10)]
