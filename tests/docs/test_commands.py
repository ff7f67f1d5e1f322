"""Every runnable command of the documents is run as it stands, and must succeed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Require

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?:bash|console) runnable\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = {
    page.relative_to(ROOT).as_posix(): [
        line.split("  #")[0].strip()
        for block in _BLOCK.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.strip()
    ]
    for page in PAGES
}
"""Commands by page; those of one page are run one after the other in one empty folder."""


@pytest.mark.parametrize("page", [page for page, commands in COMMANDS.items() if commands])
def test_the_commands_of_a_page(page: str, tmp_path: Path, require: Require) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    for command in COMMANDS[page]:
        for tool in set(_TOOLS) & set(command.split()):
            require(tool)
        here = command.replace("./do cashlane", f"{sys.executable} -m cashlane.cli", 1)
        assert here != command, f"{page}: only commands of the program itself are run: {command}"
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", here],
            cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"{page}: {command}\n{ran.stdout[-3000:]}\n{ran.stderr[-2000:]}"


_TOOLS = ("hledger", "bean-query")
"""Programs of others that a command may hand its output to."""


def test_there_are_commands() -> None:
    assert any(COMMANDS.values())
