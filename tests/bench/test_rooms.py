"""Samples of the API find their room; what nobody knows is not hidden."""

from collections import Counter
from pathlib import Path

import pytest
from bench.rooms import BESIDE, PARTS, ROOMS, UNMAPPED, by_room, heaviest, room_of, shares

SOURCE = Path(__file__).parents[2] / "src"
LOOP = "<module> (cashlane/cli.py:321);serve (cashlane/cli.py:63);run (uvloop/__init__.py:96)"
ASKED = "run_asgi (uvicorn/protocols/http/http.py:421);Plain.__call__ (cashlane/api/v1/plain.py:69)"


@pytest.mark.parametrize(("stack", "room"), [
    (LOOP, "loop"),
    ("data_received (uvicorn/protocols/http/httptools_impl.py:200)", "http"),
    (ASKED, "answer"),
    (f"{ASKED};_say (cashlane/api/v1/plain.py:130);send (uvicorn/protocols/http/h.py:5)", "http"),
    (f"{ASKED};_read (cashlane/api/v1/plain.py:96);actor (cashlane/people/keys.py:60)", "checks"),
    (f"{ASKED};take (cashlane/counter/taking.py:120);unseal (cashlane/core/quote.py:99);"
     "digest (hmac.py:160)", "checks"),
    (f"{ASKED};payment_out (cashlane/counter/wording.py:40);number (cashlane/core/receipt.py:9)",
     "answer"),
    ("_drain (cashlane/switch/batch.py:44);_decide (cashlane/switch/lane.py:85)", "gather"),
    ("_decide (cashlane/switch/lane.py:85);decide (cashlane/core/decide.py:77);"
     "legs (cashlane/core/postings.py:50);fresh (cashlane/values/ids.py:30)", "decide"),
    ("_decide (cashlane/switch/lane.py:88);record (cashlane/store/payments.py:120)", "rows"),
    ("record (cashlane/store/payments.py:120);execute (psycopg/cursor_async.py:97)", "driver"),
    ("_keep_looking (cashlane/main.py:330);look (cashlane/switch/watch.py:60);"
     "read (cashlane/store/routes.py:40);execute (psycopg/cursor_async.py:97)", "beside"),
    ("process 1 somewhere;else (other/thing.py:3)", UNMAPPED),
])  # fmt: skip
def test_a_stack_belongs_to_the_innermost_room(stack: str, room: str) -> None:
    assert by_room([f"{stack} 7"]) == {room: 7}


def test_the_table_names_what_is_there() -> None:
    known = {path.relative_to(SOURCE).as_posix(): path for path in SOURCE.rglob("*.py")}
    for file, function in {one[:2] for one in (*ROOMS, *BESIDE)}:
        if file.startswith("cashlane/"):
            meant = [path.read_text() for name, path in known.items() if name.startswith(file)]
            assert meant, f"{file}: no such file"
            assert not function or any(f"def {function}(" in text for text in meant), function


def test_every_room_is_a_part() -> None:
    assert {room for _, _, room in ROOMS} | {"beside"} == set(PARTS)
    assert room_of([]) == UNMAPPED


def test_the_heaviest_are_innermost_functions() -> None:
    raw = ["a (x.py:1);b (y.py:2) 3", "a (x.py:1);b (y.py:9) 2", "a (x.py:1) 4", "c (z.py:1) 1"]
    assert heaviest(raw, most=2) == {"y.py b": 0.5, "x.py a": 0.4}


def test_shares_are_of_what_is_known() -> None:
    found = shares(Counter({"http": 74, "decide": 24, UNMAPPED: 2}))
    assert (found["http"], found["checks"], sum(found.values())) == (74 / 98, 0, 1)


@pytest.mark.parametrize("samples", [{}, {"http": 96, UNMAPPED: 4}, {UNMAPPED: 1}])
def test_a_table_that_knows_too_little_is_told(samples: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="does not know"):
        shares(Counter(samples))
