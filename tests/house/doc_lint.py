"""Reads the documents: links that lead somewhere, commands that are run or say why not."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from docs.making.limits import Limit
from msgspec import Struct

from tests.house.verdict import Finding, Rule

RULES = {
    "links": Rule(
        "a link that leads nowhere costs each reader a search",
        "correct the path or the heading; a heading's anchor is its words in small letters",
    ),
    "commands": Rule(
        "a command in a document is believed and typed: it is run by the tests or says why not",
        "mark the fence ```bash runnable (or ```console runnable), or ```bash not-run: <reason>",
    ),
    "limit-reasoned": Rule(
        "a bound whose reason nobody knows is raised by the first who meets it, or never",
        "write its reason as a string below the constant: what is beyond it, or who is waiting",
    ),
    "limit-used": Rule(
        "a bound that nothing asks about is read as one that holds",
        "use the constant where the bound is checked, or delete it",
    ),
    "dependency-decided": Rule(
        "what is installed is trusted with the cash: why it is there and under which licence is"
        " decided, not drifted into",
        "give it a line in docs/DECISIONS.md: why, licence, who keeps it; or take it out",
    ),
    "made-anew": Rule(
        "a generated page that is behind the code it is made from is wrong, and looks right",
        "run ./do figures and commit what changed",
    ),
}

_FENCE = re.compile(
    r"^ {0,3}```(?P<info>[^\n`]*)\n(?P<body>.*?)^ {0,3}```\s*$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"(?<!\\)\[(?:[^\]\\]|\\.)*\]\((?P<to>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


class Block(Struct, frozen=True):
    """A fenced block of commands: where it stands, its language, its marks and its lines."""

    path: str
    line: int
    language: str
    marks: str
    body: str


def command_blocks(pages: Mapping[str, str]) -> Iterator[Block]:
    """All fenced bash and console blocks of pages (text by path)."""
    for path, text in sorted(pages.items()):
        for found in _FENCE.finditer(text):
            language, _, marks = found["info"].strip().partition(" ")
            if language in {"bash", "console", "sh", "shell"}:
                line = text.count("\n", 0, found.start()) + 1
                yield Block(path, line, language, marks.strip(), found["body"])


def runnable_blocks(pages: Mapping[str, str]) -> list[Block]:
    """The blocks that a test runs."""
    return [block for block in command_blocks(pages) if block.marks == "runnable"]


def command_findings(pages: Mapping[str, str]) -> Iterator[Finding]:
    """Command blocks that say neither that they run nor why they do not."""
    for block in command_blocks(pages):
        where = f"the block at line {block.line}"
        if block.language not in {"bash", "console"}:
            yield Finding("commands", block.path, f"{where} is {block.language}: write bash")
        elif block.marks != "runnable" and not re.fullmatch(r"not-run: \S.{9,}", block.marks):
            yield Finding("commands", block.path, f"{where} is marked {block.marks!r}")


def link_findings(pages: Mapping[str, str], files: Collection[str]) -> Iterator[Finding]:
    """Relative links of pages that lead to no file or heading of the repository."""
    folders = {parent.as_posix() for file in files for parent in PurePosixPath(file).parents}
    for path, text in sorted(pages.items()):
        for found in _LINK.finditer(_FENCE.sub("", text)):
            said = _leads(path, found["to"], pages, files, folders)
            if said:
                yield Finding("links", path, said)


def _leads(
    path: str, to: str, pages: Mapping[str, str], files: Collection[str], folders: Collection[str]
) -> str:
    if re.match(r"[a-z]+:", to):
        return ""
    target, _, anchor = to.partition("#")
    page = _join(PurePosixPath(path).parent, target) if target else path
    if page not in files and page not in folders:
        return f"{to}: there is no {page}"
    if anchor and page in pages and anchor not in anchors(pages[page]):
        return f"{to}: {page} has no such heading"
    return ""


def _join(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    plain = _FENCE.sub("", text)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(plain)
    } | set(re.findall(r'<a (?:id|name)="([^"]+)"', plain))


def limit_findings(limits: Iterable[Limit], source: Mapping[str, str]) -> Iterator[Finding]:
    """Constants that bound something and do not say why, or bound nothing after all."""
    words = Counter(word for text in source.values() for word in re.findall(r"\w+", text))
    for limit in limits:
        if words[limit.name] < 2:
            yield Finding("limit-used", f"{limit.file}:{limit.name}", "nothing uses it")
        if not limit.reason:
            yield Finding("limit-reasoned", f"{limit.file}:{limit.name}", "says no reason")


def dependency_findings(wanted: Iterable[str], decisions: str) -> Iterator[Finding]:
    """Requirements without a line in the table of decisions, and lines without a requirement."""
    names = {re.split(r"[\[<>=! ;]", one)[0] for one in wanted}
    told = set(re.findall(r"^\| ([a-z0-9-]+) \|", decisions, re.MULTILINE))
    for name in sorted(names - told):
        yield Finding("dependency-decided", name, "has no line in docs/DECISIONS.md")
    for name in sorted(told - names):
        yield Finding("dependency-decided", name, "has a line and is no dependency any more")


def made_findings(made: Mapping[str, str], kept: Mapping[str, str]) -> Iterator[Finding]:
    """Generated pages that are not what the generator makes now."""
    for path, text in sorted(made.items()):
        if path not in kept:
            yield Finding("made-anew", path, "is missing")
        elif kept[path] != text:
            yield Finding("made-anew", path, "is not what its generator makes now")
