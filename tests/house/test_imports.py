"""The import gate: who may know whom, as pyproject.toml writes it down."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.verdict import ROOT

_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
_WHY = (
    "\nwhy: rules that know no driver, page or wire can be replayed, simulated and read alone"
    "\nway out: hand the value in as an argument, or move the code to the floor that may know it"
)


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache"],
        cwd=folder, env={"PYTHONPATH": str(folder / "src")}, text=True, capture_output=True,
    )  # fmt: skip


def test_no_floor_knows_the_floors_above_it() -> None:
    done = _lint(ROOT)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr + _WHY, pytrace=False)


def test_a_forbidden_import_is_named(tmp_path: Path) -> None:
    """The same contracts over a tree of empty rooms, one of which knows too much."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for init in (ROOT / "src").rglob("__init__.py"):
        copy = tmp_path / init.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("", encoding="utf-8")
    for name in ("main", "core/bill"):
        (tmp_path / f"src/cashlane/{name}.py").write_text("", encoding="utf-8")
    assert _lint(tmp_path).returncode == 0
    (tmp_path / "src/cashlane/core/odd.py").write_text("import cashlane.store\nimport time\n")
    done = _lint(tmp_path)
    assert done.returncode != 0
    assert "cashlane.core.odd -> cashlane.store" in done.stdout.replace("\n", " ")
