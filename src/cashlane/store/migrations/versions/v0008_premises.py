"""What citizens ask about outlets, and where people live."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """New columns with defaults and new tables: the code before them runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0008_premises.sql").read_text(encoding="utf-8"))
