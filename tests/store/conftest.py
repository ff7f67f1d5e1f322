"""Store tests run on both ends of what is supported: the wheel's PostgreSQL and Debian 12's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.databases import Server, running_server

FLOOR = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session", params=["wheel", "floor"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, require: Require
) -> Iterator[Server]:
    """A cluster of each; the floor is skipped with its reason where Debian's is not installed."""
    setting = os.environ.get("CASHLANE_TEST_PG")
    if request.param == "floor":
        require.that(FLOOR.is_dir(), "PostgreSQL 15 is not installed")
        setting = str(FLOOR)
    with running_server(tmp_path_factory.mktemp(request.param), setting) as running:
        yield running
