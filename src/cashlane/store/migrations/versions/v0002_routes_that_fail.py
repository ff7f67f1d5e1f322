"""Routes that fail: how each way is, its changes, notices about it, and the stages of a return."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0002_routes.sql").read_text(encoding="utf-8"))
