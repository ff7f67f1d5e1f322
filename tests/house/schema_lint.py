"""Reads the catalogue of a migrated database and says where it breaks the rules of the store.

The rules are what lets the money tables be spread over servers later, and what keeps a mistake
or a stolen password from editing the books.
"""

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Connection

from tests.house.tables import (
    AMOUNT_COLUMNS,
    APPEND_ONLY,
    HUB_DELETES,
    HUB_UPDATES,
    MONEY,
    PARTITIONED,
    TENANT_COLUMNS,
    WHOLE_ROW,
)
from tests.house.verdict import Finding, Rule

RULES = {
    "bucket-first": Rule(
        "tables are spread by bucket one day: a key or index that does not begin with it would"
        " have to ask every server",
        "put bucket first in the key, UNIQUE or index; look things up with their bucket",
    ),
    "bucket-small": Rule(
        "there are 64 buckets for the life of a network, in every money table alike",
        "declare `bucket smallint NOT NULL`",
    ),
    "no-machinery": Rule(
        "triggers, rules, sequences and identities act out of sight of the one money writer, and"
        " a sequence is one counter that every server would wait for",
        "make the id in Python (values/ids.py); write what should follow as a row or an errand",
    ),
    "row-security": Rule(
        "a query that forgets its WHERE must still show a party its own rows only; without FORCE"
        " the owner of the table would see all",
        "ENABLE and FORCE ROW LEVEL SECURITY in the migration, with a policy for each role",
    ),
    "partition-closed": Rule(
        "a partition reached by its own name goes past the policies of its parent",
        "grant on the parent only; REVOKE ALL on the partition",
    ),
    "append-only": Rule(
        "postings, facts, asks, visits and batches are what happened: a correction is another row",
        "REVOKE it; write a new fact or posting that names the first",
    ),
    "hub-changes": Rule(
        "each column that may change is a decision; the rest of a row is fixed when it is added",
        "grant exactly the columns that HUB_UPDATES and HUB_DELETES in tables.py list, or list it",
    ),
    "readers-read": Rule(
        "party and watch serve people who look; a stolen password of theirs must change nothing",
        "REVOKE it from the role; let the hub write",
    ),
    "role-power": Rule(
        "superusers and BYPASSRLS roles see past every policy",
        "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION",
    ),
    "view-invoker": Rule(
        "a view reads with its owner's rights unless told otherwise, past the caller's policies",
        "CREATE VIEW ... WITH (security_invoker = true)",
    ),
    "definer": Rule(
        "a SECURITY DEFINER function lends its owner's rights to whoever may call it",
        "make it SECURITY INVOKER, or give the reason as an exception",
    ),
    "function-closed": Rule(
        "PUBLIC may call every new function, and with it every role that exists later",
        "REVOKE ALL ON FUNCTION ... FROM PUBLIC, then grant the roles that need it",
    ),
    "whole-units": Rule(
        "money is whole minor units in bigint: floats lose fen, numeric lets parts of a fen in",
        "declare the column bigint",
    ),
    "zoned-times": Rule(
        "a time without its zone is another moment on another machine",
        "declare the column timestamptz (or date, where only the day counts)",
    ),
    "no-default-partition": Rule(
        "a default partition swallows rows of a month nobody made, and blocks making it later",
        "DROP it; months are made three ahead by store/schema.py",
    ),
    "partitioned": Rule(
        "payments, facts and postings are put away by month; asks never are, since a retry after"
        " the cut must still meet its key",
        "partition exactly the tables of PARTITIONED in tables.py",
    ),
    "no-state-index": Rule(
        "an index on state makes every step of a payment an index write; open work is in errands",
        "DROP the index and look for the errand",
    ),
    "key-direction": Rule(
        "parties are copied to every server and know nothing of money; and a key to a partitioned"
        " table keeps its months from being put away",
        "refer from money to parties, by plain columns to partitioned tables",
    ),
    "table-used": Rule(
        "a table that no statement fills or reads is a promise nobody keeps",
        "write the statement in store/*.sql, or drop the table until it is needed",
    ),
}
"""The rules of the schema, in the order in which they are told."""

_NAMED = """
    SELECT c.relname, coalesce(p.relname, c.relname) AS family, c.relkind, c.oid, c.relispartition
      FROM pg_class c
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND c.relname <> 'alembic_version'"""
_ROLES = ("cashlane_owner", "cashlane_hub", "cashlane_party", "cashlane_watch")


def schema_findings(db: Connection[Any], written: set[str], read: set[str]) -> Iterator[Finding]:
    """All that is wrong. `written` and `read` are the tables that statements write and read."""
    for look in _LOOKS:
        yield from look(db)
    read = read | _behind_views(db, read)
    for table in sorted(_families(db)):
        missing = [word for word, known in (("writes", written), ("reads", read))
                   if table not in known]  # fmt: skip
        if missing:
            yield Finding("table-used", table, f"no statement {' or '.join(missing)} it")


def _families(db: Connection[Any]) -> set[str]:
    return {family for (family,) in db.execute(f"SELECT DISTINCT family FROM ({_NAMED}) t")}


def _behind_views(db: Connection[Any], read: set[str]) -> set[str]:
    """The tables that views show which statements read."""
    rows = db.execute(
        """SELECT DISTINCT v.relname, t.relname FROM pg_depend d
             JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
             JOIN pg_class t ON t.oid = d.refobjid
            WHERE d.classid = 'pg_rewrite'::regclass AND v.relkind = 'v'"""
    )
    return {table for view, table in rows.fetchall() if view in read}


def _bucket_first(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.family, x.relname, a.attname FROM ({_NAMED}) t
              JOIN pg_index i ON i.indrelid = t.oid
              JOIN pg_class x ON x.oid = i.indexrelid
              LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
             ORDER BY x.relname"""
    )
    for family, index, first in rows.fetchall():
        if family in MONEY and first != "bucket":
            yield Finding("bucket-first", index, f"begins with {first or 'an expression'}")


def _bucket_small(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.relname, t.family, format_type(a.atttypid, NULL), a.attnotnull
              FROM ({_NAMED}) t LEFT JOIN pg_attribute a
                ON a.attrelid = t.oid AND a.attname = 'bucket' ORDER BY 1"""
    )
    for table, family, kind, needed in rows.fetchall():
        if family in MONEY and (kind != "smallint" or not needed):
            said = "no bucket" if kind is None else f"bucket is {kind}, may be null: {not needed}"
            yield Finding("bucket-small", table, said)


def _no_machinery(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.family, t.relname || '.' || g.tgname, 'a trigger' FROM ({_NAMED}) t
              JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
            UNION ALL
            SELECT t.family, t.relname || '.' || w.rulename, 'a rule' FROM ({_NAMED}) t
              JOIN pg_rewrite w ON w.ev_class = t.oid
            UNION ALL
            SELECT t.family, t.relname || '.' || a.attname, 'an identity' FROM ({_NAMED}) t
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''
            UNION ALL
            SELECT t.family, t.relname || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
              FROM ({_NAMED}) t JOIN pg_attrdef d ON d.adrelid = t.oid
              JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.adnum
             WHERE pg_get_expr(d.adbin, d.adrelid) ~* 'nextval'
             ORDER BY 2"""
    )
    for family, subject, said in rows.fetchall():
        if family in MONEY:
            yield Finding("no-machinery", subject, said)


def _row_security(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.relname, t.relispartition, c.relrowsecurity, c.relforcerowsecurity,
                   array(SELECT attname::text FROM pg_attribute
                          WHERE attrelid = t.oid AND attnum > 0)
              FROM ({_NAMED}) t JOIN pg_class c ON c.oid = t.oid ORDER BY 1"""
    )
    for table, is_partition, enabled, forced, columns in rows.fetchall():
        tenants = sorted(TENANT_COLUMNS & set(columns))
        guarded = enabled and forced
        if (tenants or is_partition) and not guarded:
            state = "enabled but not forced" if enabled else "not enabled"
            yield Finding("row-security", table, f"{state}; tells parties apart by {tenants}")


def _partition_closed(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.relname, a.grantee::regrole::text, string_agg(a.privilege_type, ', ')
              FROM ({_NAMED}) t JOIN pg_class c ON c.oid = t.oid, aclexplode(c.relacl) a
             WHERE t.relispartition AND a.grantee <> c.relowner
             GROUP BY 1, 2 ORDER BY 1, 2"""
    )
    for table, role, rights in rows.fetchall():
        yield Finding("partition-closed", table, f"{role} has {rights}")


def _changes(db: Connection[Any], role: str) -> dict[tuple[str, str], set[str]]:
    """What a role may change: (table, UPDATE or DELETE or ...) -> columns, or the whole row."""
    found: dict[tuple[str, str], set[str]] = {}
    rows = db.execute(
        f"""SELECT t.relname, v.verb, has_table_privilege(%(role)s, t.oid, v.verb),
                   CASE WHEN v.verb IN ('INSERT', 'UPDATE') THEN
                   array(SELECT attname::text FROM pg_attribute
                          WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped
                            AND has_column_privilege(%(role)s, t.oid, attnum, v.verb)) END
              FROM ({_NAMED}) t,
                   unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS v(verb)
             WHERE NOT t.relispartition""",
        {"role": role},
    )
    for table, verb, whole, columns in rows.fetchall():
        if whole or columns:
            found[table, verb] = {WHOLE_ROW} if whole else set(columns)
    return found


def _append_only(db: Connection[Any]) -> Iterator[Finding]:
    for (table, verb), columns in sorted(_changes(db, "cashlane_hub").items()):
        if table in APPEND_ONLY and verb != "INSERT":
            yield Finding("append-only", table, f"the hub may {verb} {sorted(columns)}")


def _hub_changes(db: Connection[Any]) -> Iterator[Finding]:
    for (table, verb), columns in sorted(_changes(db, "cashlane_hub").items()):
        more = {
            "INSERT": frozenset[str](),
            "UPDATE": columns - HUB_UPDATES.get(table, frozenset()),
            "DELETE": frozenset({WHOLE_ROW} if table not in HUB_DELETES else ()),
            "TRUNCATE": frozenset({WHOLE_ROW}),
        }[verb]
        if more and table not in APPEND_ONLY:
            yield Finding("hub-changes", table, f"the hub may {verb} {sorted(more)}, unlisted")


def _readers_read(db: Connection[Any]) -> Iterator[Finding]:
    for role in ("cashlane_party", "cashlane_watch"):
        for table, verb in sorted(_changes(db, role)):
            yield Finding("readers-read", table, f"{role} may {verb}")


def _role_power(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        """SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles
            WHERE rolname = ANY(%s) ORDER BY 1""",
        (list(_ROLES),),
    )
    words = ("superuser", "bypassrls", "createrole", "replication")
    for role, *powers in rows.fetchall():
        held = [word for word, power in zip(words, powers, strict=True) if power]
        if held:
            yield Finding("role-power", role, f"is {', '.join(held)}")


def _view_invoker(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        """SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
              AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'],
                               false)"""
    )
    for (view,) in rows.fetchall():
        yield Finding("view-invoker", view, "reads with its owner's rights")


def _functions(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        """SELECT proname, prosecdef,
                  EXISTS (SELECT 1 FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) a
                           WHERE a.grantee = 0)
             FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"""
    )
    for name, definer, public in rows.fetchall():
        if definer:
            yield Finding("definer", name, "is SECURITY DEFINER")
        if public:
            yield Finding("function-closed", name, "everybody may call it")


def _columns(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT t.family, a.attname, format_type(a.atttypid, NULL)
              FROM ({_NAMED}) t JOIN pg_attribute a
                ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
             GROUP BY 1, 2, 3 ORDER BY 1, 2"""
    )
    loose = {"real", "double precision", "numeric", "money"}
    for table, column, kind in rows.fetchall():
        if kind in loose or (column in AMOUNT_COLUMNS and kind != "bigint"):
            yield Finding("whole-units", f"{table}.{column}", f"is {kind}")
        if kind.startswith("time") and kind != "timestamp with time zone":
            yield Finding("zoned-times", f"{table}.{column}", f"is {kind}")


def _partitioning(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        """SELECT p.partrelid::regclass::text, p.partdefid::regclass::text
             FROM pg_partitioned_table p ORDER BY 1"""
    ).fetchall()
    for table, default in rows:
        if default != "-":
            yield Finding("no-default-partition", table, f"its default partition is {default}")
    for table in sorted({table for table, _ in rows} ^ PARTITIONED):
        state = "not partitioned" if table in PARTITIONED else "partitioned"
        yield Finding("partitioned", table, f"is {state}")


def _no_state_index(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT x.relname, pg_get_indexdef(i.indexrelid) FROM ({_NAMED}) t
              JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class x ON x.oid = i.indexrelid
             WHERE t.family = 'payments' AND NOT t.relispartition
               AND EXISTS (SELECT 1 FROM pg_depend d JOIN pg_attribute a
                             ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
                            WHERE d.objid = i.indexrelid AND d.refobjid = t.oid
                              AND a.attname = 'state') ORDER BY 1"""
    )
    for index, text in rows.fetchall():
        yield Finding("no-state-index", index, text)


def _key_direction(db: Connection[Any]) -> Iterator[Finding]:
    rows = db.execute(
        f"""SELECT k.conname, f.family, t.family, t.relkind FROM pg_constraint k
              JOIN ({_NAMED}) f ON f.oid = k.conrelid JOIN ({_NAMED}) t ON t.oid = k.confrelid
             WHERE k.contype = 'f' AND NOT t.relispartition ORDER BY 1"""
    )
    for name, source, target, kind in rows.fetchall():
        if kind == "p" or (target in MONEY and source not in MONEY):
            yield Finding("key-direction", name, f"{source} refers to {target}")


_LOOKS: tuple[Callable[[Connection[Any]], Iterator[Finding]], ...] = (
    _bucket_first, _bucket_small, _no_machinery, _row_security, _partition_closed, _append_only,
    _hub_changes, _readers_read, _role_power, _view_invoker, _functions, _columns, _partitioning,
    _no_state_index, _key_direction,
)  # fmt: skip
