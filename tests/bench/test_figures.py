"""Pages and pictures of figures: whole XML, the latest lines, nothing that was not measured."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench.__main__ import FIGURES
from bench.finding import OURS, THEIRS, Log, Profile, Run, keep_profile, kept_profile
from bench.phases import Phase
from bench.results import Figure
from docs.making import speed
from docs.making.speed import bar_of, latest, made_of, number

from bench import coverage, finding, outlets

MADE = {"date": "2022-01-14", "machine": "2 cores", "commit": "abc", "command": "./do bench"}


def _figure(name: str, value: float, *, bar: str, yardstick: str) -> Figure:
    return Figure(figure=name, value=value, unit="ms", ratio=1.5, yardstick=yardstick, iqr=0.2,
                  bar=bar, holds=True, **MADE)  # fmt: skip


FOUND = [
    _figure("new_one", 3, bar="all of it <fast>", yardstick=""),
    _figure("pay_single", 10, bar=">= 1 x tpcb", yardstick="tpcb"),
    _figure("pay_single", 12_345, bar=">= 1 x tpcb", yardstick="tpcb"),
]
LOG = Log(bytes_each=3000, images_each=0.5, fsyncs_per_s=40, each_commit=60)
PROFILE = Profile(
    **MADE, cores=2, seconds=20,
    payment=Run(5000, dict.fromkeys(OURS, 10.0), idle_percent=1, others_percent=2), payment_log=LOG,
    hundred=Run(10_000, dict.fromkeys(OURS, 5.0), idle_percent=1, others_percent=2),
    hundred_log=LOG,
    tpcb=Run(1600, dict.fromkeys(THEIRS, 120.0), idle_percent=1, others_percent=2), tpcb_log=LOG,
    phases={"load": Phase(2, 1)}, hundred_phases={"load": Phase(1, 1)}, samples=900,
    heaviest={"cashlane/core/decide.py decide": 9.0}, kernel_us=25,
)  # fmt: skip


def test_every_figure_and_part_has_its_words_in_both_languages() -> None:
    measured = {*FIGURES, *outlets.FIGURES, *coverage.FIGURES}
    assert measured == set(speed.FIGURES), "give the figure its words in docs/making/speed.py"
    assert {*OURS, *THEIRS} == set(speed.PARTS)


def test_a_profile_is_read_again_as_it_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FILE", tmp_path / "profile.json")
    assert kept_profile() is None
    keep_profile(PROFILE)
    assert kept_profile() == PROFILE


def test_the_latest_line_of_each_figure_is_shown() -> None:
    assert [(one.figure, one.value) for one in latest(FOUND)] == [
        ("pay_single", 12_345), ("new_one", 3),
    ]  # fmt: skip


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    made = made_of([], None)
    assert set(made) == {"docs/operate/figures.md", "docs/operate/figures.zh.md"}
    assert "Nothing has been measured yet." in made["docs/operate/figures.md"]


def test_pages_show_what_was_measured_and_by_which_command() -> None:
    made = made_of(latest(FOUND), PROFILE)
    assert len(made) == 6
    for path, text in made.items():
        if path.endswith(".svg"):
            ElementTree.fromstring(text)
        else:
            assert "12,345" in text
            assert "`./do bench`" in text
    assert "A payment takes 0.54 times a TPC-B" in made["docs/operate/figures.md"]
    assert "A hundred a request: 65 µs each" in made["docs/operate/figures.md"]


def test_a_figure_without_a_bar_is_not_said_to_hold() -> None:
    made = made_of([_figure("visit", 300, bar="", yardstick="pay_single")], None)
    row = next(line for line in made["docs/operate/figures.md"].splitlines() if "300 ms" in line)
    assert "holds" not in row
    assert "MISSED" not in row
    assert "pays one by one" in row


@pytest.mark.parametrize(("bar", "wanted"), [
    (">= 0.9 x pay_single", 0.9), ("<= 1500", 1500), ("p99 <= 60 ms, 0 errors", 60),
    ("refused within 100 ms", None), ("", None),
])  # fmt: skip
def test_a_bar_is_read_where_it_is_a_number(bar: str, wanted: float | None) -> None:
    assert bar_of(_figure("x", 1, bar=bar, yardstick="")) == wanted


def test_numbers_are_for_people() -> None:
    said = [number(value) for value in (0, 0.123456, 12.3, 999.9, 12_345.6)]
    assert said == ["0", "0.1235", "12.3", "999.9", "12,346"]
