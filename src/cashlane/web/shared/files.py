"""The files that pages of several rooms use: the paper's and the plain pages' style."""

from pathlib import Path

from litestar import Router
from litestar.static_files import create_static_files_router

from cashlane.web.shared.headers import guarded

_FOLDER = Path(__file__).parent / "static"


def shared_files() -> Router:
    """Files under /shared."""
    return create_static_files_router(
        path="/shared", directories=[_FOLDER], include_in_schema=False, after_request=guarded
    )
