"""A word that must not be seen: a password, a PIN, a token. It leaves only by `reveal()`.

Printing, logging, comparing in a test's output or encoding it shows nothing of it.
"""

import hashlib
import hmac


class Secret:
    """Holds a secret text; neither repr nor a JSON encoder can reach it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for a hash, or for the one paper that its owner is given."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        digest = hashlib.blake2b(self._text.encode(), digest_size=8).digest()
        return int.from_bytes(digest)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be pickled or copied")
