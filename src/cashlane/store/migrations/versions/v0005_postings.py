"""The ledger by postings: a row for each with its lines; `entries` shows them line by line."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """The lines move. The code before this cannot write any more: it is stopped first."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    for name in ("0005_postings.sql", "record_v2.sql", "0005_roles.sql"):
        driver.execute((_FOLDER / name).read_text(encoding="utf-8"))
