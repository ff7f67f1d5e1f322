"""Sentences exist twice, and are filled twice."""

from cashlane.values.text import LANGUAGES, Text


def test_say_and_fill() -> None:
    both = Text("还差 {missing} 元", "{missing} yuan missing").fill(missing=5)
    assert [both.say(language) for language in LANGUAGES] == ["还差 5 元", "5 yuan missing"]
