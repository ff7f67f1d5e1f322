"""A session lasts while it is used and its whole time is not over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.roles import Person, Role
from cashlane.core.sitting import AT_TILL, STAFF, TOUCH_AFTER, Session, at_work

NOW = datetime(2026, 1, 14, 9, tzinfo=UTC)
PERSON = Person(UUID(int=1), "wang", "", None, None, frozenset())
DESK = Session(UUID(int=2), PERSON, False, None, NOW, NOW, NOW + STAFF.whole)
TILL = structs.replace(DESK, till=111, expires_at=NOW + AT_TILL.whole)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("session", [DESK, TILL])
def test_silence_and_the_last_hour_end_it(session: Session) -> None:
    idle = session.life.idle
    assert session.lasts(NOW + idle - SECOND)
    assert not session.lasts(NOW + idle)
    busy = structs.replace(session, seen_at=session.expires_at - SECOND)
    assert busy.lasts(session.expires_at - SECOND)
    assert not busy.lasts(session.expires_at)


def test_a_till_and_a_desk_have_their_own_limits() -> None:
    assert DESK.life is STAFF
    assert TILL.life is AT_TILL


def test_a_word_given_by_another_gives_no_role_before_it_is_changed() -> None:
    lead = structs.replace(PERSON, roles=frozenset({Role.OPERATOR_LEAD}))
    assert at_work(lead, must_change=True).roles == frozenset()
    assert at_work(lead, must_change=False) == lead


def test_use_is_written_down_now_and_then() -> None:
    assert not DESK.worth_touching(NOW + TOUCH_AFTER - SECOND)
    assert DESK.worth_touching(NOW + TOUCH_AFTER)
