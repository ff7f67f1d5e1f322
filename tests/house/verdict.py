"""Findings, the rules they break, and the one file of exceptions.

A gate names its rules with their reasons, looks, and hands its findings here. What an exception
covers is let through; an exception that covers nothing is itself a finding.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from msgspec import Struct

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cashlane"
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")


class Rule(Struct, frozen=True):
    """Why a rule exists, and what to do where it is broken."""

    why: str
    way_out: str


class Finding(Struct, frozen=True):
    """A broken rule: `subject` names the thing (and its exception), `said` what is wrong."""

    rule: str
    subject: str
    said: str


Rules = Mapping[str, Rule]
Exceptions = Mapping[str, Mapping[str, str]]


def exceptions() -> Exceptions:
    """All exceptions: by rule, then by subject, the reason."""
    return tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))


def judge(rules: Rules, findings: Iterable[Finding], granted: Exceptions) -> str:
    """What must be said about a gate's findings; empty where all is well."""
    found = list(findings)
    assert {finding.rule for finding in found} <= set(rules), "a finding without its rule"
    open_ = [one for one in found if one.subject not in granted.get(one.rule, {})]
    covered = {(one.rule, one.subject) for one in found}
    unused = [
        Finding(rule, subject, "this exception covers nothing any more; delete its line")
        for rule in rules
        for subject in granted.get(rule, {})
        if (rule, subject) not in covered
    ]
    return "\n".join(_told(rules, rule, open_, unused) for rule in rules).strip()


def hold(rules: Rules, findings: Iterable[Finding]) -> None:
    """Fail the running test with all that is wrong, why it matters, and the way out."""
    said = judge(rules, findings, exceptions())
    if said:
        pytest.fail(
            f"{said}\n\nA rule that cannot hold somewhere: a line with its reason in {_here()}.",
            pytrace=False,
        )


def _told(rules: Rules, rule: str, open_: Sequence[Finding], unused: Sequence[Finding]) -> str:
    mine = [one for one in (*open_, *unused) if one.rule == rule]
    if not mine:
        return ""
    lines = "\n".join(f"  {one.subject}: {one.said}" for one in mine)
    return f"\n{rule}\n{lines}\n  why: {rules[rule].why}\n  way out: {rules[rule].way_out}\n"


def _here() -> str:
    return EXCEPTIONS.relative_to(ROOT).as_posix()
