"""Tables for the public: one fixed partition whose cells are merged until none shows few people.

The partition is made once, and every public figure is a sum of its whole cells. So no two figures
can be subtracted from one another to find one person, which hiding small numbers one by one allows.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

PEOPLE_LEAST = 10
"""Fewer people than this are never shown by themselves."""

Cell = tuple[str, str, str]
"""Place, age and kind, each by its name in an ordered list of its own."""


class Group(Struct, frozen=True):
    """Cells that are only shown together, and the people in them. An empty group is never made."""

    cells: tuple[Cell, ...]
    people: int


class Partition(Struct, frozen=True):
    """Every cell in exactly one group, each of PEOPLE_LEAST people or more."""

    groups: tuple[Group, ...]

    def total(self, wanted: Iterable[Cell]) -> tuple[int, frozenset[Cell]]:
        """People in all groups that lie wholly among the wanted cells, and the wanted cells that
        are left out because their group reaches beyond."""
        asked = frozenset(wanted)
        whole = [group for group in self.groups if asked.issuperset(group.cells)]
        shown = frozenset(cell for group in whole for cell in group.cells)
        return sum(group.people for group in whole), asked - shown


def partition(
    counts: Mapping[Cell, int],
    places: tuple[str, ...],
    ages: tuple[str, ...],
    kinds: tuple[str, ...],
) -> Partition | None:
    """Merge cells with their neighbours: kinds of one place and age first, then ages of one place,
    then places in their order. None where there are too few people for any figure.

    What is merged depends on the counts; so a partition is made once for a census or a survey and
    kept, and a later count of the same is shown by the same groups or by none.
    """
    ordered = [
        [[Group(((place, age, kind),), counts.get((place, age, kind), 0)) for kind in kinds]
         for age in ages]
        for place in places
    ]  # fmt: skip
    by_place = [_merged([group for cells in rows for group in _merged(cells)]) for rows in ordered]
    groups = _merged([group for place in by_place for group in place])
    if any(group.people < PEOPLE_LEAST for group in groups):
        return None
    return Partition(tuple(groups))


def _merged(groups: list[Group]) -> list[Group]:
    """Neighbours put together, from the first on, until each is large enough; what is left over at
    the end joins the last. One group alone may stay small: it is merged one level higher."""
    done: list[Group] = []
    for group in groups:
        if done and done[-1].people < PEOPLE_LEAST:
            done[-1] = _joined(done[-1], group)
        else:
            done.append(group)
    while len(done) > 1 and done[-1].people < PEOPLE_LEAST:
        done[-2:] = [_joined(*done[-2:])]
    return done


def _joined(one: Group, other: Group) -> Group:
    return Group(one.cells + other.cells, one.people + other.people)


def again(made: Partition, counts: Mapping[Cell, int]) -> Partition | None:
    """A later count by the same groups; None where one of them has grown too small to be shown. A
    group that is empty now shows nobody, and may be."""
    groups = tuple(
        Group(group.cells, sum(counts.get(cell, 0) for cell in group.cells))
        for group in made.groups
    )
    if any(0 < group.people < PEOPLE_LEAST for group in groups):
        return None
    return Partition(groups)


def public_count(people: int) -> int | None:
    """A count as the public sees it: None is fewer than PEOPLE_LEAST, but somebody."""
    return people if people == 0 or people >= PEOPLE_LEAST else None


def public_part(part: int, whole: int) -> int | None:
    """Likewise a part of a count, which must not tell the rest by subtraction either."""
    rest = public_count(whole - part)
    return None if rest is None or public_count(whole) is None else public_count(part)
