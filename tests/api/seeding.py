"""Hooks of the interface's tester: what it makes up is replaced, here and there, by what exists.

Loaded by schemathesis in a process of its own; CASHLANE_SEEDS names the file of what exists.
"""

import json
import os
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import schemathesis

SEEDS = json.loads(Path(os.environ["CASHLANE_SEEDS"]).read_text(encoding="utf-8"))
_OFTEN = 0.7
"""The share of well-formed requests that name what exists."""
_chance = Random(3)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Well-formed requests get beyond the door; broken ones are left as broken as they are."""
    _fresh_key(case)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if _chance.random() < _OFTEN:
        _put_in(case)


def _fresh_key(case: Any) -> None:
    """A key names one request: a generator that repeats itself would meet KEY_REUSED, rightly."""
    headers = case.headers if case.headers is not None else {}
    try:
        UUID(str(headers.get("Idempotency-Key", "")))
    except ValueError:
        return
    headers["Idempotency-Key"] = str(uuid4())


def _put_in(case: Any) -> None:
    names, query = case.path_parameters or {}, case.query or {}
    for given in (names, query):
        for name in ("payment", "outlet", "code", "key"):
            if name in given:
                given[name] = _chance.choice(SEEDS["outlets" if name == "code" else f"{name}s"])
    if isinstance(case.body, dict):
        _put_into(case.body)


_NAMED = {
    "outlet": "outlets", "till": "tills", "code": "codes", "biller": "billers",
    "account": "accounts", "hold": "holds",
}  # fmt: skip


def _put_into(body: dict[str, Any]) -> None:
    for name, few in _NAMED.items():
        if isinstance(body.get(name), str):
            body[name] = _chance.choice(SEEDS[few])
    if isinstance(body.get("tendered"), int):
        body["tendered"] = 1_000_000
    for part in (body.get("payments"), body.get("items")):
        for line in part if isinstance(part, list) else ():
            if isinstance(line, dict):
                _put_into(line)
