"""What the server is told at each start, and who may come in.
Nothing here ever weakens durability; the doctor refuses a server that does.
"""

from pathlib import Path

FILE = "cashlane.conf"
OPERATOR_FILE = "operator.conf"
INCLUDE = f"include = '{FILE}'"

OPERATOR_HEAD = "# Your own settings for the database server; they win over cashlane.conf.\n"

ACCESS = """\
# Written at every start; changes here are lost. Local socket only, password always.
local all all scram-sha-256
"""


def configuration(*, socket: Path, log: Path, has_lz4: bool) -> str:
    """The text of our part of the configuration; the operator's own file comes last and wins."""
    lines = [f"{name} = {_quoted(value)}" for name, value in _values(socket, log, has_lz4)]
    head = f"# Written at every start; put your own settings into {OPERATOR_FILE} beside it."
    return "\n".join([head, *lines, f"include_if_exists = '{OPERATOR_FILE}'", ""])


def _values(socket: Path, log: Path, has_lz4: bool) -> list[tuple[str, str]]:
    return [*_doors(socket), *_weights(has_lz4), *_times_and_log(log)]


def _doors(socket: Path) -> list[tuple[str, str]]:
    return [
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_directories", f'"{socket}"'),
        ("unix_socket_permissions", "0700"),
        ("password_encryption", "scram-sha-256"),
        ("max_connections", "100"),
    ]


def _weights(has_lz4: bool) -> list[tuple[str, str]]:
    return [
        ("shared_buffers", "256MB"),
        ("max_wal_size", "2GB"),
        ("checkpoint_timeout", "15min"),
        ("wal_compression", "lz4" if has_lz4 else "pglz"),
        # Our statements are short and many; compiling them costs more than it saves.
        ("jit", "off"),
    ]


def _times_and_log(log: Path) -> list[tuple[str, str]]:
    return [
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("logging_collector", "on"),
        ("log_directory", str(log)),
        # One file per weekday, emptied when its day comes round: a week of log, never more.
        ("log_filename", "postgresql-%a.log"),
        ("log_rotation_age", "1d"),
        ("log_rotation_size", "0"),
        ("log_truncate_on_rotation", "on"),
        ("log_line_prefix", "%m [%p] %q%u@%d "),
    ]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
