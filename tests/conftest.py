"""What every room's tests share: a tool that may be missing on this machine.
Missing means skipped with the reason; under CI=true it means failed, so nothing hides.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from cashlane.main import Databases
from tests.databases import Server, running_server


class Require:
    """`require("hledger")` gives the tool's path; `require.that(...)` any other condition."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict

    def __call__(self, tool: str) -> str:
        path = shutil.which(tool)
        self.that(path is not None, f"{tool} is not installed")
        assert path is not None
        return path

    def that(self, condition: bool, reason: str) -> None:
        if condition:
            return
        if self._strict:
            pytest.fail(f"{reason}; CI=true allows no skip", pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def require() -> Require:
    return Require(strict=os.environ.get("CI") == "true")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The wheel's PostgreSQL, one cluster for the session of a test process."""
    with running_server(tmp_path_factory.mktemp("pg"), os.environ.get("CASHLANE_TEST_PG")) as it:
        yield it


@pytest.fixture
def ways(server: Server) -> Iterator[Databases]:
    """A fresh, migrated, empty database."""
    with server.database() as ways:
        yield ways


FIGURES = "storm figures"


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """`figures(line)` keeps a storm's numbers; they are printed together at the end."""
    return lambda line: record_property(FIGURES, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the storms counted, whether they passed or failed."""
    lines = [
        (report.duration, line)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, line in (getattr(report, "user_properties", ()) if _called(report) else ())
        if name == FIGURES
    ]
    if lines:
        terminalreporter.section(FIGURES)
    for duration, line in lines:
        terminalreporter.line(f"{line} ({duration:.0f} s)")


def _called(report: object) -> bool:
    return getattr(report, "when", "") == "call"
