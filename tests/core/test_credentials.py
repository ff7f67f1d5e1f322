"""What will do as a login, a password and a PIN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.credentials import (
    COMMON,
    PASSWORD_LEAST,
    check_password,
    check_pin,
    normal,
    read_login,
)
from cashlane.values.secret import Secret


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("wang", "wang"), (" Wang.Li-2 ", "wang.li-2"), ("w", None), ("2wang", None),
        ("wang li", None), ("王", None), ("ｗａｎｇ", None), ("w" * 33, None), ("", None),
    ],
)  # fmt: skip
def test_logins(text: str, login: str | None) -> None:
    assert read_login(text) == login


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("rain on tin", None),
        ("四月的雨落在铁皮屋顶", None),
        ("short one", "PASSWORD_LENGTH"),
        ("x" * 129, "PASSWORD_LENGTH"),
        ("Password123", "PASSWORD_WEAK"),
        ("ｐａｓｓｗｏｒｄ１２３", "PASSWORD_WEAK"),
        ("aabbaabbaabb", "PASSWORD_WEAK"),
        ("my WANG secret", "PASSWORD_WEAK"),
    ],
)
def test_passwords(password: str, answer: str | None) -> None:
    refused = check_password(Secret(password), login="wang")
    assert (refused and refused.code) == answer


def test_the_refused_words_are_long_enough_to_be_tried() -> None:
    assert all(len(word) >= PASSWORD_LEAST and word == word.casefold() for word in COMMON)


@pytest.mark.parametrize(
    ("pin", "answer"),
    [
        ("471108", None), ("471108339012", None),
        ("47110", "PIN_FORM"), ("4711083390123", "PIN_FORM"), ("４７１１０８", "PIN_FORM"),
        ("4711 8", "PIN_FORM"), ("٤٧١١٠٨", "PIN_FORM"),
        ("123456", "PASSWORD_WEAK"), ("987654", "PASSWORD_WEAK"), ("890123", "PASSWORD_WEAK"),
        ("111111", "PASSWORD_WEAK"), ("121212", "PASSWORD_WEAK"), ("520131", "PASSWORD_WEAK"),
    ],
)  # fmt: skip
def test_pins(pin: str, answer: str | None) -> None:
    refused = check_pin(Secret(pin))
    assert (refused and refused.code) == answer


@given(st.text(max_size=40))
def test_spelling_once_is_enough(text: str) -> None:
    once = normal(Secret(text))
    assert normal(Secret(once)) == once
