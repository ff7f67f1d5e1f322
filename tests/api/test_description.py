"""The interface does what its description says: every operation, tried with good and bad requests.

Real processes answer to schemathesis with all of its checks. A part of what it makes up is
replaced by outlets, bills, holds and payments that exist, so that the tries get beyond the door.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs

from cashlane.world.city_bills import printed_code
from tests.street.running import ROUNDS, Street, Till, run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROUNDS or 6
"""Generated requests of each kind for one operation: few every day, many in a storm."""


def test_every_operation_is_as_described(street: Street, tmp_path: Path) -> None:
    """Statuses, types, headers, bodies, bad data, missing headers, other methods, no key."""
    seeds = tmp_path / "seeds.json"
    seeds.write_text(json.dumps(run(lambda http: _seeds(street, street.till(http)))))
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[auth.openapi.key]\nbearer = "{street.keys["post"]}"\n')
    tried = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{street.api}/schema/openapi.json",
            "--checks", "all",
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


def test_every_example_is_what_it_is_an_example_of(street: Street) -> None:
    """Bodies, answers and problems as the description shows them fit their own types."""
    told = run(lambda http: street.till(http).ask("GET", "/schema/openapi.json")).json
    shown = list(_contents(told["paths"]))
    assert len(shown) > 60
    for content in shown:
        whole = {"components": told["components"], **content["schema"]}
        fits = jsonschema_rs.validator_for(whole)
        for name, example in content.get("examples", {}).items():
            found = [f"{error.instance_path}: {error.message}" for error in
                     fits.iter_errors(example["value"])]  # fmt: skip
            assert not found, (name, found)


def _contents(node: Any) -> Iterator[dict[str, Any]]:
    """Every body that the description shows, at whatever depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "content":
                yield from value.values()
            else:
                yield from _contents(value)
    elif isinstance(node, list):
        for value in node:
            yield from _contents(value)


def test_the_page_of_the_interface_loads_nothing_from_elsewhere(street: Street) -> None:
    """Its policy allows this origin only, and it names no other."""

    async def main(http):
        for language in ("zh", "en"):
            async with http.get(f"{street.api}/schema?lang={language}") as answer:
                text = await answer.text()
                assert answer.status == 200
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "POST</b> <code>/v1/holds" in text
            assert not re.findall(r'(?:src|href|action)="(?![/#?])[^"]*"', text)
            for file in re.findall(r'href="(/schema/static/[^"]+)"', text):
                async with http.get(street.api + file) as found:
                    assert found.status == 200
                    assert "://" not in await found.text()

    run(main)


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
