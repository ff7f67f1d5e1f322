"""Other public services at counters."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0013_programmes.sql").read_text(encoding="utf-8"))
