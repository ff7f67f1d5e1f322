"""One street for all tests of a process that do not break it."""

from collections.abc import Iterator

import pytest

from tests.street.running import Street, running_street


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Real API, worker and world processes over a real database."""
    with running_street(tmp_path_factory.mktemp("street") / "data", bills=20_000) as street:
        yield street
