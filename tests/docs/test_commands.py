"""Every runnable command of the documents is run as it stands, and must succeed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?:bash|console) runnable\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = [
    (page.relative_to(ROOT).as_posix(), line.split("  #")[0].strip())
    for page in PAGES
    for block in _BLOCK.findall(page.read_text(encoding="utf-8"))
    for line in block.splitlines()
    if line.strip()
]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_command(page: str, command: str) -> None:
    here = command.replace("./do cashlane", f"{sys.executable} -m cashlane.cli", 1)
    assert here != command, f"{page}: only commands of the program itself are run: {command}"
    ran = subprocess.run(
        here, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, f"{page}: {command}\n{ran.stdout[-3000:]}\n{ran.stderr[-2000:]}"


def test_there_are_commands() -> None:
    assert COMMANDS
