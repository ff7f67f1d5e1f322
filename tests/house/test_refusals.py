"""The refusal gate: each entry of the catalogue is produced, tested and worded twice."""

import pytest

from cashlane.core.refusals import CATALOGUE, Refusal
from cashlane.values.text import Text
from tests.house import repository
from tests.house.refusal_lint import RULES, refusal_findings
from tests.house.verdict import hold


def test_every_refusal_is_produced_tested_and_worded() -> None:
    source = {
        path: text
        for path, text in repository.source().items()
        if path != "core/refusals.py" and not path.startswith(("trial/", "world/"))
    }
    met = {path: text for path, text in repository.tests().items() if "refus" in text.lower()}
    met |= repository.folder("tests/rolls", ".roll")
    hold(RULES, refusal_findings(CATALOGUE, source, met))


_FINE = Text("缺 {what}。", "No {what}.")


@pytest.mark.parametrize(
    ("source", "tests", "sentence", "rule"),
    [
        ("", "'ODD'", _FINE, "refusal-produced"),
        ("'ODD'", "# ODD", _FINE, "refusal-tested"),
        ("'ODD'", "'ODD'", Text(" ", "No."), "refusal-worded"),
        ("'ODD'", "'ODD'", Text("缺。", "No {what}."), "refusal-worded"),
    ],
)
def test_an_offending_refusal_is_named(source: str, tests: str, sentence: Text, rule: str) -> None:
    entry = Refusal(1, "ODD", 409, False, True, "not_taken", sentence)
    (found,) = refusal_findings({"ODD": entry}, {"a.py": source}, {"t.py": tests})
    assert found.rule == rule
