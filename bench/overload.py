"""More than can be served: three times what is let in, for a minute, and what becomes of it.

Citizens come anew all the time, each to have a bill held and then to pay it. Who is not let in is
told so at once; whoever holds a bill pays it; and when the rush is over all is as before.
"""

from random import Random

import msgspec
from msgspec import Struct

from bench.arrivals import Answered, arrive, milliseconds, not_taken
from bench.ground import Ground
from bench.holds import Holder, next_key, pay, post
from bench.outside import open_wide
from cashlane.main import network_of
from cashlane.store.connect import connect

FILED = 6
"""The biller whose bills came by file: no desk of a partner bounds what is asked."""
LINES = 512
STEADY = 200
"""Pays a second before and after the rush."""
STEADY_S = 10
CALM_S = 5
"""All is as before so long after the rush."""
AMOUNT = 100
HELD, REFUSED = 200, 429


class Rush(Struct, frozen=True):
    """What became of a rush."""

    held: int
    refused: int
    otherwise: int
    refused_p99_ms: float
    pays: int
    pays_lost: int
    before_p99_ms: float
    after_p99_ms: float

    @property
    def holds(self) -> bool:
        """Whether nobody was lost and nobody was left waiting."""
        return (
            not self.otherwise
            and not self.pays_lost
            and self.refused_p99_ms <= REFUSED_MOST_MS
            and self.after_p99_ms <= max(CALM_MOST_MS, 1.5 * self.before_p99_ms)
        )


REFUSED_MOST_MS = 100
CALM_MOST_MS = 60


class _BillHeld(Struct):
    token: str


class _Bill(Struct):
    cash_due: int
    hold: _BillHeld


class _HeldOut(Struct):
    bill: _Bill


_read = msgspec.json.Decoder(_HeldOut).decode


def rush(ground: Ground, *, let_in: int, seconds: int) -> Rush:
    """Three times as many as are let in, for so long, with steady pays before and after."""
    visits = Visits(ground, 3 * let_in * seconds)
    steady = [pay(held) for held in Holder(ground).make(2 * STEADY * STEADY_S)]
    half = len(steady) // 2
    with ground.api(CASHLANE_ADMIT_PER_S=str(let_in)) as address:
        before = _steady(address, steady[:half])
        crowd = arrive(
            address, visits.asking, per_s=3 * let_in, lines=LINES, then=visits.paying
        )  # fmt: skip
        after = _steady(address, steady[half:])
    refused = [one for one in crowd.answered if one.status == REFUSED]
    held = sum(one.status == HELD for one in crowd.answered)
    return Rush(
        held=held,
        refused=len(refused),
        otherwise=len(crowd.answered) - held - len(refused),
        refused_p99_ms=milliseconds(refused, 99),
        pays=len(crowd.followed),
        pays_lost=held - len(crowd.followed) + not_taken(crowd.followed),
        before_p99_ms=milliseconds(before, 99),
        after_p99_ms=milliseconds([one for one in after if one.due_s >= CALM_S], 99),
    )


def _steady(address: str, requests: list[bytes]) -> list[Answered]:
    return arrive(address, requests, per_s=STEADY, lines=LINES, then=None).answered


class Visits:
    """Citizens with a bill each, at counters all over the city."""

    def __init__(self, ground: Ground, count: int) -> None:
        network = network_of(ground.house)
        biller, chance = network.billers[FILED], Random("visits")
        outlets = list(network.outlets.values())
        tills = {till.outlet: till.code for till in network.tills.values()}
        open_wide(ground)
        accounts = self._file_bills(ground, count)
        self._at = [
            (outlet.code, tills[outlet.number], ground.keys[network.agents[outlet.agent].code])
            for outlet in chance.choices(outlets, k=count)
        ]
        self.asking = [
            post(
                "/v1/holds", secret,
                {"outlet": outlet, "till": till, "biller": biller.code, "account": account,
                 "bill_ref": account}, key=None,
            )
            for account, (outlet, till, secret) in zip(accounts, self._at, strict=True)
        ]  # fmt: skip

    def paying(self, number: int, status: int, body: bytes) -> bytes | None:
        """Whoever holds a bill pays it."""
        if status != HELD:
            return None
        bill, (outlet, till, secret) = _read(body).bill, self._at[number]
        said = {"outlet": outlet, "till": till, "hold": bill.hold.token, "tendered": bill.cash_due}
        return post("/v1/payments", secret, said, key=next_key())

    def _file_bills(self, ground: Ground, count: int) -> list[str]:
        begin = ground.count("SELECT count(*) FROM filed_bills WHERE file = 'rush'")
        accounts = [f"5{number:011d}" for number in range(begin, begin + count)]
        with connect(ground.database) as books, books.cursor() as cursor, cursor.copy(
            "COPY filed_bills (biller, bill_ref, account, period, amount, customer, file)"
            " FROM STDIN"
        ) as copy:  # fmt: skip
            for account in accounts:
                copy.write_row((FILED, account, account, "202112", AMOUNT, "", "rush"))
        return accounts
