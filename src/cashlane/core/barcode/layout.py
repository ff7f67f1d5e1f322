"""What a bill code is made of, as data: fields in order, and what each of them means to us.

A biller's own layout is added by declaring one more of these; no code is written for it.
"""

from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text


class Field(Struct, frozen=True, kw_only=True):
    """One piece of a code, of `least` to `most` characters.

    `const` fields always hold `value`. `mark` is the application identifier before the piece.
    `ended`: the piece runs to the layout's separator instead of a fixed length. `check`: its
    last digit is a check digit over the others by this rule. `among`: the texts it may hold.
    """

    name: str
    meaning: Text
    most: int
    least: int
    kind: Literal["digits", "alnum", "const"] = "digits"
    value: str = ""
    mark: str = ""
    ended: bool = False
    optional: bool = False
    check: str = ""
    among: tuple[str, ...] = ()


class Check(Struct, frozen=True):
    """The field that holds the check digit over all the others, and by which rule."""

    field: str
    rule: str


class AmountPlace(Struct, frozen=True, kw_only=True):
    """Where the amount stands and how it is written.

    minor: minor units. scaled: the number of decimals, then the number (GS1 390n).
    currency_scaled: decimals, ISO 4217 number, then the number (GS1 391n). `when` names a field
    and the values with which this is an amount at all. Zero always means: no amount printed.
    """

    field: str
    form: Literal["minor", "scaled", "currency_scaled"]
    when: tuple[str, tuple[str, ...]] | None = None


class DuePlace(Struct, frozen=True, kw_only=True):
    """Where the due date stands. `none` means that there is none.

    Two-digit years are of this century. Day 00 is the month's last day, as GS1 has it. `loose`:
    the issuer may use the place for something else, so what is no date is simply no due date.
    """

    field: str
    form: Literal["YYMMDD", "YYYYMMDD"]
    none: str = ""
    loose: bool = False


class Layout(Struct, frozen=True, kw_only=True):
    """One family of bill codes.

    `issuer`, `account` and `ref` name the fields that say who is owed, by whom, and which bill:
    the bill's identity never holds amount, due date or reissue counter, so that a bill printed
    twice stays one bill. `period` names a field written YYYYMM. `ends` is the separator after
    `ended` fields. `forms` are the other ways the same code is written, in the order they are
    undone; `groups` how people's digits are grouped. `currency_number` is ISO 4217's.
    """

    name: str
    title: Text
    symbology: str
    fields: tuple[Field, ...]
    issuer: tuple[str, ...]
    account: tuple[str, ...]
    ref: tuple[str, ...]
    currency: str
    currency_number: str
    exponent: int
    forms: tuple[str, ...]
    period: str = ""
    ends: str = ""
    groups: tuple[int, ...] = ()
    check: Check | None = None
    amounts: tuple[AmountPlace, ...] = ()
    due: DuePlace | None = None

    @property
    def lead(self) -> str:
        """The constant text that every code of this layout begins with, or nothing."""
        first = self.fields[0]
        return first.value if first.kind == "const" else ""

    @property
    def length(self) -> int:
        """The number of characters of a layout without separators; 0 where it varies."""
        return 0 if self.ends else sum(field.most for field in self.fields)


def faults(layout: Layout) -> tuple[str, ...]:
    """What is wrong with a declared layout, for its author; empty where it can be used."""
    named = {field.name for field in layout.fields}
    used = [*layout.issuer, *layout.account, *layout.ref, *(at.field for at in layout.amounts)]
    used += [layout.period] if layout.period else []
    used += [layout.check.field] if layout.check else []
    used += [layout.due.field] if layout.due else []
    found = [f"no field {name!r}" for name in used if name not in named]
    if len(named) < len(layout.fields):
        found.append("two fields of one name")
    for field in layout.fields:
        found += _field_faults(layout, field)
    return tuple(found)


def _field_faults(layout: Layout, field: Field) -> list[str]:
    found = []
    if field.least > field.most:
        found.append(f"{field.name}: shortest above longest")
    if field.kind == "const" and len(field.value) != field.most:
        found.append(f"{field.name}: constant of another length")
    if field.ended and not layout.ends:
        found.append(f"{field.name}: ends at a separator that the layout does not have")
    if not field.ended and field.least != field.most:
        found.append(f"{field.name}: varies in length but has no end")
    return found
