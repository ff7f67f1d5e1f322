"""The guides for programmers, tried as a stranger would: every command, in order, by a shell."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cashlane.trial.tour.running import Running, write_running
from tests.conftest import Require
from tests.street.running import SEED, Street

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "integrate").glob("README*.md"))
_BLOCK = re.compile(r"^```bash not-run: tried by [^\n]+\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TRY_ANOTHER = 5
"""A sampled bill may be one that another test has paid: the guide says to sample again."""


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_a_guide_leads_to_a_receipt_and_back(
    guide: Path, street: Street, tmp_path: Path, require: Require
) -> None:
    require("curl")
    running = Running(api=street.api, tour="", seed=SEED, bills=20_000)
    write_running(street.house, running)
    folder, told = _followed(guide, street, tmp_path)
    held = json.loads((folder / "hold.json").read_text())
    first = json.loads((folder / "first.json").read_text())
    status = json.loads((folder / "status.json").read_text())
    assert first["cash_due"] == held["bill"]["cash_due"]
    assert (status["word"], status["payment"]) == ("paid", first["payment"])
    assert '"abandoned":false' in told
    assert '"abandoned":true' in told
    assert '"state":"voided"' in told


def _followed(guide: Path, street: Street, folder: Path) -> tuple[Path, str]:
    """Where the guide's commands were run, and all that they printed."""
    blocks = _BLOCK.findall(guide.read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    script = "set -euo pipefail\n" + "\n".join(blocks)
    script = script.replace("./do cashlane", f"{sys.executable} -m cashlane.cli")
    environment = os.environ | {"CASHLANE_DATA": str(street.house.settings.data)}
    environment |= {"PYTHONPATH": str(ROOT / "src")}
    for turn in range(_TRY_ANOTHER):
        here = folder / str(turn)
        here.mkdir()
        ran = subprocess.run(
            ["bash", "-c", script], cwd=here, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        if ran.returncode == 0:
            return here, ran.stdout
    raise AssertionError(f"{guide.name}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
