"""Rows on their way to PostgreSQL: an array for each column, as it spells arrays itself.

An array is read several times faster than JSON objects, whose every name is looked up anew for
every row, and weighs half. The database's type has the columns of the struct, in the same order.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any, Generic, TypeVar, get_origin, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

S = TypeVar("S", bound=Struct)
_encode = msgspec.json.Encoder().encode


class Rows(Generic[S]):
    """Spells rows of one struct as a value of the type whose columns are arrays of the struct's.

    Tuples in rows, all of a row of one length, are laid end to end: one column more, the last one,
    says where those of each row end.
    """

    def __init__(self, row: type[S]) -> None:
        hints = get_type_hints(row)
        fields = row.__struct_fields__
        self._tuples = [at for at, name in enumerate(fields) if get_origin(hints[name]) is tuple]

    def spell(self, rows: Iterable[S]) -> str:
        """The rows, at least one, as the text of one value."""
        each: list[Sequence[Any]] = list(zip(*map(astuple, rows), strict=True))
        if self._tuples:
            ends = list(accumulate(map(len, each[self._tuples[0]])))
            for at in self._tuples:
                each[at] = list(chain.from_iterable(each[at]))
            each.append(ends)
        between = '}","{'.join([_quoted(array(column)) for column in each])
        return f'("{{{between}}}")'


def columns(rows: Iterable[Sequence[object]], names: Sequence[str]) -> dict[str, str]:
    """Rows as an array for each column, by its name; the same row twice is one."""
    once = dict.fromkeys(map(tuple, rows))
    each: Iterable[Sequence[object]] = zip(*once, strict=True) if once else [()] * len(names)
    return {name: f"{{{array(one)}}}" for name, one in zip(names, each, strict=True)}


def array(values: Sequence[Any]) -> str:
    """The elements of an array: numbers, truth values, texts, UUIDs, dates, moments and None.

    JSON spells all of them as PostgreSQL does, but for letters that JSON gives names of its own.
    """
    spelled = _encode(values)
    if b"\\" in spelled:
        return ",".join(["null" if one is None else _text(one) for one in values])
    return spelled[1:-1].decode()


def _text(value: str) -> str:
    return f'"{_quoted(value)}"'


def _quoted(text: str) -> str:
    """A text between quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
