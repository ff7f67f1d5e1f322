"""Makes REFUSALS.md out of the catalogue, and of the tests that produce its entries."""

import ast
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cashlane.core.refusals import CATALOGUE, Refusal

_HEAD = """\
# Refusals 拒绝目录

Made by `./do figures` from `src/cashlane/core/refusals.py`; not written by hand.
由 `./do figures` 根据源码生成，请勿手工修改。

A refusal is an answer, not an error. It says what is wrong and what to do now, in both languages.
The order is meant: where several hold, the one that stands higher is the answer. The API sends it
as `application/problem+json` with `type` `urn:cashlane:refusal:` and the code in small letters
with hyphens.

拒绝也是一种答复：说明原因和现在该做什么。多项同时成立时，以排在前面的为准。

| Column 栏 | Meaning 含义 |
|---|---|
| again 可重试 | the same request may succeed later, with the same key \
同一请求（同一请求号）稍后可能成功 |
| kept 保存 | decided under the key and answered again for it; otherwise the key stays unused \
按请求号保存并重复答复；否则该请求号仍未使用 |
| cash 现金 | **back**: not taken, give it back · **doubt**: unknown, keep it and ask again with \
the same key · **taken**: it stays where it is · **—**: the answer is about no cash; what was \
known of any before it still holds 退还 · 存疑 · 已收 · 与现金无关 |
"""

_CASH = {"not_taken": "back 退还", "unknown": "doubt 存疑", "taken": "taken 已收", "none": "—"}


def page(tests: Path) -> str:
    """The whole page."""
    met = tests_by_code(tests)
    overview = "\n".join(
        [
            "| № | Code | HTTP | again 可重试 | kept 保存 | cash 现金 |",
            "|--:|---|--:|:-:|:-:|---|",
            *(_line(entry) for entry in CATALOGUE.values()),
        ]
    )
    sentences = "\n".join(_entry(entry, met) for entry in CATALOGUE.values())
    return (
        f"{_HEAD}\n## All in order 总表\n\n{overview}\n\n"
        f"## The sentences, and the tests that produce them 文字与测试\n\n{sentences}"
    )


def _line(entry: Refusal) -> str:
    again, kept = ("✓" if entry.retryable else ""), ("✓" if entry.stored else "")
    return (
        f"| {entry.number} | [{entry.code}](#{_anchor(entry)}) | {entry.status} "
        f"| {again} | {kept} | {_CASH[entry.cash]} |"
    )


def _entry(entry: Refusal, met: Mapping[str, str]) -> str:
    test = met.get(entry.code)
    said = f"[`{test}`](../{test})" if test else "— not yet 尚无"
    return (
        f'<a id="{_anchor(entry)}"></a>**{entry.number} {entry.code}** · {entry.status}\n\n'
        f"> {entry.sentence.zh}\n>\n> {entry.sentence.en}\n\nTest 测试: {said}\n"
    )


def _anchor(entry: Refusal) -> str:
    return entry.code.lower().replace("_", "-")


@cache
def tests_by_code(tests: Path) -> dict[str, str]:
    """The test that produces each code: a till roll, else the first file about refusals."""
    found: dict[str, str] = {}
    for file in (*sorted(tests.rglob("test_*.py"), reverse=True),
                 *sorted(tests.rglob("*.roll"), reverse=True)):  # fmt: skip
        path = file.relative_to(tests.parent).as_posix()
        text = file.read_text(encoding="utf-8")
        if not path.startswith("tests/house/"):
            said = _in_roll(text) if path.endswith(".roll") else _in_python(text)
            found |= dict.fromkeys(said & set(CATALOGUE), path)
    return found


def _in_roll(text: str) -> set[str]:
    lines = (line.partition("#")[0] for line in text.splitlines())
    return {word for line in lines for word in re.findall(r"[A-Z][A-Z_]+", line)}


def _in_python(text: str) -> set[str]:
    if "refus" not in text.lower():
        return set()
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
