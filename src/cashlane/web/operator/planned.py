"""A plan as people read it: its work in order with what each piece adds, and where it leads."""

from msgspec import Struct

from cashlane.coverage.planning.desk import Task


class Added(Struct, frozen=True):
    """A piece of work. For the least mean walk `reached` is the mean walk after it in metres and
    `adds` by how much it is shorter; for most people these are people. None where nothing was
    open before."""

    order: int
    outlet: int
    adds: int | None
    reached: int


class Means(Struct, frozen=True):
    """Where a plan begins and leads, and how good any other could be at most, likewise."""

    before: int | None
    after: int
    bound: int
    gap_ppm: int


def added(task: Task) -> list[Added]:
    """The work in its order; none before there is a plan."""
    if task.plan is None:
        return []
    rows: list[Added] = []
    last = _told(task, task.plan.before)
    for order, step in enumerate(task.plan.steps, 1):
        reached = _of_each(task, step.reached)
        adds = None if last is None else abs(reached - last)
        rows.append(Added(order, step.candidate, adds, reached))
        last = reached
    return rows


def means(task: Task) -> Means | None:
    """In whole metres for each person, or in people."""
    made = task.plan
    if made is None:
        return None
    before = _told(task, made.before)
    after = _of_each(task, made.steps[-1].reached) if made.steps else before or 0
    return Means(before, after, _of_each(task, made.bound), made.gap_ppm)


def _told(task: Task, reached: int | None) -> int | None:
    return None if reached is None else _of_each(task, reached)


def _of_each(task: Task, reached: int) -> int:
    """Metres of all people together are told as each one's, rounded half up; people as they are."""
    if task.choice.goal == "cover":
        return reached
    people = sum(task.wish.weights)
    return (2 * reached + people) // (2 * people)
