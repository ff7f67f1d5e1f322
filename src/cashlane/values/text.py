"""A sentence in the two languages of the counter, Chinese and English.

Everything a person reads is a Text, so that no page can forget one of them.
"""

from typing import Literal

from msgspec import Struct

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(Struct, frozen=True):
    """The same sentence twice. `{name}` marks a place to be filled by `fill`."""

    zh: str
    en: str

    def fill(self, **places: object) -> "Text":
        """Put values into the marked places of both sentences."""
        return Text(self.zh.format(**places), self.en.format(**places))

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en
