"""The document gate: links lead somewhere, commands run or say why not, made pages are fresh."""

import tomllib

from docs.generate import made
from docs.making.limits import limits, limits_of

from tests.house import repository
from tests.house.doc_lint import (
    RULES,
    anchors,
    command_findings,
    dependency_findings,
    limit_findings,
    link_findings,
    made_findings,
    runnable_blocks,
)
from tests.house.verdict import ROOT, SOURCE, hold


def _wanted() -> list[str]:
    project = tomllib.loads(repository.texts()["pyproject.toml"])["project"]
    more = project["optional-dependencies"].values()
    return [*project["dependencies"], *(one for group in more for one in group)]


def test_documents_hold_what_they_say() -> None:
    pages = repository.pages()
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()}
    hold(
        RULES,
        [
            *link_findings(pages, files),
            *command_findings(pages),
            *limit_findings(limits(SOURCE), repository.source()),
            *dependency_findings(_wanted(), pages["docs/DECISIONS.md"]),
            *made_findings(made(ROOT), repository.texts()),
        ],
    )


def test_links_that_lead_nowhere_are_named() -> None:
    pages = {
        "docs/a.md": "[x](b.md) [y](gone.md) [z](b.md#not) [u](#top) [v](../README.md#the-way)\n"
        "# Top\n[w](https://example.org/) ![p](pictures/p.svg)\n```\n[q](not/a/link.md)\n```\n",
        "docs/b.md": "# B",
        "README.md": "## The way!",
    }
    said = [found.said for found in link_findings(pages, {*pages, "docs/pictures/p.svg"})]
    assert said == [
        "gone.md: there is no docs/gone.md",
        "b.md#not: docs/b.md has no such heading",
    ]


def test_anchors_are_made_as_readers_see_them() -> None:
    assert anchors("# What's `this`, now?\n## 缴费 state") == {"whats-this-now", "缴费-state"}


def test_unmarked_commands_are_named() -> None:
    page = "```bash\n./do demo\n```\n```bash not-run: needs two machines\nx\n```\n```sh\ny\n```\n"
    said = [found.said for found in command_findings({"a.md": page})]
    assert said == ["the block at line 1 is marked ''", "the block at line 7 is sh: write bash"]


def test_runnable_commands_are_collected() -> None:
    page = "# A\n\n```console runnable\n$ cashlane --help\n```\n```python\nx\n```\n"
    (block,) = runnable_blocks({"a.md": page})
    assert (block.line, block.body) == (3, "$ cashlane --help\n")


def test_a_limit_without_its_reason_or_use_is_named() -> None:
    text = 'ROWS_MOST = 5\nTRIES = 1 << 2\n"""Four."""\nrows_most = 6\nWAIT_S = (1, 2)\n'
    found = list(limits_of("a.py", text))
    assert [(one.name, one.value, one.reason) for one in found] == [
        ("ROWS_MOST", "5", ""),
        ("TRIES", "4", "Four."),
        ("WAIT_S", "1, 2", ""),
    ]
    findings = limit_findings(found, {"a.py": text, "b.py": "sleep(WAIT_S); ROWS_MOST"})
    assert [(one.rule, one.subject) for one in findings] == [
        ("limit-reasoned", "a.py:ROWS_MOST"),
        ("limit-used", "a.py:TRIES"),
        ("limit-reasoned", "a.py:WAIT_S"),
    ]


def test_a_dependency_nobody_decided_is_named() -> None:
    decisions = "| Package | Why |\n| psycopg | the driver |\n| old-one | gone |\n"
    found = dependency_findings(["psycopg[binary]>=3.3", "new>=1"], decisions)
    assert [one.subject for one in found] == ["new", "old-one"]


def test_a_made_page_behind_its_source_is_named() -> None:
    made_now = {"docs/A.md": "new", "docs/B.md": "b", "docs/C.md": "c"}
    said = [one.subject for one in made_findings(made_now, {"docs/A.md": "old", "docs/B.md": "b"})]
    assert said == ["docs/A.md", "docs/C.md"]
