"""Receipt numbers by outlet first."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """The index is made anew, month by month; the code before this runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((_FOLDER / "0007_receipts.sql").read_text(encoding="utf-8"))
