"""How findings are judged: exceptions let through, unused ones told, reasons always given."""

from tests.house import (
    adapter_lint,
    doc_lint,
    purity,
    refusal_lint,
    schema_lint,
    sizes,
    statement_lint,
    text_lint,
)
from tests.house.verdict import Finding, Rule, exceptions, judge

_GATES = (
    schema_lint, statement_lint, purity, sizes, refusal_lint, text_lint, adapter_lint, doc_lint,
)  # fmt: skip
_RULES = {"tidy": Rule("mess hides things", "tidy up")}


def test_every_exception_is_of_a_rule_and_has_its_reason() -> None:
    rules = {rule for gate in _GATES for rule in gate.RULES}
    assert len(rules) == sum(len(gate.RULES) for gate in _GATES), "two rules of one name"
    for rule, subjects in exceptions().items():
        assert rule in rules, f"exceptions.toml speaks of {rule}, which is no rule"
        for subject, reason in subjects.items():
            assert len(reason) >= 20, f"{rule}: {subject} needs its reason"


def test_every_rule_says_why_and_the_way_out() -> None:
    for gate in _GATES:
        for name, rule in gate.RULES.items():
            assert len(rule.why) > 20, name
            assert len(rule.way_out) > 10, name


def test_a_finding_is_told_with_its_reason_and_the_way_out() -> None:
    said = judge(_RULES, [Finding("tidy", "desk", "is full")], {})
    assert said == "tidy\n  desk: is full\n  why: mess hides things\n  way out: tidy up"


def test_an_exception_lets_its_finding_through() -> None:
    assert judge(_RULES, [Finding("tidy", "desk", "is full")], {"tidy": {"desk": "in use"}}) == ""


def test_an_exception_that_covers_nothing_is_told() -> None:
    said = judge(_RULES, [], {"tidy": {"desk": "in use"}, "other": {"x": "elsewhere"}})
    assert "desk: this exception covers nothing any more" in said
    assert "other" not in said
