"""The pages for everybody: finding a counter, what can be paid where, the spare ways behind it,
what keeps a counter open, checking a paper."""

from litestar import Router

from cashlane.counter.service import Service
from cashlane.web.citizen.check import check_router
from cashlane.web.citizen.estates import Look
from cashlane.web.citizen.finder import finder_routers
from cashlane.web.citizen.keeping import keeping_router
from cashlane.web.citizen.now import now_router
from cashlane.web.citizen.proven import ways_router


def citizen_routers(service: Service, people: Look) -> list[Router]:
    """All of them; `people` looks up where people live."""
    return [
        check_router(service),
        now_router(service),
        ways_router(service),
        keeping_router(service),
        *finder_routers(service, people),
    ]
