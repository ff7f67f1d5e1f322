"""The interface does what its description says: every operation, tried with good and bad requests.

Real processes answer to schemathesis with all of its checks. A part of what it makes up is
replaced by outlets, bills, holds and payments that exist, so that the tries get beyond the door.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest

from cashlane.world.city_bills import printed_code
from tests.street.running import ROUNDS, Street, Till, run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROUNDS or 6
"""Generated requests of each kind for one operation: few every day, many in a storm."""


def test_every_operation_is_as_described(street: Street, tmp_path: Path) -> None:
    """Statuses, types, headers, bodies, bad data, missing headers, other methods, no key."""
    seeds = tmp_path / "seeds.json"
    seeds.write_text(json.dumps(run(lambda http: _seeds(street, street.till(http)))))
    tried = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{street.api}/schema/openapi.json",
            "--header", f"Authorization: Bearer {street.keys['post']}", "--checks", "all",
            "--max-examples", str(EXAMPLES), "--seed", "7", "--workers", "2", "--no-color",
            "--continue-on-failure", "--generation-database", "none", "--warnings", "off",
        ],
        cwd=tmp_path,
        env=os.environ | {
            "SCHEMATHESIS_HOOKS": "tests.api.seeding", "CASHLANE_SEEDS": str(seeds),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        },
        capture_output=True, text=True, timeout=60 * 60, check=False,
    )  # fmt: skip
    assert tried.returncode == 0, tried.stdout[-12_000:] + tried.stderr[-2_000:]


async def _seeds(street: Street, till: Till) -> dict[str, list[str]]:
    """What exists: a counter, bills, holds, and payments in several states."""
    rows = [street.bill() for _ in range(40)]
    keys = [str(uuid4()) for _ in range(4)]
    held = await asyncio.gather(*(till.hold(row) for row in rows[:14]))
    answers = [await till.pay(bill, key) for bill, key in zip(held[:4], keys, strict=True)]
    payments = [answer.json["payment"] for answer in answers]
    await asyncio.gather(*(till.settled(one) for one in payments))
    assert (await till.act(payments[0], "void", str(uuid4()))).status == 200
    return {
        "outlets": ["post-0001"], "tills": ["1"], "billers": ["city-power"], "keys": keys,
        "payments": payments, "accounts": [row.bill.account for row in rows],
        "holds": [bill["hold"]["token"] for bill in held],
        "codes": [printed_code(row.bill, form="symbol") for row in rows],
    }  # fmt: skip
