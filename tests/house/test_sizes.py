"""The size gate: short functions, short files, names that name something."""

import pytest

from tests.house import repository
from tests.house.sizes import RULES, size_findings
from tests.house.verdict import hold


def test_functions_and_files_fit_the_eye() -> None:
    hold(RULES, size_findings(repository.source()))


def _function(lines: int, head: str = "") -> str:
    return f"{head}def odd():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("sources", "subject"),
    [
        ({"a.py": _function(61) + _function(2) * 9}, "a.py:odd"),
        ({"a.py": _function(11)}, "all functions"),
        ({"a.py": _function(31) * 2 + _function(2) * 9}, "all functions"),
        ({"a.py": "x = 1\n" * 601, "b.py": "x = 1\n" * 9, "c.py": "x = 1\n" * 9}, "a.py"),
        ({"a.py": "x = 1\n" * 151}, "all files"),
        ({"switch/utils.py": ""}, "switch/utils.py"),
        ({"common/name.py": ""}, "common/name.py"),
    ],
)
def test_what_is_too_long_or_named_after_nothing_is_named(
    sources: dict[str, str], subject: str
) -> None:
    assert [found.subject for found in size_findings(sources)] == [subject]


def test_a_long_function_may_say_why() -> None:
    text = _function(61, "# long: a table of the city's tariffs\n") + _function(2) * 9
    assert not list(size_findings({"a.py": text}))
