"""What the server wrote to its log so far, as its own statistics tell it."""

from msgspec import Struct

from bench.finding import Log
from bench.ground import Ground
from cashlane.store.connect import connect

FSYNCS_IN_IO = 180_000
"""From this server version on fsyncs of the log are counted with all other reads and writes."""


class Walog(Struct, frozen=True):
    """Bytes, full-page images and fsyncs since the statistics began."""

    bytes: int
    images: int
    fsyncs: int

    def log(self, before: "Walog", *, count: int, seconds: float, each_commit: float) -> Log:
        """What it came to in between, for each of so many, and a second."""
        return Log(
            bytes_each=(self.bytes - before.bytes) / count,
            images_each=(self.images - before.images) / count,
            fsyncs_per_s=(self.fsyncs - before.fsyncs) / seconds,
            each_commit=each_commit,
        )


def walog(on: Ground) -> Walog:
    """The server's statistics now; backends tell theirs within a second or two."""
    with connect(on.database) as books:
        fsyncs = (
            "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
            if books.info.server_version >= FSYNCS_IN_IO
            else "SELECT wal_sync FROM pg_stat_wal"
        )
        row = books.execute(
            f"SELECT wal_bytes, wal_fpi, ({fsyncs}) FROM pg_stat_wal".encode()
        ).fetchone()
    assert row is not None
    return Walog(*(int(one or 0) for one in row))
