"""What every room's tests share: a tool that may be missing on this machine.
Missing means skipped with the reason; under CI=true it means failed, so nothing hides.
"""

import os
import shutil

import pytest


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
