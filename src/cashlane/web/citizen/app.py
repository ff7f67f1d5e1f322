"""The pages for everybody: finding a counter, what can be paid where, who is out and comes back
when, the spare ways behind it, who reaches a counter and what was decided about one, what keeps
a counter open, checking a paper; and open data."""

from litestar import Router

from cashlane.counter.service import Service
from cashlane.registry.restoration import Restoration
from cashlane.web.citizen.check import check_router
from cashlane.web.citizen.estates import Look
from cashlane.web.citizen.finder import finder_routers
from cashlane.web.citizen.keeping import keeping_router
from cashlane.web.citizen.now import LastCash, now_router
from cashlane.web.citizen.open_data import open_router
from cashlane.web.citizen.proven import ways_router
from cashlane.web.citizen.record import PublicRecord, record_router
from cashlane.web.citizen.restoration import resting_board, restoration_router


def citizen_routers(
    service: Service,
    people: Look,
    restoration: Restoration,
    record: PublicRecord,
    last_cash: LastCash,
    licence: str | None,
) -> list[Router]:
    """All of them. `people` looks up where people live; `licence` is the operator's word about its
    open data, if it has said one."""
    board = resting_board(service, restoration)
    return [
        check_router(service),
        now_router(service, last_cash),
        ways_router(service),
        restoration_router(board),
        keeping_router(service),
        record_router(record),
        open_router(board, licence),
        *finder_routers(service, people),
    ]
