"""Holds the catalogue of refusals against the code that produces them and the tests that do."""

import ast
import re
from collections.abc import Iterator, Mapping

from cashlane.core.refusals import Refusal
from tests.house.verdict import Finding, Rule

RULES = {
    "refusal-produced": Rule(
        "a refusal that nothing produces is a promise in the catalogue that integrators code for",
        "produce it where its condition is checked, or take it out of the catalogue",
    ),
    "refusal-tested": Rule(
        "a refusal that no test has ever met may be worded, ordered or stored wrongly",
        "write the test that produces it and names its code",
    ),
    "refusal-worded": Rule(
        "a cashier reads one language: an empty sentence or a place missing in it leaves them"
        " without the way out",
        "write both sentences, with the same {places}",
    ),
}


def refusal_findings(
    catalogue: Mapping[str, Refusal], source: Mapping[str, str], tests: Mapping[str, str]
) -> Iterator[Finding]:
    """All that is wrong; `source` (without the catalogue) and `tests` are text by path.

    A till roll meets a refusal where its last column expects one.
    """
    rolls = "".join(text for path, text in tests.items() if path.endswith(".roll"))
    python = {path: text for path, text in tests.items() if not path.endswith(".roll")}
    produced = literals(source)
    tested = literals(python) | set(re.findall(r"-> refused ([A-Z_]+)$", rolls, re.MULTILINE))
    for code, entry in catalogue.items():
        if code not in produced:
            yield Finding("refusal-produced", code, "no code names it")
        if code not in tested:
            yield Finding("refusal-tested", code, "no test names it")
        yield from _worded(code, entry)


def literals(sources: Mapping[str, str]) -> set[str]:
    """All string literals of Python texts."""
    return {
        node.value
        for text in sources.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def places(sentence: str) -> list[str]:
    """The names of the places that a sentence leaves to be filled."""
    return sorted(set(re.findall(r"\{(\w+)\}", sentence)))


def _worded(code: str, entry: Refusal) -> Iterator[Finding]:
    zh, en = entry.sentence.zh, entry.sentence.en
    if not zh.strip() or not en.strip():
        yield Finding("refusal-worded", code, "a sentence is empty")
    elif places(zh) != places(en):
        yield Finding("refusal-worded", code, f"zh fills {places(zh)}, en fills {places(en)}")
