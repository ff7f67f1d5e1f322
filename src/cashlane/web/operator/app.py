"""The operator's part of the server: everything under /window."""

from pathlib import Path
from typing import Any

from litestar import Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.store.connect import Lost
from cashlane.store.shelf import AwayError
from cashlane.values.text import Text
from cashlane.web.operator import (
    coverage,
    doubt,
    drills,
    economics,
    finding,
    guard,
    notices,
    onboarding,
    payment,
    people,
    places,
    planning,
    programmes,
    proposals,
    registry,
    restoration,
    restoration_case,
    route,
    sign,
    silence,
    stand_in,
    survey,
    walkers,
    wall,
    ways,
    what_if,
)
from cashlane.web.operator.door import (
    MustChange,
    SignedOut,
    entered,
    lost_page,
    refusal_page,
    to_door,
    to_password,
)
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.shared.door import AnyRequest
from cashlane.web.shared.headers import guarded

_STATIC = Path(__file__).parent / "static"


def operator_router(room: OperatorRoom) -> Router:
    """Handlers and files of the window."""

    def refused(request: AnyRequest, error: RefusedError) -> Response[Any]:
        return refusal_page(request, room, error.refused)

    def away(request: AnyRequest, _: AwayError) -> Response[Any]:
        return refusal_page(request, room, Refused("ARCHIVE_AWAY"))

    def lost(request: AnyRequest, error: Lost) -> Response[Any]:
        return lost_page(request, room, error)

    def absent(request: AnyRequest, _: HTTPException) -> Response[Any]:
        return refusal_page(request, room, Refused("NOT_FOUND", {"what": Text("页面", "page")}))

    files = create_static_files_router(
        path="/static", directories=[_STATIC], include_in_schema=False, cache_control=None
    )
    return Router(
        "/window",
        route_handlers=[
            sign.sign_in_page, sign.sign_in, sign.password_page, sign.change_password,
            sign.sign_out, wall.wall, finding.find_page, finding.find, finding.visit_page,
            payment.payment_page, payment.bill_page, doubt.doubt_page, places.outlet_page,
            places.biller_page, registry.outlets_page, registry.outlets_sheet, registry.switch_on,
            silence.say_silence, onboarding.onboarding_page, onboarding.chain_page,
            onboarding.certify, survey.survey_page, survey.survey_sheet,
            programmes.programmes_page, programmes.programmes_sheet,
            route.route_page, route.say, ways.ways_page, notices.notice_page,
            notices.notice_outlets, notices.end, notices.say_stage, what_if.what_if_page,
            what_if.hub_page, what_if.what_if_outlets, what_if.hub_outlets, drills.say_every,
            drills.say_every_hub, stand_in.stand_in_page, stand_in.propose,
            proposals.approvals_page, proposals.approval_page, proposals.decide,
            economics.economics_page, economics.economics_outlets,
            planning.plan_page, planning.begin, planning.planned_page, planning.end,
            planning.plan_sheet,
            people.people_page, people.make,
            people.person_page, people.issue, people.shut, people.propose_role,
            people.propose_password_away, restoration.board_page, restoration.open_page,
            restoration.open_case, restoration_case.case_page, restoration_case.say,
            coverage.coverage_page,
            coverage.coverage_sheet, walkers.walkers_page, walkers.note, walkers.let_go,
            guard.guard_page, guard.ask_wish, guard.ask_outlet, guard.ask_notice,
            guard.ask_route, guard.assessment_page, guard.promise, guard.again, guard.decide, files,
        ],
        dependencies={
            "room": Provide(lambda: room, sync_to_thread=False),
            "here": Provide(entered),
        },
        exception_handlers={
            SignedOut: to_door,
            MustChange: to_password,
            RefusedError: refused,
            AwayError: away,
            Lost: lost,
            HTTPException: absent,
        },
        include_in_schema=False,
        after_request=guarded,
    )  # fmt: skip
