"""A replay as one page that needs nothing else: both languages, no script, nothing from elsewhere.

Its style stands in it and is named in its policy by its digest, so that nothing else may.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from shlex import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from msgspec import Struct

from cashlane.trial.replay.chart import frame_of, share_bar, steps_chart
from cashlane.trial.replay.cost import PARTIES
from cashlane.trial.replay.figures import (
    CITIZENS,
    COST_NAMES,
    FIGURES,
    PAID_BY_CITIZENS,
    PARTY_NAMES,
    Figure,
    cost_lines,
    exactly,
    named,
    origin,
    sampled,
    told,
    value_in,
    yuan,
)
from cashlane.trial.replay.outcome import Outcome
from cashlane.trial.replay.replay import Replay
from cashlane.trial.replay.saying import METHOD
from cashlane.trial.replay.story import KINDS, Fact, Kind
from cashlane.values.text import LANGUAGES, Language, Text

CHART_STYLE = "chart.css"
"""What the pictures need, on this page and elsewhere."""


def style(*names: str) -> str:
    """Style sheets of the page, one after the other."""
    folder = files("cashlane.trial.replay").joinpath("templates")
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


_STYLES = (CHART_STYLE, "replay.css")


def policy() -> str:
    """What the page may do: show itself. A server that serves it sends the same as a header."""
    digest = b64encode(sha256(style(*_STYLES).encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(done: Replay, first: Language) -> str:
    """The page. `first` is the language that it opens in; #zh and #en choose."""
    templates = Environment(
        loader=PackageLoader("cashlane.trial.replay"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    second: Language = "en" if first == "zh" else "zh"
    assert {first, second} == set(LANGUAGES)
    return templates.get_template("replay.html").render(
        policy=policy(),
        style=Markup(style(*_STYLES)),  # noqa: S704 - our own file
        title=done.story.title,
        first=first,
        views=[View(done, language) for language in (second, first)],
    )


class Row(Struct, frozen=True):
    """A figure of one world: its letter, its value in words, its bar."""

    key: str
    value: str
    bar: Markup


class Told(Struct, frozen=True):
    """A fact as it is shown: what it says, its values by world, whence, and how to change it."""

    name: str
    says: str
    kind: Kind
    kind_name: str
    origin: str
    values: list[tuple[str, str]]


class View:
    """The page in one language."""

    def __init__(self, done: Replay, language: Language) -> None:
        self.language = language
        self.other: Language = "en" if language == "zh" else "zh"
        self.done = done
        self._units = done.story.units()

    def say(self, words: Text) -> str:
        """Words in this language."""
        return words.say(self.language)

    def both(self, zh: str, en: str) -> str:
        """One of two sentences of the template."""
        return zh if self.language == "zh" else en

    def worlds(self) -> Iterator[tuple[Outcome, str, Markup]]:
        """Each outcome with its world's idea and its picture."""
        frame = frame_of(self.done.outcomes, self.done.first_day, self.done.last_day)
        for outcome, world in zip(self.done.outcomes, self.done.story.worlds, strict=True):
            drawn = steps_chart(outcome, frame, self.language)
            yield outcome, self.say(world.idea), Markup(drawn)  # noqa: S704 - escaped there

    def figures(self) -> Iterator[tuple[Figure, list[Row]]]:
        """Each figure with a row for each world."""
        for figure in FIGURES:
            most = max(figure.of(outcome) for outcome in self.done.outcomes)
            yield (
                figure,
                [
                    Row(outcome.key, told(figure, outcome), self._bar(figure.of(outcome), most))
                    for outcome in self.done.outcomes
                ],
            )

    def _bar(self, part: int, most: int) -> Markup:
        return Markup(share_bar(part, most))  # noqa: S704 - numbers only

    def costs(self) -> Iterator[tuple[str, list[str], list[tuple[str, list[str]]]]]:
        """Each party with what it pays in each world, and the lines of that."""
        for party in PARTIES:
            sums = [yuan(outcome.costs_by_party[party]) for outcome in self.done.outcomes]
            lines = [
                (self.say(COST_NAMES[what]), [yuan(one) for one in fen])
                for what, fen in cost_lines(self.done.outcomes, party)
            ]
            yield self.say(PARTY_NAMES[party]), sums, lines

    def paid_by_citizens(self) -> tuple[str, list[tuple[str, list[str]]]]:
        """What people pay, with its name: trips and ways."""
        lines = [
            (named(figure, self.language), [told(figure, one) for one in self.done.outcomes])
            for figure in PAID_BY_CITIZENS
        ]
        return self.say(CITIZENS), lines

    def differing(self) -> list[Told]:
        """The facts in which the worlds differ: all that makes them worlds."""
        return [
            one for one in map(self._told, self.done.story.facts.values()) if len(one.values) > 1
        ]

    def facts(self) -> Iterator[tuple[str, list[Told]]]:
        """All facts by kind: assumptions first, for they are what a reader may doubt."""
        every = [self._told(fact) for fact in self.done.story.facts.values()]
        for kind in reversed(list(KINDS)):
            yield self.say(KINDS[kind]), [one for one in every if one.kind == kind]

    def _told(self, fact: Fact) -> Told:
        return Told(
            name=fact.name,
            says=self.say(fact.says),
            kind=fact.kind,
            kind_name=self.say(KINDS[fact.kind]),
            origin=origin(fact, self.language),
            values=list(self._values(fact)),
        )

    def _values(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """One value for all worlds, or one for each where any differs."""
        unit = self._units[fact.name]
        of_worlds = [
            (world.key, world.facts.get(fact.name, fact).value) for world in self.done.story.worlds
        ]
        if all(value == fact.value for _, value in of_worlds):
            yield "", value_in(fact.value, unit, self.language)
            return
        for key, value in of_worlds:
            yield key, value_in(value, unit, self.language)

    def method(self) -> list[str]:
        """How it was computed."""
        return [self.say(line) for line in METHOD]

    def sampled(self) -> str:
        """What is exact and what is not."""
        return self.say(sampled(self.done))

    def command(self) -> str:
        """What makes these figures again from the shipped facts."""
        return f"./do cashlane replay {quote(self.done.story.name)} --seed {self.done.seed}"

    def number(self, count: int) -> str:
        """A whole number."""
        return exactly(count)
