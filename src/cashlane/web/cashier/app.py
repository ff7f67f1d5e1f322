"""The till page's part of the server: everything under /till."""

from pathlib import Path

from litestar import Response, Router, get
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from cashlane.web.cashier import papers, paying, shifts, sitting
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages

_HERE = Path(__file__).parent
_pages = Pages("cashlane.web.cashier")


@get("/")
async def page() -> Response[str]:
    """The till page; what it shows comes by its own requests."""
    return _pages.page("till.html")


@get("/service.js")
async def service_worker() -> Response[bytes]:
    """The script that keeps the page at hand; served from here, for all of /till."""
    content = (_HERE / "static" / "service.js").read_bytes()
    return Response(content, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/files")
async def files_of_page() -> list[str]:
    """Every file that the page needs to start without a line."""
    static = (_HERE / "static").rglob("*")
    own = [f"/till/static/{it.relative_to(_HERE / 'static')}" for it in static if it.is_file()]
    return ["/till/", "/shared/paper.css", *sorted(own)]


def cashier_router(room: CashierRoom) -> Router:
    """Handlers and files of the till page."""
    files = create_static_files_router(
        path="/static",
        directories=[_HERE / "static"],
        include_in_schema=False,
        cache_control=None,
    )
    return Router(
        "/till",
        route_handlers=[
            page, service_worker, files_of_page, files,
            sitting.at_the_door, sitting.enrol, sitting.seat, sitting.sign_in,
            sitting.change_pin, sitting.sign_out,
            paying.shut, paying.inquire, paying.pay_visit, paying.abandon, paying.status,
            paying.undo,
            papers.find, papers.paper_page, papers.paper_roll,
            shifts.shift, shifts.close,
        ],
        dependencies={"room": Provide(lambda: room, sync_to_thread=False)},
        include_in_schema=False,
        after_request=guarded,
    )  # fmt: skip
