"""Refusals on the wire: application/problem+json (RFC 9457), in both languages, money made plain.

`payment_state` says what became of the cash: "not_taken" (give it back), "taken", "unknown", or
"none" where the answer is about no cash at all.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response
from msgspec import Struct

from cashlane.core.refusals import Cash, Refused

MEDIA_TYPE = "application/problem+json"


class FieldError(Struct, frozen=True):
    """One part of a request that is not as required; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """The body of every refusal."""

    type: str
    code: str
    status: int
    title: str
    detail: str
    detail_zh: str
    retryable: bool
    payment_state: Cash
    errors: Sequence[FieldError] = ()

    # `type` is a name, not an address: it resolves in the documentation's list of refusals.


def problem(
    refused: Refused, *, errors: Sequence[FieldError] = (), status: int | None = None
) -> Problem:
    """The body for a refusal; `status` where the server's own differs from the catalogue's."""
    entry, sentence = refused.entry, refused.sentence()
    return Problem(
        type=f"urn:cashlane:refusal:{entry.code.lower().replace('_', '-')}",
        code=entry.code,
        status=status or entry.status,
        title=entry.code.replace("_", " ").capitalize(),
        detail=sentence.en,
        detail_zh=sentence.zh,
        retryable=entry.retryable,
        payment_state=entry.cash,
        errors=errors,
    )


def refuse(
    refused: Refused, *, errors: Sequence[FieldError] = (), status: int | None = None
) -> Response[Any]:
    """The response for a refusal, with Retry-After where trying again makes sense."""
    headers = {}
    if refused.code == "UNAUTHENTICATED":
        headers["WWW-Authenticate"] = "Bearer"
    if refused.entry.retryable:
        headers["Retry-After"] = str(refused.places.get("seconds", 1))
    return Response(
        content=msgspec.json.encode(problem(refused, errors=errors, status=status)),
        status_code=status or refused.entry.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


class RefusedError(Exception):
    """Carries a refusal out of a handler's depth to the door."""

    def __init__(self, refused: Refused, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(refused.code)
        self.refused = refused
        self.errors = errors
