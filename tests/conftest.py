"""What every room's tests share: a tool that may be missing on this machine.
Missing means skipped with the reason; under CI=true it means failed, so nothing hides.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from cashlane.home import Databases
from tests.databases import Server, running_server
from tests.street.running import Street, running_street


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


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One street for all tests of a process that do not break it: real API, worker and world
    processes over a real database."""
    with running_street(tmp_path_factory.mktemp("street") / "data", bills=20_000) as street:
        yield street


FIGURES = "storm figures"


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`figures(line)` keeps a storm's numbers, printed together at the end. Of many lines `of`
    one thing, the passed ones are counted and the last is shown: it says how it all ended."""
    return lambda line, of="": record_property(FIGURES, (of, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the storms counted, whether they passed or failed."""
    lines: list[str] = []
    many: dict[str, list[tuple[float, str]]] = {}
    for report, (of, line) in _counted(terminalreporter):
        if of and report.passed:
            many.setdefault(of, []).append((report.duration, line))
        else:
            lines.append(f"{line} ({report.outcome}, {report.duration:.0f} s)")
    for of, each in many.items():
        took = sum(duration for duration, _ in each)
        lines.append(f"{of}: {len(each)} (passed, {took:.0f} s), the last: {each[-1][1]}")
    if lines:
        terminalreporter.section(FIGURES)
    for line in lines:
        terminalreporter.line(line)


def _counted(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[tuple[pytest.TestReport, tuple[str, str]]]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                yield from (
                    (report, value) for name, value in report.user_properties if name == FIGURES
                )
