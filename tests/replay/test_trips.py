"""Trips of a few people, worked out a second time from the places alone."""

from datetime import timedelta

from cashlane.trial.replay.crowd import Crowd, Sample, crowd_of, ground_under
from cashlane.trial.replay.given import Given
from cashlane.trial.replay.ground import Ground
from cashlane.trial.replay.phases import Phase, Service, phases
from cashlane.trial.replay.reading import read_story
from cashlane.trial.replay.trips import Tally, Trips
from cashlane.world.outline import metres
from tests.replay.conftest import NAME

FEW = Sample(seed=11, ppm=60)
"""Some fifty payers."""


class _Set:
    """A world of one's own and its few people."""

    def __init__(self, *settings: str) -> None:
        story = read_story(NAME, None, ("further_most_m=50000", "further_most_over_70_m=50000",
                                        *settings))  # fmt: skip
        self.facts: Given = story.given(story.worlds[0])
        self.ground: Ground = ground_under(self.facts, FEW)
        self.crowd: Crowd = crowd_of(self.facts, FEW)
        self.phases: list[Phase] = phases(self.ground, self.facts)

    def run(self) -> Tally:
        return Trips(self.ground, self.facts, self.phases, self.crowd).run()

    def nearest(self, payer: int, least: Service, phase: Phase) -> tuple[int, float]:
        """By looking at every outlet there is."""
        home = self.crowd.payers[payer].home
        far = (
            (metres(home, place.place), place.number)
            for place in self.ground.places
            if phase.service(place.number) >= least
        )
        distance, number = min(far)
        return number, distance

    def comings(self) -> list[tuple[int, Phase]]:
        """Everybody who comes, with the phase of the day."""
        return [
            (payer, phase)
            for at, day in enumerate(self.crowd.comings)
            for payer in day
            for phase in self.phases
            if phase.first <= self.facts.first_day + timedelta(days=at) <= phase.last
        ]


def test_whoever_is_told_walks_to_the_next_counter_and_back() -> None:
    it = _Set("told_before_percent=100")
    tally, everywhere = it.run(), it.phases[0]
    usual = {at: it.nearest(at, Service.SHUT, everywhere) for at in range(len(it.crowd.payers))}
    further = displaced = 0
    for payer, phase in it.comings():
        number, distance = usual[payer]
        if phase.service(number) is Service.SHUT:
            displaced += 1
            _, other = it.nearest(payer, Service.AS_ALWAYS, phase)
            further += 2 * round((round(other) - round(distance)) * 1.3)
    assert tally.displaced == tally.elsewhere == displaced > 10
    assert (sum(tally.in_vain), tally.late) == (0, 0)
    # Each walk is rounded once here and once there.
    assert abs(tally.further_m - further) <= 4 * displaced


def test_whoever_is_told_at_the_door_goes_on_from_there() -> None:
    it = _Set("told_at_door_percent=100")
    tally = it.run()
    further = 0
    for payer, phase in it.comings():
        number, distance = it.nearest(payer, Service.SHUT, it.phases[0])
        if phase.service(number) is Service.SHUT:
            other, back = it.nearest(payer, Service.AS_ALWAYS, phase)
            places = it.ground.places
            between = metres(places[number - 1].place, places[other - 1].place)
            further += round((between + back - distance) * 1.3)
    assert sum(tally.in_vain) == 0
    assert abs(tally.further_m - further) <= 4 * tally.displaced


def test_nobody_comes_in_vain_twice_while_a_counter_stays_shut() -> None:
    it = _Set()
    tally = it.run()
    shut = {
        payer
        for payer, phase in it.comings()
        if phase.service(it.crowd.usual[payer][0]) is Service.SHUT
    }
    assert 0 < sum(tally.in_vain) <= len(shut)
    assert tally.late >= sum(tally.in_vain) - 1
    assert tally.elsewhere + tally.later_as_always == tally.displaced


def test_the_over_70_are_counted_among_all() -> None:
    tally = _Set().run()
    assert 0 < tally.further_over_70_m < tally.further_m
    assert 0 < tally.displaced_over_70 < tally.displaced


def test_a_full_spare_turns_away_those_who_come_later() -> None:
    it = _Set("spare_state=warm", "quiet_offices=0", "spare_capacity_percent=0")
    tally = it.run()
    behind = sum(
        phase.service(it.crowd.usual[payer][0]) is Service.BY_SPARE for payer, phase in it.comings()
    )
    assert (tally.over_spare, tally.displaced) == (0, behind)
    full = _Set("spare_state=warm", "quiet_offices=0").run()
    assert (full.over_spare, full.displaced, full.turned_away) == (behind, 0, 0)
