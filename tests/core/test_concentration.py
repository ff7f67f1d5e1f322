"""What hangs on one thing, and what a withdrawal takes away."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import structs

from cashlane.core.concentration import HUB, RESTARTS, Stopped, concentration, what_if
from cashlane.core.health import Scope, newborn
from cashlane.core.routing import CLEAR, Outlook, RouteNotice
from cashlane.core.withdrawal import STAGE_NAMES, STAGES, Countdown, countdown, tasks
from cashlane.values.text import Text
from tests.core.ways import ill
from tests.rolls.counter import OPENING, network

WARM = Outlook(
    {
        scope: structs.replace(newborn(scope, OPENING), proven_at=OPENING)
        for scope in (Scope(2, biller, 3) for biller in (1, 2, 3, 4))
    },
    (),
)
"""The third agent's spare has carried a payment to every biller."""


def outcomes(what: Stopped, outlook: Outlook = CLEAR) -> dict[int, str]:
    """By agent what becomes of the first biller's bills."""
    impact = what_if(what, network(), outlook, OPENING)
    return {pair.agent: pair.outcome for pair in impact.pairs if pair.biller == 1}


def test_a_route_that_stops_closes_whoever_has_no_other() -> None:
    assert outcomes(Stopped("route", 1)) == {1: "closes", 2: "untouched", 3: "moves_cold"}
    assert outcomes(Stopped("route", 1), WARM)[3] == "moves"
    assert outcomes(Stopped("route", 2)) == {1: "untouched", 2: "closes", 3: "untouched"}
    assert outcomes(Stopped("route", 1), ill(2)) == {
        1: "closes", 2: "closed_already", 3: "closes",
    }  # fmt: skip


def test_outlets_are_named_and_their_share_is_told() -> None:
    impact = what_if(Stopped("route", 1), network(), CLEAR, OPENING)
    assert (impact.closing, impact.dark, impact.moving) == ({1}, {1}, {3})
    assert impact.share_ppm == 333_333
    biller = what_if(Stopped("biller", 1), network(), CLEAR, OPENING)
    assert (biller.closing, biller.dark) == ({1, 2, 3}, frozenset())
    host = what_if(Stopped("agent", 2), network(), CLEAR, OPENING)
    assert (host.closing, host.dark) == ({2}, {2})


def test_a_biller_that_works_by_files_closes_nothing_when_it_stops() -> None:
    net = network()
    filed = {1: structs.replace(net.billers[1], flow="file")}
    impact = what_if(
        Stopped("biller", 1), structs.replace(net, billers=net.billers | filed), CLEAR, OPENING
    )
    assert {pair.outcome for pair in impact.pairs} == {"untouched"}


def test_everything_hangs_on_the_hub_and_that_is_said_first() -> None:
    first, *rest = concentration(network(), CLEAR, OPENING)
    assert first.what == HUB
    assert len(first.dark) == first.outlets == 3
    assert len(rest) == 2 + 4 + 3
    weights = [(len(one.dark), len(one.closing)) for one in rest]
    assert weights == sorted(weights, reverse=True)


def test_a_suspended_outlet_hangs_on_nothing() -> None:
    net = network()
    shut = structs.replace(net.outlets[1], suspended=True)
    impact = what_if(
        Stopped("route", 1), structs.replace(net, outlets=net.outlets | {1: shut}), CLEAR, OPENING
    )
    assert (impact.closing, impact.outlets) == (frozenset(), 2)


def test_every_kind_says_who_brings_it_back() -> None:
    assert set(RESTARTS) == {"route", "biller", "agent", "hub"}


def withdrawn(days: int, *, biller: int = 0, agent: int = 0) -> Countdown:
    """Route 1 withdrawn in so many days."""
    since = OPENING + timedelta(days=days)
    notice = RouteNotice(
        UUID(int=1), 1, biller, agent, "withdrawn", since, None, "commercial",
        Text("停办", "withdrawn"), "test", datetime(2022, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return countdown(notice, network(), WARM, OPENING)


def test_a_countdown_names_outlets_spares_and_tasks() -> None:
    whole = withdrawn(40)
    assert {(loss.agent, loss.spare) for loss in whole.losses} == {(1, "none"), (3, "warm")}
    assert (whole.outlets_lost, whole.outlets_touched) == ({1}, {1, 3})
    assert whole.left == timedelta(days=40)
    (lost,) = {tasks(loss) for loss in whole.losses if loss.agent == 1}
    (kept,) = {tasks(loss) for loss in whole.losses if loss.agent == 3}
    assert len(lost) == 3
    assert len(kept) == 1


def test_a_countdown_grows_louder_only_where_somebody_loses() -> None:
    levels = [withdrawn(days).level for days in (40, 30, 8, 7, 1, 0, -3)]
    assert levels == ["calm", "soon", "soon", "now", "now", "over", "over"]
    assert withdrawn(3, agent=3).level == "calm", "its spare is warm"


def test_a_notice_about_some_names_only_them() -> None:
    assert {(one.agent, one.biller) for one in withdrawn(9, biller=2, agent=1).losses} == {(1, 2)}


def test_the_stages_of_a_return_have_names() -> None:
    assert set(STAGES) == set(STAGE_NAMES)
