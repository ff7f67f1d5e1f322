"""What goes wrong inside is told as what it is, and always says what of the cash."""

import asyncio
from typing import Any

import msgspec
import pytest
from litestar import Litestar, get

from cashlane.api.refusing import HANDLERS
from cashlane.core.refusals import CATALOGUE
from cashlane.store.connect import DayNotOpen, Lost, Moved


async def _asked(error: Exception) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and body of an operation that raises, over ASGI as any server would ask."""

    @get("/")
    async def raising() -> None:
        raise error

    app = Litestar([raising], exception_handlers=HANDLERS, openapi_config=None)
    sent: list[Any] = []
    scope = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
        "headers": [(b"host", b"here")], "http_version": "1.1", "scheme": "http",
        "server": ("here", 80), "client": ("there", 1), "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return sent[0]["status"], headers, msgspec.json.decode(body)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyError("a defect of ours"), "DEFECT"),
        (Lost("away"), "OUTCOME_UNKNOWN"),
        (Moved("moved"), "OUTCOME_UNKNOWN"),
        (DayNotOpen("cut"), "DAY_CLOSED"),
    ],
)
def test_nothing_that_may_have_taken_cash_says_it_took_none(error: Exception, code: str) -> None:
    status, headers, body = asyncio.run(_asked(error))
    entry = CATALOGUE[code]
    assert (status, body["code"], body["status"]) == (entry.status, code, entry.status)
    assert body["payment_state"] == entry.cash == "unknown"
    assert body["retryable"] is True
    assert headers["content-type"].startswith("application/problem+json")
    assert int(headers["retry-after"]) >= 1
    assert "a defect of ours" not in str(body)


def test_only_a_stored_refusal_lets_cash_go_back() -> None:
    """What is not kept under its key proves nothing: an earlier request may have been accepted."""
    gives_back = {code for code, entry in CATALOGUE.items() if entry.cash == "not_taken"}
    assert gives_back
    assert all(CATALOGUE[code].stored for code in gives_back)


def test_what_is_about_no_cash_says_so() -> None:
    for code in ("NOT_FOUND", "UNAUTHENTICATED", "FORBIDDEN", "SCHEMA", "NOT_A_CODE", "BILL_HELD",
                 "HOLD_UNREADABLE", "LOGIN_REFUSED", "NETWORK_BUSY"):  # fmt: skip
        assert CATALOGUE[code].cash == "none", code
    for code in ("KEY_RUNNING", "KEY_REUSED", "OUTCOME_UNKNOWN", "DAY_CLOSED", "DEFECT"):
        assert CATALOGUE[code].cash == "unknown", code
