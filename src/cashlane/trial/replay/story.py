"""A story as its data file tells it: facts with their origin, sources, channels, and worlds."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.trial.replay.given import Given, Unit, Value, given, units
from cashlane.values.text import Text

Kind = Literal["reported", "derived", "assumed"]
KINDS: Mapping[Kind, Text] = {
    "reported": Text("报道", "reported"),
    "derived": Text("推得", "derived"),
    "assumed": Text("假设", "assumed"),
}


class Fact(Struct, frozen=True):
    """A value, what it says, and where it comes from. What was set by hand has no date."""

    name: str
    value: Value
    kind: Kind
    source: Text
    date: date | None
    says: Text


class World(Struct, frozen=True):
    """A name for a set of facts: the story's, with `facts` laid over them."""

    key: str
    title: Text
    idea: Text
    facts: Mapping[str, Fact]


class Story(Struct, frozen=True):
    """Everything a replay is made from, and nothing else."""

    name: str
    title: Text
    banner: Text
    told: Text
    channels: Mapping[str, Text]
    facts: Mapping[str, Fact]
    worlds: tuple[World, ...]

    def units(self) -> dict[str, Unit]:
        """The unit of each fact."""
        ways = {code: str(self.facts[f"way.{code}"].value) for code in self.channels}
        return units(ways)

    def facts_of(self, world: World) -> dict[str, Fact]:
        """All facts of a world."""
        return {**self.facts, **world.facts}

    def given(self, world: World) -> Given:
        """The same as values that rules take."""
        values = {name: fact.value for name, fact in self.facts_of(world).items()}
        return given(values, tuple(self.channels))
