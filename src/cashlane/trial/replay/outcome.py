"""One world lived through: what comes out, as numbers. The same function for every world."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from cashlane.trial.replay.cost import PARTIES, Bill, Cost, costs
from cashlane.trial.replay.crowd import Crowd, Sample, crowd_of, ground_under
from cashlane.trial.replay.given import Given
from cashlane.trial.replay.ground import Ground
from cashlane.trial.replay.phases import Phase, Service, phases, spare_ready, stopped_at
from cashlane.trial.replay.story import Story, World
from cashlane.trial.replay.trips import Trips, coming_behind
from cashlane.values.text import Text
from cashlane.world.demand import hour_weights


class Step(Struct, frozen=True):
    """From this day on so many outlets take cash, so many of them over the spare."""

    since: date
    outlets: int
    over_spare: int


class Outlets(Struct, frozen=True):
    """Exact, whatever the sample: outlets by day, and what was lost of outlet-days.

    `gap_s` are seconds for which counters had no way without losing their day.
    """

    steps: Sequence[Step]
    by_day: Sequence[int]
    days_lost: int
    days_lost_by_channel: Mapping[str, int]
    days_over_spare: int
    gap_s: int


class Payments(Struct, frozen=True):
    """Estimates from the sample: payments that their usual counter could not take that day.

    displaced = elsewhere + later_as_always + not_paid. `late`: paid on a later day, at whichever
    counter. `held_up`: payments that waited for the `gap_s` seconds.
    """

    payments: int
    displaced: int
    elsewhere: int
    later_as_always: int
    not_paid: int
    late: int
    days_late: int
    over_spare: int
    turned_away: int
    held_up: int
    in_vain: int
    in_vain_by_day: Sequence[int]


class Walked(Struct, frozen=True):
    """Estimates from the sample: metres on foot beyond the usual, there and back.

    `far_over_70`: payers over 70 without a counter that takes cash within the far distance, at
    the worst; `far_over_70_before` on the first day. `over_70_each_m` is for each displaced payment
    of theirs, rounded down.
    """

    further_m: int
    over_70_m: int
    over_70_displaced: int
    over_70_each_m: int
    over_70_in_vain: int
    far_over_70: int
    far_over_70_before: int


class Outcome(Struct, frozen=True):
    """Everything that came out of one world. Costs are in fen."""

    key: str
    title: Text
    outlets: Outlets
    payments: Payments
    walked: Walked
    costs: Sequence[Cost]
    costs_by_party: Mapping[str, int]


def outcome_of(story: Story, world: World, sample: Sample) -> Outcome:
    """Live through one world."""
    facts = story.given(world)
    ground, crowd = ground_under(facts, sample), crowd_of(facts, sample)
    spans = phases(ground, facts)
    tally = Trips(ground, facts, spans, crowd).run()
    up = crowd.scale.up
    worst = min(spans, key=lambda phase: phase.taking)
    lines = costs(Bill(facts, tally, crowd.scale, len(ground.places) - worst.taking))
    gap_s = _gap_s(facts)
    return Outcome(
        key=world.key,
        title=world.title,
        outlets=_outlets(ground, facts, spans, gap_s),
        payments=Payments(
            payments=up(tally.payments),
            displaced=up(tally.displaced),
            elsewhere=up(tally.elsewhere),
            later_as_always=up(tally.later_as_always),
            not_paid=up(tally.not_paid),
            late=up(tally.late),
            days_late=up(tally.days_late),
            over_spare=up(tally.over_spare),
            turned_away=up(tally.turned_away),
            held_up=_held_up(ground, facts, crowd, gap_s),
            in_vain=up(sum(tally.in_vain)),
            in_vain_by_day=[up(count) for count in tally.in_vain],
        ),
        walked=Walked(
            further_m=up(tally.further_m),
            over_70_m=up(tally.further_over_70_m),
            over_70_displaced=up(tally.displaced_over_70),
            over_70_each_m=tally.further_over_70_m // max(1, tally.displaced_over_70),
            over_70_in_vain=up(tally.in_vain_over_70),
            far_over_70=up(crowd.far_over_70(worst.services, facts.far_m)),
            far_over_70_before=up(crowd.far_over_70(spans[0].services, facts.far_m)),
        ),
        costs=lines,
        costs_by_party={
            party: sum(line.fen for line in lines if line.payer == party) for party in PARTIES
        },
    )


def _outlets(ground: Ground, facts: Given, spans: Sequence[Phase], gap_s: int) -> Outlets:
    lost: dict[str, int] = {channel.code: 0 for channel in facts.channels}
    for phase in spans:
        for place, service in zip(ground.places, phase.services, strict=True):
            if service == Service.SHUT:
                lost[place.chain] += phase.days
    by_spare = [phase.services.count(Service.BY_SPARE) for phase in spans]
    return Outlets(
        steps=_steps(spans, by_spare),
        by_day=[phase.taking for phase in spans for _ in range(phase.days)],
        days_lost=sum(lost.values()),
        days_lost_by_channel=lost,
        days_over_spare=sum(
            phase.days * count for phase, count in zip(spans, by_spare, strict=True)
        ),
        gap_s=gap_s,
    )


def _steps(spans: Sequence[Phase], by_spare: Sequence[int]) -> list[Step]:
    return [
        Step(phase.first, phase.taking, count) for phase, count in zip(spans, by_spare, strict=True)
    ]


def _gap_s(facts: Given) -> int:
    """Seconds between the stop and the spare, where it stands by the same day."""
    stopped, ready = stopped_at(facts), spare_ready(facts)
    same_day = ready is not None and ready.date() == stopped.date()
    return _seconds(stopped, ready) if same_day and ready is not None else 0


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())


def _held_up(ground: Ground, facts: Given, crowd: Crowd, gap_s: int) -> int:
    """Payments that come in those seconds, by the hour of the stop (rounded half up)."""
    day = (facts.stops_on - facts.first_day).days
    chains = [place.chain for place in ground.places]
    coming = crowd.scale.up(coming_behind(facts, crowd, chains, day))
    thousandths = hour_weights(elders=False)[facts.stop_hour]
    return (coming * thousandths * gap_s + 1_800_000) // 3_600_000
