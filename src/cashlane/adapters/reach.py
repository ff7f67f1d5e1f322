"""Whether a counterpart can be reached at all, and if not, why, in a sentence for its engineer.

A connection is made and its certificate read; nothing is said over it.
"""

import asyncio
import socket
import ssl

from cashlane.values.text import Text

WITHIN_S = 5.0
"""A counterpart that takes longer to be reached counts as away."""

_NOBODY = Text("那里没有人在听", "nobody listens there")
_LATE = Text("{within} 秒内连不上", "it cannot be reached within {within} s")
_NO_NAME = Text("查不到主机名 {host}", "no machine has the name {host}")
_NO_TLS = Text(
    "那里说的不是 TLS（{why}）；地址应以 http:// 开头吗？",
    "it does not speak TLS ({why}); should the address begin with http://?",
)
_UNTRUSTED = Text("它的证书无法信任：{why}", "its certificate cannot be trusted: {why}")
_BROKEN = Text("连接断开：{why}", "the connection broke: {why}")

_NOT_VOUCHED = Text(
    "签发它的机构不在所信任之列；请在 ca_file 写上签发机构的证书，或更正它",
    "nobody who is trusted vouches for it; name its authority's certificate as ca_file, or"
    " correct that",
)
_OTHER_HOST = Text("它不是为主机 {host} 签发的", "it was not made out for the host {host}")
_CERTIFICATE_FAULTS = {
    9: Text("尚未生效", "it is not valid yet"),
    10: Text("已经过期", "it has expired"),
    18: _NOT_VOUCHED,
    19: _NOT_VOUCHED,
    20: _NOT_VOUCHED,
    21: _NOT_VOUCHED,
    62: _OTHER_HOST,
    64: _OTHER_HOST,
}
"""By the numbers of OpenSSL, X509_V_ERR_*."""


async def why_not_reached(host: str, port: int, tls: ssl.SSLContext | None) -> Text | None:
    """None where the counterpart can be reached; else why not."""
    try:
        async with asyncio.timeout(WITHIN_S):
            _, far = await asyncio.open_connection(host, port, ssl=tls)
    except TimeoutError:
        return _LATE.fill(within=WITHIN_S)
    except OSError as broken:
        return _told(broken, host)
    far.transport.abort()
    return None


def _told(broken: OSError, host: str) -> Text:
    match broken:
        case ssl.SSLCertVerificationError(verify_code=code, verify_message=message):
            why = _CERTIFICATE_FAULTS.get(code, Text(message, message))
            return _UNTRUSTED.fill(why=why.fill(host=host))
        case ssl.SSLError():
            return _NO_TLS.fill(why=broken.reason or type(broken).__name__)
        case socket.gaierror():
            return _NO_NAME.fill(host=host)
        case ConnectionRefusedError():
            return _NOBODY
    return _BROKEN.fill(why=broken.strerror or type(broken).__name__)
