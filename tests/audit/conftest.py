"""One book of random lives for a module; each test spoils it in a transaction that is undone."""

from collections.abc import Iterator

import pytest

from cashlane.home import Databases
from tests.databases import Server
from tests.store.books import write_books


@pytest.fixture(scope="module")
def street_books(server: Server) -> Iterator[Databases]:
    with server.database() as ways:
        write_books(ways, lives=400, seed=5)
        yield ways
