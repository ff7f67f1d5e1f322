"""What is spelled in Python is read by a real database as what it was, and by nobody as more."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from psycopg import Connection
from psycopg.rows import tuple_row

from cashlane.core.record import (
    AskRow,
    ErrandKey,
    ErrandRow,
    FactRow,
    LimitDelta,
    Move,
    PaymentRow,
    PostingRow,
    ShiftRow,
    VisitRow,
)
from cashlane.home import Databases
from cashlane.store.connect import connect
from cashlane.store.spelling import Rows, columns

TYPES: dict[type[Struct], str] = {
    AskRow: "ask_rows", VisitRow: "visit_rows", ShiftRow: "shift_rows",
    PaymentRow: "payment_rows", Move: "move_rows", FactRow: "fact_rows",
    PostingRow: "posting_rows", LimitDelta: "limit_rows", ErrandRow: "errand_rows",
    ErrandKey: "errand_keys",
}  # fmt: skip
TEXTS = (
    "", "null", "NULL", "{}", ",", '"', "\\", '"\\"', "\\\\", "')--", "}\",\"{", "a\tb\nc\rd\b\f",
    "\x01\x1f\x7f", "户号 12", " lead and trail ", "(1,2)", "\u2028", "😀", "\\u0041", "\\x41",
)  # fmt: skip
_ODD = datetime(2022, 1, 14, 23, 59, 59, 999_999, timezone(timedelta(hours=8)))


def _value(hint: Any, at: int) -> Any:
    """A value of a column, another one in each row; every fourth row has none where it may."""
    if get_origin(hint) in (Union, UnionType):
        (only,) = (one for one in get_args(hint) if one is not type(None))
        return None if at % 4 == 3 else _value(only, at)
    if get_origin(hint) is tuple:
        return tuple(1 + at + place for place in range(1 + at % 5))
    known = {
        UUID: UUID(int=at * 0x0123456789ABCDEF0123456789ABCDEF % (1 << 128)),
        datetime: _ODD + timedelta(microseconds=at),
        date: date(2022, 1, 1) + timedelta(days=at), str: TEXTS[at % len(TEXTS)],
        bool: at % 2 == 0, int: at,
    }  # fmt: skip
    return known[hint] if hint in known else list(hint)[at % len(hint)]


def _read(books: Connection[Any], name: str, text: str) -> list[tuple[Any, ...]]:
    with books.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(f"SELECT * FROM each(%s::{name})", (text,)).fetchall()  # type: ignore[arg-type]


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(list(one) if isinstance(one, tuple) else one for one in values)


@pytest.mark.parametrize("row", TYPES, ids=lambda row: row.__name__)
@pytest.mark.parametrize("count", [1, 3, 41])
def test_rows_come_back_as_they_were(ways: Databases, row: type[Struct], count: int) -> None:
    hints = get_type_hints(row)
    rows = [
        row(**{name: _value(hints[name], at) for name in row.__struct_fields__})
        for at in range(count)
    ]
    with connect(ways.hub) as books:
        found = _read(books, TYPES[row], Rows(row).spell(rows))
    wanted = [_plain(tuple(getattr(one, name) for name in row.__struct_fields__)) for one in rows]
    assert found == wanted


@pytest.mark.parametrize("row", TYPES, ids=lambda row: row.__name__)
def test_the_type_has_the_columns_of_the_struct_in_its_order(
    ways: Databases, row: type[Struct]
) -> None:
    with connect(ways.hub) as books:
        named = books.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " ORDER BY attnum",
            (TYPES[row],),
        ).fetchall()
    ends = ("ends",) if row is PostingRow else ()
    assert tuple(name for (name,) in named) == (*row.__struct_fields__, *ends)


def test_no_text_says_more_than_itself(ways: Databases) -> None:
    """Whatever stands in a text, it comes back as that text: nothing ends a row or begins one."""
    family = Rows(ErrandRow)
    with connect(ways.hub) as books:

        @settings(max_examples=300, deadline=None)
        @given(
            st.lists(
                st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
                min_size=1,
                max_size=5,
            )
        )
        def holds(texts: list[str]) -> None:
            rows = [
                ErrandRow(1, UUID(int=7), 1, _ODD, UUID(int=8), date(2022, 1, 1), 0, text)  # type: ignore[arg-type]
                for text in texts
            ]
            found = _read(books, "errand_rows", family.spell(rows))
            assert [one[-1] for one in found] == texts

        holds()


def test_columns_are_asked_for_once_each() -> None:
    day = datetime(2022, 1, 14, tzinfo=UTC).date()
    asked = [(1, day, UUID(int=1)), (2, day, UUID(int=2)), (1, day, UUID(int=1))]
    assert columns(asked, ("bucket", "day", "id")) == {
        "bucket": "{1,2}",
        "day": '{"2022-01-14","2022-01-14"}',
        "id": f'{{"{UUID(int=1)}","{UUID(int=2)}"}}',
    }
    assert columns([], ("bucket", "id")) == {"bucket": "{}", "id": "{}"}
