"""What a payment weighs: the bytes of its rows and their indexes, after VACUUM."""

from bench.ground import Ground
from cashlane.store.connect import connect

TABLES = (
    "asks",
    "payments",
    "postings",
    "facts",
    "claims",
    "errands",
    "visits",
    "shifts",
    "batches",
)


def bytes_by_table(ground: Ground) -> dict[str, int]:
    """Bytes of each table of money with its partitions and indexes, tidied up before."""
    found = {}
    with connect(ground.database, autocommit=True) as admin:
        for table in TABLES:
            admin.execute(f"VACUUM (ANALYZE) {table}".encode())
            sizes = admin.execute(
                "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s::regclass)"
                " UNION ALL SELECT pg_total_relation_size(%s::regclass)",
                (table, table),
            ).fetchall()
            found[table] = max(int(size or 0) for (size,) in sizes)
    return found
