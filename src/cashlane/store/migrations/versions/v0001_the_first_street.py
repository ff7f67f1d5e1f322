"""The first street: parties, claims, asks, payments, facts, entries, limits, errands, people."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    """Tables first, then the money writer, then who may do what."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    for name in ("0001_before.sql", "record_v1.sql", "0001_roles.sql"):
        driver.execute((_FOLDER / name).read_text(encoding="utf-8"))
