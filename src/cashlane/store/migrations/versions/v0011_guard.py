"""The coverage guard: walkers, assessments, decisions, and the groups of public figures."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0009"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0011_guard.sql").read_text(encoding="utf-8"))
