"""Certificates that a test makes for itself, and a door that speaks TLS in front of a sandbox."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
GOOD = ("20200101000000Z", "20991231235959Z")
EXPIRED = ("20200101000000Z", "20200102000000Z")
EARLY = ("20991230000000Z", "20991231235959Z")

_AUTHORITY = """
[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
"""


class Authority:
    """An authority with a folder of its own; `ca` is the file that vouches for it."""

    def __init__(self, openssl: str, folder: Path) -> None:
        self._openssl, self._folder = openssl, folder
        folder.mkdir()
        (folder / "ca.cnf").write_text(_AUTHORITY)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("01\n")
        self._run("req", "-x509", "-days", "2", *_new("ca"), "-subj", "/CN=An authority of a test")
        self.ca = folder / "ca.pem"

    def server(self, *, valid: tuple[str, str], host: str) -> ssl.SSLContext:
        """What a server with a certificate for a host shows, valid from and to."""
        names = ("-subj", f"/CN={host}", "-addext", f"subjectAltName={_kind(host)}:{host}")
        self._run("req", *_new("server"), *names)
        self._run(
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key",
            "-startdate", valid[0], "-enddate", valid[1], "-in", "server.pem", "-out", "shown.pem",
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "shown.pem", self._folder / "server.key")
        return context

    def _run(self, *words: str) -> None:
        subprocess.run(
            [self._openssl, *words], cwd=self._folder, check=True, capture_output=True, timeout=30
        )


def _new(name: str) -> tuple[str, ...]:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    return (*curve, "-keyout", f"{name}.key", "-out", f"{name}.pem")


def _kind(host: str) -> str:
    return "IP" if host == HOST else "DNS"


@asynccontextmanager
async def tls_door(address: str, shown: ssl.SSLContext) -> AsyncIterator[str]:
    """An https address that leads to an http one while the block runs."""
    far = urlsplit(address)
    assert far.hostname is not None
    assert far.port is not None
    host, port = far.hostname, far.port

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(host, port)
        await asyncio.gather(carry(reader, outer), carry(inner, writer))

    server = await asyncio.start_server(let_in, HOST, 0, ssl=shown)
    try:
        yield f"https://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
