"""A sentence for a human being, in both languages of the house.
Whoever shows it picks the language; nothing else is decided here.
"""

import msgspec


class Text(msgspec.Struct, frozen=True):
    zh: str
    en: str
