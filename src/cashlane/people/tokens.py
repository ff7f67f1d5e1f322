"""Random words: session tokens, tills' secrets, first passwords and PINs. None is ever a default.

Tokens have 256 bits, so that a plain SHA-256 of them is safe to keep.
"""

import hashlib
import hmac
import secrets

from cashlane.core.credentials import check_pin
from cashlane.values.secret import Secret

TOKEN_MOST = 100
"""Letters of a token that are looked at: a longer one is none of ours."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Thirty-two that cannot be taken for one another on paper: no l, no o, no 0, no 1."""


def new_token() -> Secret:
    """256 random bits for a cookie or a till's store."""
    return Secret(secrets.token_urlsafe(32))


def token_hash(token: Secret) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.reveal()[:TOKEN_MOST].encode()).digest()


def form_token(token: Secret) -> str:
    """What every form of a session carries, so that no other page can post in its name."""
    return hmac.new(token.reveal().encode(), b"form", hashlib.sha256).hexdigest()


def form_is_ours(token: Secret, given: str) -> bool:
    """Whether a form came from a page that was opened under the same token."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())


def new_password() -> Secret:
    """Eighty bits in four groups, to be printed once and replaced by its owner."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return Secret("-".join(groups))


def new_pin() -> Secret:
    """Six digits without a pattern, to be printed once and replaced by its owner."""
    while True:
        pin = Secret(f"{secrets.randbelow(1_000_000):06d}")
        if check_pin(pin) is None:
            return pin
