"""What a world costs, and who pays: whole fen, each line with its payer.

Fees are split by the rule of every quote; labour is rounded half up to the fen, a line at a time.
A minus is money saved or earned. What people walk is not priced: it stands beside the money.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from cashlane.core.fees import Fee, FeeSchedule, fee_for
from cashlane.trial.replay.crowd import Scale
from cashlane.trial.replay.given import Given
from cashlane.trial.replay.ground import spare_fee, usual_fee
from cashlane.trial.replay.phases import kept_offices
from cashlane.trial.replay.trips import Tally

Party = Literal["biller", "operator", "aggregator", "stopped", "helping"]
PARTIES: tuple[Party, ...] = ("biller", "operator", "aggregator", "stopped", "helping")
_SOME_BILL = 10_000
"""The fee of the story is flat: it is the same on any bill."""


class Cost(Struct, frozen=True):
    """A line: what for (a key of the words), who pays, how much."""

    what: str
    payer: Party
    fen: int


class Bill(Struct, frozen=True):
    """What costs are computed from: facts, counts of the whole city, outlets that were shut."""

    facts: Given
    tally: Tally
    scale: Scale
    shut: int


def costs(of: Bill) -> list[Cost]:
    """All lines of a world, the same lines in every world."""
    return [*_spare(of), *_notices(of), *_stopped(of), *_helping(of)]


def labour_fen(payments: int, seconds: int, fen_per_hour: int) -> int:
    """What so many payments cost in wages, rounded half up to the fen."""
    return (payments * seconds * fen_per_hour + 1_800) // 3_600


def _fee(schedule: FeeSchedule) -> Fee:
    return fee_for(schedule, _SOME_BILL)


def _spare(of: Bill) -> Iterator[Cost]:
    """The spare is paid for whether anything stops or not; its fee only when it is used."""
    facts = of.facts
    dearer = _fee(spare_fee(facts)).amount - _fee(usual_fee(facts)).amount
    behind = [channel for channel in facts.channels if channel.way == "aggregator"]
    kept = sum(channel.outlets for channel in behind) * facts.spare_kept_fen * facts.kept_months
    yield Cost("dearer-fee", "biller", dearer * of.scale.up(of.tally.over_spare))
    yield Cost("spare-kept", "operator", kept)
    yield Cost("certified", "operator", len(behind) * facts.certify_fen)


def _notices(of: Bill) -> Iterator[Cost]:
    """Quiet offices, notices, and callers (of whom a part of one is none, rounded down)."""
    facts = of.facts
    callers = of.scale.up(sum(of.tally.in_vain)) * facts.calls_percent // 100
    quiet = kept_offices(facts) * facts.availability_fen * facts.kept_months
    yield Cost("quiet-kept", "biller", quiet)
    yield Cost("notices", "operator", of.shut * facts.notice_fen)
    yield Cost("hotline", "operator", labour_fen(callers, facts.call_seconds, facts.wage_fen))


def _stopped(of: Bill) -> Iterator[Cost]:
    """What those behind shut counters do not earn, and the work they do not have."""
    agent, _, route = _fee(usual_fee(of.facts)).parts
    gone = _counts(of, of.tally.left)
    behind = {channel.code for channel in of.facts.channels if channel.way == "aggregator"}
    not_carried = sum(count for chain, count in gone.items() if chain in behind)
    not_carried += of.scale.up(of.tally.over_spare)
    yield Cost("fees-not-earned", "aggregator", route * not_carried)
    yield Cost("fees-not-earned", "stopped", agent * sum(gone.values()))
    yield Cost("work-not-done", "stopped", -_work(of, gone))


def _helping(of: Bill) -> Iterator[Cost]:
    """The counters that took others' payments: more fees, more work."""
    agent, _, _ = _fee(usual_fee(of.facts)).parts
    came = _counts(of, of.tally.took)
    yield Cost("fees-earned", "helping", -agent * sum(came.values()))
    yield Cost("more-work", "helping", _work(of, came))


def _counts(of: Bill, looked_at: Mapping[str, int]) -> dict[str, int]:
    return {chain: of.scale.up(count) for chain, count in sorted(looked_at.items())}


def _work(of: Bill, payments: Mapping[str, int]) -> int:
    facts = of.facts
    return sum(
        labour_fen(
            count, facts.seconds_post if chain == "post" else facts.seconds_store, facts.wage_fen
        )
        for chain, count in payments.items()
    )
