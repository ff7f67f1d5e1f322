-- Months put away: what is open about one, its rows as text, and the write that detaches it.
-- Names in braces are tables and columns; PostgreSQL takes no parameters there.

-- name: standing
-- What is still open about the payments of a month.
SELECT (SELECT max(business_date) FROM business_days),
       (SELECT count(*) FROM business_days
         WHERE business_date >= %(month)s AND business_date < %(after)s AND state = 'open'),
       (SELECT count(*) FROM payments
         WHERE business_date >= %(month)s AND business_date < %(after)s
           AND state <> ALL(%(settled)s)),
       (SELECT count(*) FROM errands
         WHERE payment_date >= %(month)s AND payment_date < %(after)s),
       (SELECT count(*) FROM errands
         WHERE payment_date >= %(month)s AND payment_date < %(after)s AND kind = %(cases)s)

-- name: archived
-- The months put away, with their manifests.
SELECT month, manifest FROM archives ORDER BY month

-- name: dropped
-- The months whose detached tables were dropped.
SELECT month FROM archive_drops

-- name: network
-- Whose books these are.
SELECT name FROM network

-- name: columns
-- A table's columns and their types, in their order.
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
 WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum

-- name: lines
-- A bucket's rows of a month as lines of text, in the order in which they are looked for.
COPY (SELECT {columns} FROM {table}
       WHERE bucket = %(bucket)s AND {date} >= %(month)s AND {date} < %(after)s ORDER BY {order})
  TO STDOUT (FORMAT csv, FORCE_QUOTE *)

-- name: balances
-- What a month's entries amount to.
SELECT business_date, account, party, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint
  FROM entries WHERE business_date >= %(month)s AND business_date < %(after)s
 GROUP BY business_date, account, party ORDER BY business_date, account, party

-- name: wait_briefly
-- A detaching that cannot get its locks soon gives up: whoever comes to a counter waits behind it.
SELECT set_config('lock_timeout', %(within)s, true)

-- name: lock
-- Nobody reads or writes the books while a month leaves them: some milliseconds.
LOCK TABLE payments, facts, postings IN ACCESS EXCLUSIVE MODE

-- name: detach
-- The month leaves its parent and stays as a table by itself, which only the watching role reads.
ALTER TABLE {parent} DETACH PARTITION {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
GRANT SELECT ON {table} TO cashlane_watch;
CREATE POLICY watch ON {table} FOR SELECT TO cashlane_watch USING (true)

-- name: show_lines
-- A month that left its parent is still read line by line: `entries` shows the parent alone.
CREATE VIEW {entries} WITH (security_invoker = true) AS
SELECT w.bucket, (w.kind * 16 + l.place - 1)::smallint AS line, w.business_date, w.payment,
       l.amount, l.party, w.till, l.account, w.shift
  FROM {postings} w
 CROSS JOIN LATERAL unnest(w.accounts, w.parties, w.amounts) WITH ORDINALITY
       AS l(account, party, amount, place);
GRANT SELECT ON {entries} TO cashlane_watch

-- name: rows
-- How many rows a detached table has.
SELECT count(*) FROM {table}

-- name: close
-- Row level security holds its owner again.
ALTER TABLE {table} FORCE ROW LEVEL SECURITY

-- name: keep
-- The month is put away from now on.
INSERT INTO archives (month, archived_at, manifest)
VALUES (%(month)s, %(now)s, %(manifest)s::jsonb)

-- name: keep_balances
-- What its entries amount to stays in the books.
INSERT INTO archive_balances (month, business_date, account, party, debit, credit)
SELECT %(month)s, b.business_date, b.account, b.party, b.debit, b.credit
  FROM json_to_recordset(%(balances)s::json)
    AS b(business_date date, account smallint, party integer, debit bigint, credit bigint)

-- name: drop
-- The detached tables of a month go for good.
DROP VIEW {entries};
DROP TABLE {payments}, {facts}, {postings}

-- name: keep_drop
-- Their files are the only rows from now on.
INSERT INTO archive_drops (month, dropped_at) VALUES (%(month)s, %(now)s)

-- name: shadow
-- Room in one connection for archived rows.
CREATE TEMP TABLE {rows} AS SELECT * FROM public.{table} WITH NO DATA

-- name: fill
-- Archived rows come into it.
COPY pg_temp.{rows} ({columns}) FROM STDIN (FORMAT csv)

-- name: find_by_bucket
-- The books are read bucket by bucket.
CREATE INDEX ON pg_temp.{rows} (bucket)

-- name: show
-- Whoever asks for the table in this connection sees live and archived rows as one.
CREATE TEMP VIEW {table} AS
SELECT * FROM public.{table} UNION ALL SELECT * FROM pg_temp.{rows}

-- name: weigh
-- The planner learns how many they are.
ANALYZE pg_temp.{rows}

-- name: revision
-- The schema that the rows are of.
SELECT version_num FROM alembic_version
