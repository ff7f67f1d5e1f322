"""A wish out of a network and its demand: which outlets, for whom, beside what is open; or why it
cannot be planned."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from cashlane.core.access import WALKING
from cashlane.core.demand import DemandPoint, elders, payers
from cashlane.core.network import Network, Outlet
from cashlane.coverage.planning.plan import CELLS_MOST, Candidate, Goal, Wish
from cashlane.values.text import Text

Who = Literal["people", "payers", "elders"]
WHO_NAMES: Mapping[Who, Text] = {
    "people": Text("所有人", "everybody"),
    "payers": Text("可能到柜台缴费的人", "likely payers at a counter"),
    "elders": Text("65 岁以上的人", "people of 65 and more"),
}
_COUNT: Mapping[Who, Callable[[Sequence[int]], int]] = {
    "people": sum, "payers": payers, "elders": elders,
}  # fmt: skip


class Settled(Struct, frozen=True):
    """Where people live as far as it is known: places with people by age. `name` of the list that
    says so; `synthetic` where its places are made up."""

    points: Sequence[DemandPoint]
    name: str
    synthetic: bool


class Choice(Struct, frozen=True):
    """What somebody asks to be planned. `outlets`: those that may be chosen; `most` of them are."""

    outlets: tuple[int, ...]
    goal: Goal
    within_m: int
    most: int
    who: Who


_NO_DEMAND = Text(
    "尚未载入人口分布。请先用 cashlane demand import 载入，再来规划。",
    "Where people live is not loaded: load it with `cashlane demand import`, and plan then.",
)
_NOBODY = Text(
    "人口分布里没有这样的人：请换一类人。",
    "There is nobody of that kind in the demand that is loaded: plan for others.",
)
_NO_OUTLET = Text(
    "没有可选的网点，或它们都没有坐标。请换一种备选，或先补上坐标。",
    "There is no outlet to choose from, or none of them has a place on the map. Choose others, or"
    " import their places first.",
)
_TOO_MANY = Text(
    "{outlets} 个备选网点乘 {points} 个居住点，超出一次规划的上限（{most} 对）。"
    "请按机构或区缩小备选。",
    "{outlets} outlets by {points} points are too many for one plan (at most {most} pairs). Choose"
    " the outlets of one agent or one district.",
)


def wish_for(network: Network, settled: Settled, choice: Choice) -> Wish | Text:
    """The wish, or the sentence that says what is missing. What is open and may not be chosen is
    standing; what may be chosen is planned as if it were closed."""
    demand = settled.points
    chosen = [one for one in choice.outlets if one in network.places]
    weights = [_COUNT[choice.who](point.people) for point in demand]
    if not demand:
        return _NO_DEMAND
    if not sum(weights):
        return _NOBODY
    if not chosen:
        return _NO_OUTLET
    if len(chosen) * len(demand) > CELLS_MOST:
        return _TOO_MANY.fill(
            outlets=f"{len(chosen):,}", points=f"{len(demand):,}", most=f"{CELLS_MOST:,}"
        )
    return Wish(
        choice.goal,
        choice.within_m,
        choice.most,
        [point.place for point in demand],
        weights,
        [network.places[one] for one in standing(network, choice.outlets)],
        [Candidate(one, network.places[one], 1) for one in chosen],
        WALKING,
    )


def standing(network: Network, outlets: Iterable[int]) -> list[int]:
    """The outlets that are open whatever is chosen, by number."""
    chosen = set(outlets)
    return [
        number
        for number, one in sorted(network.outlets.items())
        if not one.suspended and number in network.places and number not in chosen
    ]


def suspended(network: Network) -> tuple[int, ...]:
    """Outlets whose service is suspended, by number."""
    return _those(network, lambda one: one.suspended)


def of_agent(network: Network, agent: int) -> tuple[int, ...]:
    """All outlets of an agent, open or not, by number."""
    return _those(network, lambda one: one.agent == agent)


def in_district(network: Network, outlets: Iterable[int], district: str) -> tuple[int, ...]:
    """Those in a district; all of them where none is named."""
    return tuple(
        one for one in outlets if not district or network.outlets[one].district == district
    )


def _those(network: Network, meant: Callable[[Outlet], bool]) -> tuple[int, ...]:
    return tuple(number for number, one in sorted(network.outlets.items()) if meant(one))
