"""The purity gate: the rules of the trade read no clock, no chance, no file, and no float."""

import pytest

from tests.house import repository
from tests.house.purity import RULES, purity_findings
from tests.house.verdict import hold


def test_the_rules_of_the_trade_are_pure() -> None:
    pure = {path: text for path, text in repository.source().items()
            if path.startswith(("core/", "values/"))}  # fmt: skip
    hold(RULES, purity_findings(pure))


@pytest.mark.parametrize(
    ("rule", "text", "said"),
    [
        ("pure", "from datetime import datetime\ndatetime.now()", "now: datetime"),
        ("pure", "import datetime\ndatetime.datetime.utcnow()", "now: datetime"),
        ("pure", "import datetime as dt\ndt.date.today()", "business date"),
        ("pure", "from datetime import date as day\nday.today()", "business date"),
        ("pure", "import time\ntime.monotonic()", "Clock"),
        ("pure", "from time import time as clock\nclock()", "Clock"),
        ("pure", "from random import random\nrandom()", "ids: Ids"),
        ("pure", "import uuid\nuuid.uuid4()", "ids: Ids"),
        ("pure", "from uuid import uuid4\nuuid4()", "ids: Ids"),
        ("pure", "import os\nos.environ.get('X')", "environment"),
        ("pure", "import secrets\nsecrets.token_hex()", "data folder"),
        ("pure", "open('x')", "adapters"),
        ("pure", "print('x')", "return"),
        ("pure", "hash('x')", "hashlib"),
        ("no-floats", "float('1')", "float()"),
        ("no-floats", "from decimal import Decimal\nDecimal(1)", "decimal"),
        ("no-floats", "rate = 0.38", "0.38"),
        ("no-floats", "half = total / 2", "float"),
        ("strict-int", "def read(text):\n    return int(text)", "int(text)"),
        ("strict-int", "a, b = map(int, text.split())", "map(int"),
    ],
)
def test_an_impure_call_is_named_with_its_replacement(rule: str, text: str, said: str) -> None:
    (found,) = purity_findings({"core/odd.py": text})
    assert found.rule == rule
    assert said in found.said


@pytest.mark.parametrize(
    "text",
    [
        "def read(text):\n    if not _DIGITS.fullmatch(text): return None\n    return int(text)",
        "from datetime import datetime\ndatetime(2026, 1, 14)",
        "from uuid import UUID\nUUID(int=5)",
        "count = int(a in b) // 2",
    ],
)
def test_a_pure_call_is_left_alone(text: str) -> None:
    assert not list(purity_findings({"core/fine.py": text}))
