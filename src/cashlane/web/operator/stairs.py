"""The ladder as a picture: how many outlets stay open at which fee, drawn on the server in whole
units."""

from collections.abc import Sequence

from msgspec import Struct

from cashlane.core.economics import Rung

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 30
SHOWN_PPM = 980_000
"""Fees are drawn up to the one at which so many of the outlets are open: the last few need so much
that the others would stand in one line."""
LINES_MOST = 8
"""Lines of the ground: more of them, and their figures would touch."""
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000)


class Line(Struct, frozen=True):
    """A line of the ground, at so many pixels, and what it stands for."""

    at: int
    value: int


class Stairs(Struct, frozen=True):
    """One or two ladders on one ground. `floor` and `ceiling` are its ends in pixels."""

    paths: Sequence[str]
    fees: Sequence[Line]
    outlets: Sequence[Line]
    marks: Sequence[Line]
    floor: int = HEIGHT - BOTTOM
    ceiling: int = TOP
    left: int = LEFT
    right: int = WIDTH - RIGHT
    width: int = WIDTH
    height: int = HEIGHT


def stairs(ladders: Sequence[Sequence[Rung]], outlets: int, fees: Sequence[int]) -> Stairs:
    """The ladders of one number of outlets, with the fees that are paid now marked."""
    top = max([*(_shown(one) for one in ladders), *fees, 1]) * 11 // 10 + 1
    return Stairs(
        paths=[_path(one, outlets, top) for one in ladders],
        fees=[Line(_x(value, top), value) for value in _round(top)],
        outlets=[Line(_y(value, outlets), value) for value in _round(outlets)],
        marks=[Line(_x(fee, top), fee) for fee in sorted(set(fees))],
    )


def _shown(rungs: Sequence[Rung]) -> int:
    if not rungs:
        return 0
    enough = rungs[-1].open_at_it * SHOWN_PPM // 1_000_000
    return next(rung.fee for rung in rungs if rung.open_at_it >= enough)


def _path(rungs: Sequence[Rung], outlets: int, top: int) -> str:
    drawn = [f"M{_x(0, top)} {_y(0, outlets)}"]
    for rung in rungs:
        if rung.fee > top:
            break
        drawn.append(f"H{_x(rung.fee, top)}V{_y(rung.open_at_it, outlets)}")
    return "".join(drawn) + f"H{_x(top, top)}"


def _x(fee: int, top: int) -> int:
    return LEFT + fee * (WIDTH - LEFT - RIGHT) // top


def _y(outlets: int, all_of_them: int) -> int:
    return HEIGHT - BOTTOM - outlets * (HEIGHT - BOTTOM - TOP) // max(all_of_them, 1)


def _round(top: int) -> range:
    """Round values from nothing to the top, few enough to be read."""
    step = next((one for one in _STEPS if top // one < LINES_MOST), top)
    return range(0, top + 1, step)
