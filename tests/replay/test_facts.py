"""Facts: every one has its origin, and whoever changes them is told all that is wrong, twice."""

import re
from datetime import date
from pathlib import Path

import pytest

from cashlane.trial.replay.given import Channel, Given, units
from cashlane.trial.replay.reading import FILE_MOST_BYTES, BadStoryError, read_story, stories
from cashlane.trial.replay.saying import FAULTS
from cashlane.trial.replay.story import KINDS, Story
from cashlane.values.text import Text
from tests.replay.conftest import NAME

ROOT = Path(__file__).parents[2]
OWN = """
[sources.us]
zh = "我们"
en = "us"
[facts.quiet_offices]
value = 40
kind = "assumed"
source = "us"
date = 2026-11-23
"""


def _faults(tmp_path: Path, content: str | bytes, *settings: str) -> tuple[Text, ...]:
    file = tmp_path / "own.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BadStoryError) as caught:
        read_story(NAME, file, settings)
    return caught.value.faults


def test_every_fact_has_its_origin(story: Story) -> None:
    worlds = [fact for world in story.worlds for fact in world.facts.values()]
    for fact in [*story.facts.values(), *worlds]:
        assert fact.kind in KINDS
        assert fact.date is not None
        assert fact.source.zh
        assert fact.source.en
        assert fact.says.zh != fact.says.en


def test_every_fact_is_asked_for(story: Story) -> None:
    ways = {code: str(story.facts[f"way.{code}"].value) for code in story.channels}
    assert set(story.facts) == set(units(ways))


def test_every_fact_is_used() -> None:
    home = ROOT / "src" / "cashlane" / "trial" / "replay"
    code = "".join(
        file.read_text(encoding="utf-8") for file in home.glob("*.py") if file.stem != "given"
    )
    unused = [
        name
        for name in [*Given.__struct_fields__, *Channel.__struct_fields__]
        if not re.search(rf"\.{name}\b", code)
    ]
    assert unused == []


def test_the_reported_counts_add_up(story: Story) -> None:
    counts = {code: story.facts[f"outlets.{code}"] for code in story.channels}
    assert all(fact.kind == "reported" for fact in counts.values())
    assert sum(int(fact.value) for fact in counts.values()) == 504 + 3_903 == 4_407


def test_the_banner_stands_as_it_must(story: Story) -> None:
    assert story.banner.en == (
        "Dates and totals as reported by Jiemian News, 3 March 2022. Placement, payments, faults"
        " and alternative histories are simulated and say nothing about any company."
    )
    assert "界面新闻2022年3月3日" in story.banner.zh
    assert "is reported to have suspended part of its channels" in story.told.en
    assert "for technical and other reasons" in story.told.en


def test_a_value_is_set_for_all_worlds_or_for_one(story: Story) -> None:
    changed = read_story(NAME, None, ("told_before_percent=5", "C.certify_days=40"))
    told = [changed.given(world).told_before_percent for world in changed.worlds]
    days = [changed.given(world).certify_days for world in changed.worlds]
    assert told == [5, 5, 5, 5]
    assert days == [21, 21, 40, 21]
    fact = changed.facts["told_before_percent"]
    assert (fact.kind, fact.date) == ("assumed", None)
    assert fact.says == story.facts["told_before_percent"].says


def test_the_later_setting_wins() -> None:
    changed = read_story(NAME, None, ("B.notice_fen=1", "notice_fen=2", "D.notice_fen=3"))
    assert [changed.given(world).notice_fen for world in changed.worlds] == [2, 2, 2, 3]


def test_a_file_is_laid_over_the_story(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    changed = read_story(NAME, own, ())
    fact = changed.facts["quiet_offices"]
    assert (fact.value, fact.source, fact.date) == (40, Text("我们", "us"), date(2026, 11, 23))
    assert changed.facts["stops_on"].value == date(2021, 12, 31)


def test_a_file_may_add_a_world(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    world = '[worlds.E]\ntitle = {zh = "戊", en = "fifth"}\nidea = {zh = "另一种", en = "other"}\n'
    own.write_text(world, encoding="utf-8")
    added = read_story(NAME, own, ("E.spare_state=certified",)).worlds[-1]
    assert (added.key, added.title.en) == ("E", "fifth")
    assert added.facts["spare_state"].value == "certified"


_FACT = (
    "\n[facts.quiet_offices]\nvalue = {value}\nkind = {kind}\nsource = {source}\ndate = {date}\n"
)


def _fact(value: str = "3", kind: str = '"assumed"', source: str = '"ours"',
          dated: str = "2026-01-01") -> str:  # fmt: skip
    return _FACT.format(value=value, kind=kind, source=source, date=dated)


@pytest.mark.parametrize(
    ("code", "content", "settings"),
    [
        ("no-toml", "[facts", ()),
        ("no-toml", b"\xff\xfe", ()),
        ("no-section", "[fcats]", ()),
        ("no-table", "facts = 3", ()),
        ("no-table", "[facts]\nquiet_offices = 3", ()),
        ("no-sentence", '[worlds.E]\ntitle = {zh = "戊"}\nidea = {zh = "一", en = "one"}', ()),
        ("no-sentence", '[sources.us]\nzh = "我们"', ()),
        ("no-field", _fact() + "note = 1", ()),
        ("no-field", "[worlds.A]\nmood = 1", ()),
        ("field-missing", "[facts.quiet_offices]\nvalue = 3", ()),
        ("no-kind", _fact(kind='"guessed"'), ()),
        ("no-kind", _fact(kind="[1]"), ()),
        ("no-date", _fact(dated='"2026-01-01"'), ()),
        ("no-date", _fact(dated="2026-01-01T00:00:00"), ()),
        ("no-source", _fact(source='"them"'), ()),
        ("no-setting", "", ("quiet_offices",)),
        ("no-fact", "", ("quiet_ofices=3",)),
        ("no-fact", "", ("Z.quiet_offices=3",)),
        ("no-fact", '[facts.mood]\nzh = "一"\nen = "one"\n' + _fact().split("]\n")[1], ()),
        ("fact-missing", "", ("way.c=aggregator",)),
        ("want-date", "", ("stops_on=31-12-2021",)),
        ("want-date", "", ("stops_on=2022-02-30",)),
        ("want-word", "", ("spare_state=hot",)),
        ("want-word", _fact().replace("quiet_offices", "spare_state"), ()),
        ("want-number", "", ("quiet_offices=２５",)),
        ("want-number", _fact(value="true"), ()),
        ("want-number", _fact(value="2.5"), ()),
        ("out-of-bounds", "", ("told_before_percent=101",)),
        ("out-of-bounds", _fact(value="-1"), ()),
        ("no-chain", '[channels.x]\nzh = "丙"\nen = "x"\n', ("way.x=own", "outlets.x=1")),
        ("no-outlets", "", tuple(f"outlets.{code}=0" for code in ("post", *"abcde"))),
        ("window", "", ("last_day=2021-12-01",)),
        ("window", "", ("last_day=2023-12-01",)),
        ("outside", "", ("stops_on=2021-12-24",)),
        ("outside", "", ("quiet_leave_on=2022-12-24",)),
        ("order", "", ("returns_on.a=2021-12-30",)),
        ("order", "", ("quiet_return_on=2021-12-30",)),
        ("no-share", "", ("fee_share_agent=0", "fee_share_operator=0", "fee_share_route=0")),
        ("too-many", "", ("quiet_offices=505",)),
    ],
)
def test_what_is_wrong_is_told_in_both_languages(
    tmp_path: Path, code: str, content: str, settings: tuple[str, ...]
) -> None:
    zh, en = (_shape(words) for words in (FAULTS[code].zh, FAULTS[code].en))
    faults = _faults(tmp_path, content, *settings)
    assert any(_fits(zh, fault.zh) and _fits(en, fault.en) for fault in faults), faults


def _shape(words: str) -> list[str]:
    """The fixed parts of a sentence."""
    return [part.split("}")[-1] for part in words.split("{")]


def _fits(parts: list[str], said: str) -> bool:
    at = 0
    for part in parts:
        at = said.find(part, at)
        if at < 0:
            return False
    return True


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    content = _fact(value='"many"', kind='"guessed"', source='"them"', dated="1")
    faults = _faults(tmp_path, content, "told_before_percent=900", "mood=3")
    assert [fault.en for fault in faults] == [
        "quiet_offices: no kind guessed; there are: reported, derived, assumed",
        "quiet_offices: its date is no date",
        "quiet_offices: them is not among the sources",
        "there is no fact mood; near it: —",
        "quiet_offices must be a whole number, not many",
        "told_before_percent must lie between 0 and 100, not 900",
    ]


def test_a_story_without_a_world_is_none(story: Story) -> None:
    """The shipped file has worlds; what reads it says so where a file has none."""
    from cashlane.trial.replay.reading import _Reader

    _, faults = _Reader().read("empty", [{}], ())
    assert FAULTS["no-world"] in faults
    assert story.worlds


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadStoryError, match="cannot read"):
        read_story(NAME, tmp_path / "none.toml", ())
    long = b"#" * (FILE_MOST_BYTES + 1)
    (fault,) = _faults(tmp_path, long)
    assert "longer than" in fault.en
    with pytest.raises(BadStoryError, match=f"there are: {NAME}"):
        read_story("london", None, ())
    assert stories() == [NAME]


def test_every_fault_is_tested() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    elsewhere = {"no-file", "long-file", "no-story", "no-world", "no-folder"}
    assert all(f'"{code}"' in text for code in set(FAULTS) - elsewhere)
