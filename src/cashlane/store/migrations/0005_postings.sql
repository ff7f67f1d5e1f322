-- The ledger by postings: one row for each, with the accounts, parties and amounts of its lines in
-- their order. A line of its own for each leg weighed three times as much and took four index entries.

ALTER TABLE entries RENAME TO lines_before;
CREATE TABLE postings (
    bucket        smallint NOT NULL,
    kind          smallint NOT NULL,
    business_date date NOT NULL,
    till          integer NOT NULL,
    shift         smallint NOT NULL,
    payment       uuid NOT NULL,
    accounts      smallint[] NOT NULL,
    parties       integer[] NOT NULL,
    amounts       bigint[] NOT NULL,
    PRIMARY KEY (bucket, business_date, payment, kind),
    CHECK (cardinality(accounts) BETWEEN 1 AND 16),
    CHECK (cardinality(accounts) = cardinality(parties)
       AND cardinality(accounts) = cardinality(amounts)),
    CHECK (array_position(amounts, 0) IS NULL AND array_position(amounts, NULL) IS NULL)
) PARTITION BY RANGE (business_date);
COMMENT ON COLUMN postings.amounts IS
    'Minor units, debit plus, credit minus; they sum to nothing.';
-- Line by line, as books are read: a line is numbered by its posting''s kind and its place in it.
CREATE VIEW entries WITH (security_invoker = true) AS
SELECT w.bucket, (w.kind * 16 + l.place - 1)::smallint AS line, w.business_date, w.payment,
       l.amount, l.party, w.till, l.account, w.shift
  FROM postings w
 CROSS JOIN LATERAL unnest(w.accounts, w.parties, w.amounts) WITH ORDINALITY
       AS l(account, party, amount, place);

-- Every month moves: those in the books, and those detached from them that still stand beside.
DO $$
DECLARE
    month record;
    moved text;
BEGIN
    FOR month IN
        SELECT c.relname AS lines, replace(c.relname, 'entries_', 'postings_') AS postings,
               pg_get_expr(c.relpartbound, c.oid) AS bound
          FROM pg_class c
         WHERE c.relname ~ '^entries_[0-9]{4}_[0-9]{2}$' AND c.relkind = 'r'
           AND c.relnamespace = 'public'::regnamespace
    LOOP
        IF month.bound IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE postings INCLUDING ALL)', month.postings);
        ELSE
            EXECUTE format('CREATE TABLE %I PARTITION OF postings %s', month.postings, month.bound);
        END IF;
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', month.lines);
        moved := 'INSERT INTO %I (bucket, kind, business_date, till, shift, payment, accounts,'
            ' parties, amounts)'
            ' SELECT bucket, line / 16, business_date, till, shift, payment,'
            '        array_agg(account ORDER BY line), array_agg(party ORDER BY line),'
            '        array_agg(amount ORDER BY line)'
            '   FROM %I GROUP BY bucket, line / 16, business_date, till, shift, payment'
            '  ORDER BY bucket, business_date, payment, line / 16';
        EXECUTE format(moved, month.postings, month.lines);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', month.postings);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', month.postings);
        EXECUTE format('DROP TABLE %I', month.lines);
        IF month.bound IS NULL THEN
            EXECUTE format('GRANT SELECT ON %I TO cashlane_watch', month.postings);
            EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                           month.postings);
            EXECUTE format('CREATE VIEW %I WITH (security_invoker = true) AS'
                ' SELECT w.bucket, (w.kind * 16 + l.place - 1)::smallint AS line, w.business_date,'
                '        w.payment, l.amount, l.party, w.till, l.account, w.shift'
                '   FROM %I w CROSS JOIN LATERAL unnest(w.accounts, w.parties, w.amounts)'
                '        WITH ORDINALITY AS l(account, party, amount, place)',
                month.lines, month.postings);
            EXECUTE format('GRANT SELECT ON %I TO cashlane_watch', month.lines);
        END IF;
    END LOOP;
END
$$;
DROP TABLE lines_before;
DROP FUNCTION record_v1;
