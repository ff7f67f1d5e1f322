"""Outlets that fall silent, and chains that begin."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0014_onboarding.sql").read_text(encoding="utf-8"))
