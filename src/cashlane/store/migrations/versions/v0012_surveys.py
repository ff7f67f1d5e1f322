"""Surveys of who needs a counter."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0012_surveys.sql").read_text(encoding="utf-8"))
