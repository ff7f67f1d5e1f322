"""Reads every text file of the repository for what a reader should never meet in it."""

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping

from tests.house.refusal_lint import places
from tests.house.verdict import Finding, Rule

RULES = {
    "finished": Rule(
        "a note to oneself in a released file is a defect that somebody knew about",
        "do it, or write it down where work is planned",
    ),
    "about-the-product": Rule(
        "the files speak of the product to its users: how, with what and from which plans it was"
        " made is not theirs to read",
        "say what the thing does and why; leave its making out",
    ),
    "no-machine": Rule(
        "a path or package host of one machine is wrong on every other one",
        "use a path inside the checkout, a setting, or the reader's own configuration",
    ),
    "no-loose-ends": Rule(
        "blanks at line ends make differences where nothing changed",
        "run ruff format, or set the editor to trim them",
    ),
    "both-languages": Rule(
        "everything a person reads stands in Chinese and English, so that no page forgets one",
        "write both sentences of the Text, with the same {places}",
    ),
}

_NOTES = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
_MAKING = re.compile(
    r"\b(?:coding|development|writing|working|chat)[ -]session\b"
    r"|\b(?:house|engines|stack|payment|trade|trust|features)\.md\b"
    r"|\b(?:work[- ]?tree|later (?:issue|ticket))s?\b",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:work|home|root|Users|mnt|workspace)/\w[\w./-]*"
    r"|\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|proxy\.golang\.org)\b"
    r"|https?://[\w.-]*(?:registry|mirror|artifact|nexus|pypi|npm)[\w.-]*",
    re.IGNORECASE,
)
_TOOL_WORDS = frozenset(
    {
        "c857d09db23e",
        "c70eca6b0f88",
        "3ea125d0bff3",
        "60965168ce76",
        "7d3194f79e64",
        "57de4cf40144",
        "5d72436256ad",
        "053ea4804ef1",
        "fc5a1047f591",
        "ebde709e306b",
        "5792d2981981",
        "5d0c0ab127fd",
        "6f7ac1823da8",
        "67f2d2251462",
        "94a168d2da57",
        "386ebc0efd04",
        "eea82f53ecae",
    }
)
"""Names of writing tools, as digests: a list of them would be a text that names them."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def text_findings(files: Mapping[str, str]) -> Iterator[Finding]:
    """All that should not be in these texts; `files` is text by path."""
    for path, text in sorted(files.items()):
        for number, line in enumerate(text.splitlines(), start=1):
            yield from _line(path, number, line)


def _line(path: str, number: int, line: str) -> Iterator[Finding]:
    if line != line.rstrip() and "/golden/" not in path:
        yield Finding("no-loose-ends", path, f"line {number} ends in blanks")
    for rule, pattern in (("finished", _NOTES), ("about-the-product", _MAKING),
                          ("no-machine", _MACHINE)):  # fmt: skip
        if found := pattern.search(line):
            yield Finding(rule, path, f"line {number}: {found[0]}")
    for word in set(re.findall(r"[a-z]{4,}", line.lower())):
        if digest(word) in _TOOL_WORDS:
            yield Finding("about-the-product", path, f"line {number}: {word}")


def digest(word: str) -> str:
    """How a word is kept that must not be written."""
    return hashlib.sha256(word.encode()).hexdigest()[:12]


def pair_findings(sources: Mapping[str, str]) -> Iterator[Finding]:
    """Text(...) with an empty, untranslated or differently filled sentence."""
    for path, text in sorted(sources.items()):
        if "cashlane.values.text" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text":
                said = _pair(node)
                if said:
                    yield Finding("both-languages", path, f"line {node.lineno}: {said}")


def _pair(node: ast.Call) -> str:
    given = [*node.args, *(word.value for word in node.keywords)]
    sentences = [one.value if isinstance(one, ast.Constant) else None for one in given]
    if len(given) != 2:
        return "not two sentences"
    zh, en = sentences
    if zh == "" or en == "":
        return "a sentence is empty"
    if isinstance(zh, str) and isinstance(en, str):
        if not _CHINESE.search(zh) and re.search(r"[A-Za-z]{4}", zh):
            return f"{zh!r} is not Chinese"
        if _CHINESE.search(en):
            return f"{en!r} is not English"
        if places(zh) != places(en):
            return f"zh fills {places(zh)}, en fills {places(en)}"
    return ""
