"""Payments that stay the same for ever, so that the bytes we send can be compared to the byte."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cashlane.core.ports import Delivery
from cashlane.values.ids import Ids

Deliver = Callable[..., Delivery]
ACCEPTED = datetime(2026, 1, 15, 9, 30, 0, tzinfo=UTC)


@pytest.fixture
def deliver() -> Deliver:
    """Makes the payment with a number; `biller` and `amount` as wanted."""

    def make(number: int, biller: str = "city-power", amount: int = 12650) -> Delivery:
        ids = Ids(lambda bits: number)
        payment = ids.payment(ACCEPTED, business_date=date(2026, 1, 15), bucket=7)
        return Delivery(
            payment, biller, f"B{number:06d}", f"A{number:06d}", amount,
            "post-0001", f"R{number:06d}", ACCEPTED, 1,
        )  # fmt: skip

    return make


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str], bytes]:
    """Reads a golden sample that lies beside the test."""
    folder = Path(request.path).parent / "golden"
    return lambda name: (folder / name).read_bytes()
