"""Outlets as their agents list them: the lists, and what they tell, by date."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0006_outlets.sql").read_text(encoding="utf-8"))
