"""A bank's XML message: a head and a body of plain fields, read without trusting it.

Document types, entities, depth and length are refused before anything is built from them.
"""

from xml.parsers import expat
from xml.sax.saxutils import escape

_ELEMENTS_MOST = 64
"""Elements of one message."""
_TEXT_MOST = 512
"""Letters of one element."""
_DEPTH_MOST = 3
"""Levels of one message."""


class _Refused(Exception):
    """The message is not one of ours."""


class _Reader:
    """Collects the text of each innermost element under its path below the root."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._count = 0

    def start(self, name: str, _: object) -> None:
        """An element opens."""
        self._path.append(name)
        self._count += 1
        if len(self._path) > _DEPTH_MOST or self._count > _ELEMENTS_MOST:
            raise _Refused
        if len(self._path) == _DEPTH_MOST:
            self._open_field()

    def _open_field(self) -> None:
        where = "/".join(self._path[1:])
        if where in self.fields:
            raise _Refused
        self.fields[where] = ""

    def text(self, data: str) -> None:
        """Text inside an element; blanks between elements do not count."""
        if len(self._path) == _DEPTH_MOST:
            where = "/".join(self._path[1:])
            self.fields[where] += data
            if len(self.fields[where]) > _TEXT_MOST:
                raise _Refused
        elif data.strip():
            raise _Refused

    def end(self, _: str) -> None:
        """An element closes."""
        self._path.pop()

    def refuse(self, *_: object) -> None:
        """A document type or an entity: never wanted."""
        raise _Refused


def read_message(body: bytes) -> dict[str, str] | None:
    """The fields of a message by path ("head/trcode"); None if it is not one."""
    reader, parser = _Reader(), expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except (_Refused, expat.ExpatError):
        return None
    return reader.fields


def write_message(head: dict[str, str], body: dict[str, str]) -> bytes:
    """A message with these fields, in this order."""
    parts = (f"<head>{_fields(head)}</head>", f"<body>{_fields(body)}</body>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<msg>{"".join(parts)}</msg>\n'.encode()


def _fields(fields: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
