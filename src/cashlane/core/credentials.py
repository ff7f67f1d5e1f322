"""What a password, a PIN and a login must be, before anything is hashed.

Length counts, composition does not (NIST SP 800-63B, 5.1.1); what everybody tries first is refused.
"""

import re
import unicodedata

from cashlane.core.refusals import Refused
from cashlane.values.secret import Secret

PASSWORD_LEAST, PASSWORD_MOST = 10, 128
"""Ten characters against guessing over the wire; a bound above, so that hashing stays cheap."""
PIN_LEAST, PIN_MOST = 6, 12
"""Six digits are enough only because a PIN opens nothing without the till's own secret."""

_LOGIN = re.compile(r"[a-z][a-z0-9.-]{1,31}", re.ASCII)
_PIN = re.compile(r"[0-9]{6,12}", re.ASCII)
_ROW = "0123456789" * 2
_COMMON_WORDS = """
1234567890 0123456789 0987654321 12345678910 1234567891 123456789a a123456789 1q2w3e4r5t
1qaz2wsx3edc qwertyuiop qwerty1234 qwerty12345 qwerty123456 asdfghjkl1 password12 password123
password1234 passw0rd123 p@ssw0rd123 administrator admin12345 admin123456 adminadmin letmein123
welcome123 welcome1234 changeme123 iloveyou123 iloveyou1314 woaini1314 woaini520520 woaini5201314
5201314520 1314520520 cashlane123 cashlane1234 cashlane2026 abcdefghij abcd123456 abc1234567
aa12345678 a1b2c3d4e5 zhongguo123 shanghai123 xianjintongdao jiaofei123 zhangdan123
"""
_COMMON_DIGITS = "520131 131452 520520 147258 258369 159357 123123 112233 121212"
COMMON = frozenset(_COMMON_WORDS.split())
COMMON_PINS = frozenset(_COMMON_DIGITS.split())


def read_login(text: str) -> str | None:
    """A login in its one spelling (small letters); None where it cannot be one."""
    login = text.strip().lower()
    return login if _LOGIN.fullmatch(login) else None


def normal(password: Secret) -> str:
    """One spelling of what was typed: full-width letters equal their half-width ones."""
    return unicodedata.normalize("NFKC", password.reveal())


def check_password(password: Secret, *, login: str) -> Refused | None:
    """Whether a new password will do for this login."""
    text = normal(password)
    if not PASSWORD_LEAST <= len(text) <= PASSWORD_MOST:
        return Refused("PASSWORD_LENGTH", {"least": PASSWORD_LEAST, "most": PASSWORD_MOST})
    small = text.casefold()
    if small in COMMON or login in small or len(set(small)) < 5:
        return Refused("PASSWORD_WEAK")
    return None


def check_pin(pin: Secret) -> Refused | None:
    """Whether a new PIN will do: six digits or more, no row and no pattern that everybody tries."""
    text = pin.reveal()
    if _PIN.fullmatch(text) is None:
        return Refused("PIN_FORM", {"least": PIN_LEAST, "most": PIN_MOST})
    plain = text in _ROW or text[::-1] in _ROW or len(set(text)) < 3 or text in COMMON_PINS
    return Refused("PASSWORD_WEAK") if plain else None
