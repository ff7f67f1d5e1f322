"""The pages for everybody: finding a counter, what can be paid where,
the spare ways behind it, who reaches a counter, checking a paper."""

from litestar import Router

from cashlane.counter.service import Service
from cashlane.web.citizen.check import check_router
from cashlane.web.citizen.estates import Look
from cashlane.web.citizen.finder import finder_routers
from cashlane.web.citizen.now import now_router
from cashlane.web.citizen.proven import ways_router
from cashlane.web.citizen.record import PublicRecord, record_router


def citizen_routers(service: Service, people: Look, record: PublicRecord) -> list[Router]:
    """All of them; `people` looks up where people live."""
    return [
        check_router(service), now_router(service), ways_router(service),
        *finder_routers(service, people), record_router(record),
    ]  # fmt: skip
