"""Yardsticks: what the same server does for work that everybody knows.

`tpcb` is PostgreSQL's own TPC-B; `naive` is the same payment posted row by row, as a simple
program would: an ask, a payment, three entries and two guarded balances in one transaction.
"""

import re
import subprocess

from psycopg import conninfo

from bench.ground import Ground
from cashlane.store.connect import connect

SCALE = 20
CLIENTS = 8


class Yardstick:
    """TPC-B at scale 20, prepared, 8 clients."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._dsn = ground.beside("tpcb")
        with connect(self._dsn) as books:
            made = books.execute("SELECT to_regclass('pgbench_accounts')").fetchone()
        if made == (None,):
            self._pgbench("-i", "-q", "-s", str(SCALE))

    def per_s(self, seconds: int) -> float:
        """Transactions a second."""
        said = self._pgbench("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
                             "-T", str(seconds))  # fmt: skip
        found = re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)
        assert found is not None, said
        return float(found[1])

    def _pgbench(self, *words: str) -> str:
        return pgbench(self._ground, self._dsn, *words)


def pgbench(ground: Ground, dsn: str, *words: str) -> str:
    """Run pgbench against a database of the ground; what it said."""
    at = {key: str(value) for key, value in conninfo.conninfo_to_dict(dsn).items()}
    environment = {"PGPASSWORD": at["password"], "PATH": "/usr/bin:/bin"}
    program = ground.house.cluster.binaries.program("pgbench")
    done = subprocess.run(
        [program, "-h", at["host"], "-p", at["port"], "-U", at["user"], *words, at["dbname"]],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
