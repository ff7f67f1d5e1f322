"""Shifts come to their end here; they begin with a payment, in the one write of money."""

from datetime import date, datetime

import msgspec

from cashlane.core.chart import Limited
from cashlane.store.connect import Work
from cashlane.store.statements import statements

_SQL = statements("shifts.sql")


async def close_shift(
    work: Work, *, bucket: int, outlet: int, till: int, day: date, number: int, now: datetime
) -> bool:
    """End an open shift while no pay of its outlet is under way; False where none is open."""
    await work.execute(
        _SQL["lock_drawer"], {"bucket": bucket, "outlet": outlet, "kind": Limited.DRAWER}
    )
    shifts = [{"bucket": bucket, "till": till, "business_date": day, "number": number}]
    cursor = await work.execute(
        _SQL["close_shifts"], {"shifts": msgspec.json.encode(shifts).decode(), "now": now}
    )
    return cursor.rowcount == 1
