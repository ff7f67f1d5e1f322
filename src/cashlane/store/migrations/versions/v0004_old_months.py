"""Old months put away into files: what they hold, and the balances they leave behind."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New tables only: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0004_archives.sql").read_text(encoding="utf-8"))
