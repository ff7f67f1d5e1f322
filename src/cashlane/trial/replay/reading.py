"""Reads a story: the shipped data file, a file of one's own laid over it, and single values.

Nothing is taken silently: whoever changes facts is told everything that is wrong, at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from msgspec import Struct

from cashlane.trial.replay.fitting import misfits
from cashlane.trial.replay.given import DAY, Unit, Value, units
from cashlane.trial.replay.saying import FAULTS
from cashlane.trial.replay.story import KINDS, Fact, Story, World
from cashlane.values.money import read_minor
from cashlane.values.text import Text

FILE_MOST_BYTES = 1 << 20
"""A file of facts is some pages: a longer one is something else."""
_SECTIONS = ("title", "banner", "told", "sources", "channels", "facts", "worlds")
_FACT_FIELDS = ("value", "kind", "source", "date")
_BY_HAND = Text("使用者给定", "set by whoever ran this")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Table = Mapping[str, Any]


class BadStoryError(Exception):
    """The facts cannot be used. `faults` are all that is wrong, in both languages."""

    def __init__(self, faults: Sequence[Text]) -> None:
        super().__init__("; ".join(fault.en for fault in faults))
        self.faults = tuple(faults)


def stories() -> list[str]:
    """The names of the stories that are shipped."""
    folder = files("cashlane.trial.replay").joinpath("data")
    names = (file.name for file in folder.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def read_story(name: str, own: Path | None, settings: Sequence[str]) -> Story:
    """The story of a name, with a file and then single values laid over it.

    `settings` are "name=value" for every world or "world.name=value" for one. Raises
    BadStoryError.
    """
    if name not in stories():
        raise BadStoryError([FAULTS["no-story"].fill(name=name, names=", ".join(stories()))])
    shipped = files("cashlane.trial.replay").joinpath("data", f"{name}.toml")
    tables = [_parsed(shipped.name, shipped.read_bytes())]
    if own is not None:
        tables.append(_parsed(str(own), _content(own)))
    story, faults = _Reader().read(name, tables, settings)
    faults = faults or list(misfits(story))
    if faults:
        raise BadStoryError(faults)
    return story


def _content(own: Path) -> bytes:
    try:
        with own.open("rb") as file:
            content = file.read(FILE_MOST_BYTES + 1)
    except OSError as trouble:
        raise BadStoryError([FAULTS["no-file"].fill(file=own, why=trouble.strerror)]) from None
    if len(content) > FILE_MOST_BYTES:
        raise BadStoryError([FAULTS["long-file"].fill(file=own, most=FILE_MOST_BYTES)])
    return content


def _parsed(name: str, content: bytes) -> Table:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise BadStoryError([FAULTS["no-toml"].fill(file=name, why=trouble)]) from None


class _Place(Struct, frozen=True):
    """Where a fact stands: in the story, or in one world of it."""

    world: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.world}.{self.name}" if self.world else self.name


class _Reader:
    """Gathers what the files say, and everything that is wrong with it."""

    def __init__(self) -> None:
        self._faults: list[Text] = []
        self._facts: dict[_Place, Fact] = {}
        self._sources: dict[str, Text] = {}
        self._channels: dict[str, Text] = {}
        self._worlds: dict[str, tuple[Text, Text]] = {}
        self._said: dict[str, Text] = {}

    def read(
        self, name: str, tables: Sequence[Table], settings: Sequence[str]
    ) -> tuple[Story, list[Text]]:
        """The story, which is whole only where there are no faults."""
        for table in tables:
            self._take(table)
        self._set(settings)
        self._check()
        return self._story(name), self._faults

    def _fault(self, code: str, **places: object) -> None:
        self._faults.append(FAULTS[code].fill(**places))

    # -- one file -----------------------------------------------------------------------------

    def _take(self, table: Table) -> None:
        for section in sorted(set(table) - set(_SECTIONS)):
            self._fault("no-section", section=section, known=", ".join(_SECTIONS))
        for section in ("title", "banner", "told"):
            if section in table:
                self._said[section] = self._text(section, table[section])
        for code, said in self._entries(table, "sources"):
            self._sources[code] = self._text(f"sources.{code}", said)
        for code, said in self._entries(table, "channels"):
            self._channels[code] = self._text(f"channels.{code}", said)
        for fact, fields in self._entries(table, "facts"):
            self._fact(_Place(None, fact), fields)
        for key, world in self._entries(table, "worlds"):
            self._world(key, world)

    def _entries(self, table: Table, section: str) -> Iterator[tuple[str, Table]]:
        entries = table.get(section, {})
        if not isinstance(entries, dict):
            self._fault("no-table", place=section)
            return
        for name, entry in entries.items():
            if isinstance(entry, dict):
                yield name, entry
            else:
                self._fault("no-table", place=f"{section}.{name}")

    def _text(self, place: str, said: object) -> Text:
        both = said if isinstance(said, dict) else {}
        zh, en = both.get("zh"), both.get("en")
        if not (isinstance(zh, str) and zh and isinstance(en, str) and en):
            self._fault("no-sentence", place=place)
            return Text("？", "?")
        return Text(zh, en)

    def _world(self, key: str, table: Table) -> None:
        known = self._worlds.get(key)
        if known is None or "title" in table or "idea" in table:
            title = self._text(f"worlds.{key}.title", table.get("title"))
            self._worlds[key] = (title, self._text(f"worlds.{key}.idea", table.get("idea")))
        for field in sorted(set(table) - {"title", "idea", "facts"}):
            self._fault("no-field", place=f"worlds.{key}", field=field)
        for fact, fields in self._entries(table, "facts"):
            self._fact(_Place(key, fact), fields)

    def _fact(self, place: _Place, fields: Table) -> None:
        for field in _FACT_FIELDS:
            if field not in fields:
                self._fault("field-missing", place=place, field=field)
        for field in sorted(set(fields) - {*_FACT_FIELDS, "zh", "en"}):
            self._fault("no-field", place=place, field=field)
        dated, source = fields.get("date"), fields.get("source")
        kind = next((one for one in KINDS if one == fields.get("kind")), None)
        if "kind" in fields and kind is None:
            self._fault("no-kind", place=place, kind=fields["kind"], kinds=", ".join(KINDS))
        if "date" in fields and type(dated) is not date:
            self._fault("no-date", place=place)
        if "source" in fields and str(source) not in self._sources:
            self._fault("no-source", place=place, source=source)
        self._facts[place] = Fact(
            name=place.name,
            value=fields.get("value", ""),
            kind=kind or "assumed",
            source=self._sources.get(str(source), _BY_HAND),
            date=dated if type(dated) is date else None,
            says=self._says(place, fields),
        )

    def _says(self, place: _Place, fields: Table) -> Text:
        base = self._facts.get(place) or self._facts.get(_Place(None, place.name))
        if base is not None and "zh" not in fields and "en" not in fields:
            return base.says
        return self._text(str(place), fields)

    # -- single values ------------------------------------------------------------------------

    def _set(self, settings: Sequence[str]) -> None:
        for setting in settings:
            name, equals, text = setting.partition("=")
            place = self._place(name.strip())
            if not equals:
                self._fault("no-setting", setting=setting)
            elif place is None:
                self._fault("no-fact", place=name.strip(), near=self._near(name.strip()))
            else:
                self._lay(place, text.strip())

    def _place(self, name: str) -> _Place | None:
        """A fact's own name comes first: outlets.a is no fact of a world called outlets."""
        names = {place.name for place in self._facts} | set(self._units())
        if name in names:
            return _Place(None, name)
        world, _, rest = name.partition(".")
        return _Place(world, rest) if world in self._worlds and rest in names else None

    def _near(self, name: str) -> str:
        last = name.rpartition(".")[2][:4]
        near = sorted({p.name for p in self._facts if last and last in p.name})
        return ", ".join(near[:5]) or "—"

    def _lay(self, place: _Place, text: str) -> None:
        """What is set for all worlds replaces the values that some of them have of their own."""
        base = self._facts.get(place) or self._facts.get(_Place(None, place.name))
        says = base.says if base else Text(f"{place.name}（事实）", place.name)
        value = _value_of(text, self._units().get(place.name, DAY))
        fact = Fact(place.name, value, "assumed", _BY_HAND, None, says)
        if place.world is None:
            self._facts = {at: fact for at, fact in self._facts.items() if at.name != place.name}
        self._facts[place] = fact

    # -- all of it ----------------------------------------------------------------------------

    def _units(self) -> dict[str, Unit]:
        """All facts there must be; a channel whose way is not told yet is taken for its own."""
        places = {code: _Place(None, f"way.{code}") for code in self._channels}
        return units(
            {
                code: str(self._facts[place].value) if place in self._facts else "own"
                for code, place in places.items()
            }
        )

    def _check(self) -> None:
        wanted = self._units()
        for name in wanted:
            if _Place(None, name) not in self._facts:
                self._fault("fact-missing", place=name)
        for place, fact in self._facts.items():
            unit = wanted.get(place.name)
            if unit is not None:
                self._faults += _value_faults(str(place), fact.value, unit)
            elif not place.name.startswith("returns_on."):
                self._fault("no-fact", place=place, near=self._near(place.name))
        for section in ("title", "banner", "told"):
            if section not in self._said:
                self._fault("no-sentence", place=section)
        if not self._worlds:
            self._fault("no-world")

    def _story(self, name: str) -> Story:
        return Story(
            name=name,
            title=self._said.get("title", _BY_HAND),
            banner=self._said.get("banner", _BY_HAND),
            told=self._said.get("told", _BY_HAND),
            channels=self._channels,
            facts=self._of(None),
            worlds=tuple(
                World(key, title, idea, self._of(key))
                for key, (title, idea) in self._worlds.items()
            ),
        )

    def _of(self, world: str | None) -> dict[str, Fact]:
        return {place.name: fact for place, fact in self._facts.items() if place.world == world}


def _value_of(text: str, unit: Unit) -> Value:
    """A typed value; what cannot be read stays text and is then told as a fault."""
    if unit is DAY and _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    number = read_minor(text)
    return number if number is not None and unit.most else text


def _value_faults(place: str, value: object, unit: Unit) -> Iterator[Text]:
    if unit is DAY:
        if type(value) is not date:
            yield FAULTS["want-date"].fill(place=place, value=value)
    elif unit.words:
        if not isinstance(value, str) or value not in unit.words:
            words = ", ".join(unit.words)
            yield FAULTS["want-word"].fill(place=place, value=value, words=words)
    elif type(value) is not int:
        yield FAULTS["want-number"].fill(place=place, value=value)
    elif not unit.least <= value <= unit.most:
        bounds = {"least": unit.least, "most": unit.most}
        yield FAULTS["out-of-bounds"].fill(place=place, value=value, **bounds)
