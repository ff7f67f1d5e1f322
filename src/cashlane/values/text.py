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
        """Put values into the marked places of both sentences; a Text speaks each language."""
        zh, en = (
            {
                name: value.say(language) if isinstance(value, Text) else value
                for name, value in places.items()
            }
            for language in LANGUAGES
        )
        return Text(self.zh.format(**zh), self.en.format(**en))

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en
