"""What the public may see: whole cells of one partition, and nobody by themselves."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.public_cells import PEOPLE_LEAST, Cell, Group, Partition, again, partition

PLACES, AGES, KINDS = ("north", "south", "island"), ("young", "old"), ("gas", "water")
CELLS: list[Cell] = list(product(PLACES, AGES, KINDS))
COUNTS = st.lists(st.integers(0, 25), min_size=len(CELLS), max_size=len(CELLS))


def counted(numbers: list[int]) -> dict[Cell, int]:
    return dict(zip(CELLS, numbers, strict=True))


def made(numbers: list[int]) -> Partition | None:
    return partition(counted(numbers), PLACES, AGES, KINDS)


@given(COUNTS)
def test_every_cell_is_in_one_group_and_no_group_is_small(numbers: list[int]) -> None:
    found = made(numbers)
    if sum(numbers) < PEOPLE_LEAST:
        assert found is None
        return
    assert found is not None
    assert sorted(cell for group in found.groups for cell in group.cells) == sorted(CELLS)
    assert all(group.people >= PEOPLE_LEAST for group in found.groups)
    assert found.total(CELLS) == (sum(numbers), frozenset())


@given(COUNTS, st.sets(st.sampled_from(CELLS)), st.sets(st.sampled_from(CELLS)))
def test_no_two_figures_differ_by_few_people(
    numbers: list[int], one: set[Cell], other: set[Cell]
) -> None:
    found = made(numbers)
    if found is not None:
        first, second, both = (found.total(cells)[0] for cells in (one, other, one & other))
        for part in (first, second, both, first - both, second - both):
            assert part == 0 or part >= PEOPLE_LEAST


def test_small_cells_join_their_neighbours_kind_by_kind_then_age_then_place() -> None:
    found = made([40, 20, 12, 3, 4, 30, 9, 0, 2, 1, 0, 5])
    assert found is not None
    assert [(group.people, len(group.cells)) for group in found.groups] == [
        (40, 1), (20, 1), (15, 2), (51, 8),
    ]  # fmt: skip
    north_gas = {("north", age, "gas") for age in AGES}
    assert found.total(north_gas) == (40, frozenset({("north", "old", "gas")}))


def test_a_later_count_is_shown_by_the_same_groups_or_not_at_all() -> None:
    found = made([12] * len(CELLS))
    assert found is not None
    more = again(found, counted([13] * len(CELLS)))
    assert more is not None
    assert [group.cells for group in more.groups] == [group.cells for group in found.groups]
    assert again(found, counted([9] + [50] * (len(CELLS) - 1))) is None


def test_too_few_people_are_no_table() -> None:
    assert made([0] * len(CELLS)) is None
    assert partition({}, ("north",), ("old",), ("gas",)) is None
    alone = partition({("north", "old", "gas"): 10}, ("north",), ("old",), ("gas",))
    assert alone == Partition((Group((("north", "old", "gas"),), 10),))
