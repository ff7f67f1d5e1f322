"""The writer takes rows of types of its own instead of JSON."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """A new writer beside the old one: the code before this runs on unharmed."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    for name in ("0015_rows.sql", "record_v3.sql", "0015_roles.sql"):
        driver.execute((_FOLDER / name).read_text(encoding="utf-8"))
