"""The text gate: what no reader should meet in any file, and sentences in both languages."""

import pytest

from tests.house import repository, text_lint
from tests.house.text_lint import RULES, digest, pair_findings, text_findings
from tests.house.verdict import hold


def test_files_speak_of_the_product_in_both_languages() -> None:
    hold(RULES, [*text_findings(repository.texts()), *pair_findings(repository.source())])


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("finished", "# TO" "DO: later"),
        ("about-the-product", "as found in a coding session"),
        ("about-the-product", "see engines.md, rule 9"),
        ("no-machine", "cd /work/main"),
        ("no-machine", "(/home/li/cashlane)"),
        ("no-machine", "from https://files.pythonhosted.org/x"),
        ("no-machine", "index-url https://mirror.example.cn/simple"),
        ("no-loose-ends", "x = 1  "),
    ],
)  # fmt: skip
def test_an_offending_line_is_named(rule: str, line: str) -> None:
    (found,) = text_findings({"src/odd.py": line})
    assert found.rule == rule


def test_a_forbidden_name_is_known_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lint, "_TOOL_WORDS", frozenset({digest("goosequill")}))
    (found,) = text_findings({"README.md": "Written with a Goosequill."})
    assert found.rule == "about-the-product"


@pytest.mark.parametrize(
    "line", ["a login session ends", "docs/operate/x.md", "POST /v1/payments", "~/list"]
)
def test_words_of_the_trade_are_left_alone(line: str) -> None:
    assert not list(text_findings({"src/fine.py": line}))


@pytest.mark.parametrize(
    "call",
    [
        "Text('', 'Paid.')",
        "Text('已缴', en='')",
        "Text('Paid in full', 'Paid.')",
        "Text('已缴', '已缴')",
        "Text('缺 {what}', 'No {that}')",
        "Text('已缴')",
    ],
)
def test_a_text_without_its_pair_is_named(call: str) -> None:
    (found,) = pair_findings({"a.py": f"from cashlane.values.text import Text\nx = {call}"})
    assert found.rule == "both-languages"
