"""Drills: what each found, and how often a thing is to be drilled."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0003_drills.sql").read_text(encoding="utf-8"))
