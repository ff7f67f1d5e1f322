"""Reads the named statements and the Python beside them, and says where they break the rules.

Reading is by words, not by a full grammar: comments and quoted text are blanked first, so that
a word in a sentence is not taken for SQL.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from tests.house.tables import MONEY
from tests.house.verdict import Finding, Rule

WRITER = "record.sql"
"""The one file that writes money."""

RULES = {
    "purpose": Rule(
        "a statement is read more often than run, and its name is too short to say why it is there",
        "open it, under its `-- name:` line, with one comment sentence: a capital, a full stop",
    ),
    "statement-used": Rule(
        "dead SQL is migrated, reviewed and trusted for nothing; a wrong name fails at the counter",
        "call it from the Python file that loads it, or delete it",
    ),
    "ordered-locks": Rule(
        "two writers that lock the same rows in different orders wait for each other for ever",
        "put ORDER BY with the rows' key before FOR UPDATE, in the same SELECT",
    ),
    "no-waiting-words": Rule(
        "LISTEN, advisory locks and sequences live on one server and are lost with it; OFFSET reads"
        " what it throws away",
        "leave an errand and lease it; make ids in Python; page by the last key seen",
    ),
    "plain-money": Rule(
        "MERGE, GROUPING SETS, recursion and row-by-row loops are what a spread database cannot"
        " divide by bucket",
        "write one set-based INSERT, UPDATE or DELETE per table family",
    ),
    "whole-sets": Rule(
        "a statement on one row costs a round trip each; batches are what carries the load",
        "take the rows as arrays (unnest) or as JSON (json_to_recordset): one is a batch of one",
    ),
    "errands-by-lease": Rule(
        "rows commit in another order than their ids: `id > last` passes over work for ever",
        "lease by due_at with SKIP LOCKED, as errands.sql does",
    ),
    "one-writer": Rule(
        "what is written in one place can be understood, checked and changed in one place",
        "move the INSERT, UPDATE or DELETE into the file that owns the table",
    ),
    "money-writer": Rule(
        "balanced postings, the open day and the outlet's agent are checked in one function; a"
        " second writer goes past the checks",
        "hand the rows to store.record()",
    ),
    "one-record-call": Rule(
        "the batch's digest is made where record_v3 is called: a second caller would not have it",
        "call store.record()",
    ),
    "sql-at-home": Rule(
        "SQL spread over the rooms cannot be linted, moved or granted for",
        "name the statement in store/*.sql and give it a method in the .py beside it",
    ),
    "frozen-copy": Rule(
        "migrations run the frozen copy; what is tested and reviewed is store/record.sql",
        "copy record.sql over it (before its first release), or write record_v4 and a migration",
    ),
    "migrations-whole": Rule(
        "the schema is the sum of the migrations, run in one line and by nothing else",
        "let exactly one versions/*.py run the file, with the earlier revision below it",
    ),
}
"""The rules of the statements, in the order in which they are told."""

_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)
_BLANK = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_WRITES = re.compile(
    r"(?i)\b(?:(?:INSERT|MERGE)\s+INTO|DELETE\s+FROM)\s+(\w+)|\bUPDATE\s+(?!SET\b|OF\b)(\w+)"
)
_READS = re.compile(r"(?i)\b(?:FROM|JOIN)\s+(?!LATERAL\b)(\w+)\b(?!\s*\()")
_SQL_TEXT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\("
    r"|(CREATE|ALTER|DROP)\s+(TABLE|ROLE|DATABASE|INDEX|SCHEMA|POLICY|FUNCTION|VIEW|\{)"
    r"|GRANT\s|REVOKE\s|TRUNCATE\s|SET\s+\w+\s*=|(UN)?LISTEN\s|NOTIFY\s|COPY\s+\w+\s)"
)


class Statement(Struct, frozen=True):
    """One named statement; `text` is what follows its name, `code` the same without words."""

    file: str
    name: str
    text: str

    @property
    def subject(self) -> str:
        """How findings and exceptions call it."""
        return f"{self.file}:{self.name}"

    @property
    def code(self) -> str:
        """The text with comments and quoted words blanked."""
        return blank(self.text)


def blank(text: str) -> str:
    """SQL without comments and quoted words."""
    return _BLANK.sub(" ", text)


def named(file: str, text: str) -> list[Statement]:
    """The named statements of a .sql file; a file without names is one statement of its stem."""
    _, *parts = _NAME.split(text)
    if not parts:
        return [Statement(file, file.removesuffix(".sql"), text)]
    return [Statement(file, *pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def written(code: str) -> set[str]:
    """The tables that blanked SQL inserts into, updates or deletes from."""
    without_locks = re.sub(r"(?i)\bFOR\s+(NO\s+KEY\s+)?UPDATE\b|\bDO\s+UPDATE\b", " ", code)
    return {(a or b).lower() for a, b in _WRITES.findall(without_locks)}


def read(code: str) -> set[str]:
    """The tables that blanked SQL reads (and names of its own, such as CTEs)."""
    without_deletes = re.sub(r"(?i)\bDELETE\s+FROM\b", " ", code)
    return {name.lower() for name in _READS.findall(without_deletes)}


def statement_findings(found: Iterable[Statement], python: Mapping[str, str]) -> Iterator[Finding]:
    """All that is wrong with the statements; `python` is text by path."""
    each = list(found)
    for one in each:
        yield from _purpose(one)
        yield from _unordered_locks(one)
        yield from _waiting_words(one)
        if written(one.code) & MONEY or read(one.code) & MONEY:
            yield from _plain_money(one)
        if one.file != WRITER:
            yield from _whole_sets(one)
    yield from _unused(each, python)
    yield from _writers(each)


def _purpose(one: Statement) -> Iterator[Finding]:
    if one.file == WRITER:
        return
    said = re.match(r"\s*((?:--[^\n]*\n)+)", one.text)
    sentence = " ".join(re.findall(r"--\s?(.*)", said[1])) if said else ""
    if not re.fullmatch(r"[A-Z].*\.", sentence):
        yield Finding("purpose", one.subject, f"says {sentence!r}" if sentence else "says nothing")


def _unordered_locks(one: Statement) -> Iterator[Finding]:
    for at in re.finditer(r"(?i)\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", one.code):
        if not re.search(r"(?i)\bORDER\s+BY\b", same_level(one.code[: at.start()])):
            yield Finding("ordered-locks", one.subject, "locks rows in no order")


def same_level(before: str) -> str:
    """The end of a text that belongs to the innermost bracket still open, without inner ones."""
    kept, depth = [], 0
    for letter in reversed(before):
        depth += (letter == ")") - (letter == "(")
        if depth < 0:
            break
        if depth == 0:
            kept.append(letter)
    return "".join(reversed(kept))


def _waiting_words(one: Statement) -> Iterator[Finding]:
    words = r"\b(?:LISTEN|NOTIFY|PG_NOTIFY|NEXTVAL|SETVAL|OFFSET|PG_(?:TRY_)?ADVISORY\w*)\b"
    for word in re.findall(words, one.code.upper()):
        yield Finding("no-waiting-words", one.subject, f"uses {word}")
    if "errands" in read(one.code) and re.search(r"(?i)\bid\s*>(?!=?\s*ANY)", one.code):
        yield Finding("errands-by-lease", one.subject, "compares ids of errands")


def _plain_money(one: Statement) -> Iterator[Finding]:
    words = r"\b(?:MERGE|GROUPING\s+SETS|ROLLUP|CUBE|WITH\s+RECURSIVE|LOOP|CURSOR)\b"
    for word in re.findall(words, one.code.upper()):
        yield Finding("plain-money", one.subject, f"uses {word}")


def _whole_sets(one: Statement) -> Iterator[Finding]:
    sets = re.search(r"(?i)\b(?:jsonb?_to_recordset|unnest|INSERT\s+INTO[^;]*\bSELECT)\b", one.code)
    for table in sorted(written(one.code) & MONEY):
        if not sets:
            yield Finding("whole-sets", one.subject, f"writes one row of {table}")


def _unused(each: Iterable[Statement], python: Mapping[str, str]) -> Iterator[Finding]:
    """Statements nobody names. A file that asks by a variable is named by anybody above it."""
    loading = {
        path: set(re.findall(r'statements\("([\w.]+)"\)', text)) for path, text in python.items()
    }
    for one in each:
        homes = [path for path, files in loading.items() if one.file in files]
        wide = any("[name]" in python[home] for home in homes)
        words = {word for path in (python if wide else homes) for word in _strings(python[path])}
        if one.file != WRITER and one.name not in words:
            yield Finding("statement-used", one.subject, "no Python asks for it")
    for path, files in loading.items():
        names = {one.name for one in each if one.file in files}
        for name in re.findall(r'_SQL\["(\w+)"\]', python[path]):
            if name not in names:
                yield Finding("statement-used", path, f"asks for {name}, which no file names")


@cache
def _strings(text: str) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _writers(each: Iterable[Statement]) -> Iterator[Finding]:
    files: dict[str, set[str]] = {}
    for one in each:
        for table in written(one.code):
            files.setdefault(table, set()).add(one.file)
        if one.file != WRITER and "record_v3" in one.code and one.subject != "payments.sql:record":
            yield Finding("one-record-call", one.subject, "calls record_v3")
    for table, where in sorted(files.items()):
        if table in MONEY:
            for file in sorted(where - {WRITER}):
                yield Finding("money-writer", f"{file}:{table}", f"{file} writes {table}")
        elif len(where) > 1:
            yield Finding("one-writer", table, f"is written in {', '.join(sorted(where))}")


def python_findings(sources: Mapping[Path, str]) -> Iterator[Finding]:
    """SQL text in Python, by the room (or the file of store and main) that it stands in."""
    for path, text in sorted(sources.items()):
        lines = [
            node.lineno
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL_TEXT.match(node.value)
        ]
        if lines:
            room = path.parts[0]
            subject = path.as_posix() if room == "store" or len(path.parts) == 1 else room
            where = f"{path.as_posix()}:{', '.join(map(str, sorted(lines)))}"
            yield Finding("sql-at-home", subject, f"SQL text at {where}")


def migration_findings(
    record: str, frozen: str, files: Iterable[str], versions: Mapping[str, str]
) -> Iterator[Finding]:
    """The writer against its frozen copy, and the files against the revisions that run them."""
    if record != frozen:
        yield Finding("frozen-copy", "record_v3.sql", "is not the text of store/record.sql")
    runs = {name: _strings(text) for name, text in versions.items()}
    for file in sorted(files):
        times = sum(file in words for words in runs.values())
        if times != 1:
            yield Finding("migrations-whole", file, f"is run by {times} revisions")
    below = [_below(text) for text in versions.values()]
    for parent in sorted({str(one) for one in below if below.count(one) > 1}):
        yield Finding("migrations-whole", parent, "two revisions stand on it")


def _below(text: str) -> str | None:
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "down_revision":
            value = ast.literal_eval(node.value)
            return value if value is None else str(value)
    return None
