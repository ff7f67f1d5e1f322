"""Stages of a chain's way in: what earns each, what is next, when two persons may certify it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from cashlane.core.onboarding import (
    ACTS,
    RULES,
    Act,
    Deed,
    Evidence,
    check_certifiable,
    progress,
)
from cashlane.core.onboarding_steps import steps
from tests.rolls.counter import network

NOW = datetime(2022, 1, 14, 9, 0, tzinfo=UTC)
NOTHING = Evidence(1, None, None, 0, 0, None, None, {})
DEEDS: dict[Act, Deed] = {act: Deed(NOW, "head office", "") for act in ACTS}
READY = Evidence(1, NOW, NOW, 3, 1, None, None, DEEDS)


def test_stages_come_in_their_order_whatever_was_done_first() -> None:
    assert (progress(NOTHING).earned, progress(NOTHING).next) == (1, "key")
    paid = structs.replace(NOTHING, deeds={"paid": Deed(NOW, "head office", "pay_1")})
    assert (progress(paid).earned, progress(paid).next) == (2, "key")
    (stage,) = (one for one in progress(paid).stages if one.stage == "paid")
    assert (stage.at, stage.about) == (NOW, "pay_1")
    listed = structs.replace(NOTHING, key_since=NOW, outlets=1)
    assert progress(listed).next == "signed"


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_certified_before_its_host_did_everything(act: Act) -> None:
    assert check_certifiable(READY) is None
    without = {one: deed for one, deed in DEEDS.items() if one != act}
    refused = check_certifiable(structs.replace(READY, deeds=without))
    assert refused is not None
    assert (refused.code, refused.places) == ("ONBOARDING_UNEARNED", {"stage": RULES[act].name})


def test_nor_without_key_and_outlets_nor_twice() -> None:
    for bare in (structs.replace(READY, key_since=None), structs.replace(READY, outlets=0)):
        refused = check_certifiable(bare)
        assert refused is not None
        assert refused.code == "ONBOARDING_UNEARNED"
    refused = check_certifiable(structs.replace(READY, certified_at=NOW))
    assert refused is not None
    assert refused.code == "ONBOARDING_CERTIFIED"


def test_the_last_stage_is_outlets_that_are_on_after_it_was_certified() -> None:
    certified = structs.replace(READY, certified_at=NOW, enabled=0)
    assert progress(certified).next == "switched_on"
    on = structs.replace(certified, enabled=2)
    assert progress(on).next is None
    assert progress(on).stages[-1].at == NOW
    later = NOW + timedelta(days=1)
    assert progress(structs.replace(on, on_since=later)).stages[-1].at == later
    assert progress(READY).next == "certified"


def test_the_next_command_names_the_chains_own_outlet() -> None:
    net = network()
    (line,) = steps("inquired", net, 1)
    assert '"{\\"outlet\\": \\"o-1\\", \\"till\\": \\"1\\", \\"code\\": \\"$CODE\\"}"' in line
    assert steps("certified", net, 1) == []
    bare = structs.replace(net, outlets={}, tills={})
    assert all("OUTLET" in line for line in steps("repeated", bare, 1))
    assert "--agent agent-1" in steps("listed", bare, 1)[0]
    for stage in RULES:
        assert not any("{outlet}" in line for line in steps(stage, net, 1)), stage
