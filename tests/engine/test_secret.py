"""A secret is made once, for its owner only, whoever asks first."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from cashlane.engine.secret import secret


def test_made_once_and_closed(folder):
    first = secret(folder / "secrets", "signing.1")
    assert secret(folder / "secrets", "signing.1") == first
    assert secret(folder / "secrets", "other") != first
    assert len(first) >= 43
    for path in (folder / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700


def test_many_ask_at_once_and_get_the_same(folder):
    with ThreadPoolExecutor(16) as pool:
        got = set(pool.map(lambda _: secret(folder / "secrets", "hub"), range(64)))
    assert len(got) == 1
    assert [each.name for each in (folder / "secrets").iterdir()] == ["hub"]


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "A", "a/b", "a" * 65])
def test_a_name_that_could_lead_elsewhere_is_an_error(name, folder):
    with pytest.raises(ValueError, match="secret's name"):
        secret(folder, name)
