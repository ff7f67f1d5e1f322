-- The writer takes its rows column by column, as arrays: a type for each family of rows, its columns
-- those of the struct of the same name, in the same order (core/record.py), and how to see them as
-- rows again. What only the writer knows - the day, a default - is no column here.

CREATE TYPE ask_rows AS (
    bucket smallint[], outlet integer[], key uuid[], kind smallint[], hash uuid[], hold uuid[],
    verdict smallint[], payment uuid[], payment_date date[], detail text[],
    business_date date[], asked_at timestamptz[], actor text[]
);
CREATE FUNCTION each(ask_rows) RETURNS TABLE (
    bucket smallint, outlet integer, key uuid, kind smallint, hash uuid, hold uuid,
    verdict smallint, payment uuid, payment_date date, detail text, business_date date,
    asked_at timestamptz, actor text
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.outlet, $1.key, $1.kind, $1.hash, $1.hold, $1.verdict, $1.payment,
    $1.payment_date, $1.detail, $1.business_date, $1.asked_at, $1.actor)
$each$;
CREATE TYPE visit_rows AS (
    bucket smallint[], outlet integer[], id uuid[], business_date date[], till integer[],
    tendered bigint[], count smallint[], asked_at timestamptz[]
);
CREATE FUNCTION each(visit_rows) RETURNS TABLE (
    bucket smallint, outlet integer, id uuid, business_date date, till integer, tendered bigint,
    count smallint, asked_at timestamptz
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.outlet, $1.id, $1.business_date, $1.till, $1.tendered, $1.count, $1.asked_at)
$each$;
CREATE TYPE shift_rows AS (
    bucket smallint[], till integer[], business_date date[], number smallint[],
    outlet integer[], cashier uuid[], opened_at timestamptz[]
);
CREATE FUNCTION each(shift_rows) RETURNS TABLE (
    bucket smallint, till integer, business_date date, number smallint, outlet integer,
    cashier uuid, opened_at timestamptz
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.till, $1.business_date, $1.number, $1.outlet, $1.cashier, $1.opened_at)
$each$;
CREATE TYPE payment_rows AS (
    bucket smallint[], business_date date[], id uuid[], outlet integer[], till integer[],
    shift smallint[], cashier uuid[], agent integer[], biller integer[], bill_ref text[],
    account text[], period text[], hold uuid[], visit uuid[], owed bigint[], amount bigint[],
    fee_schedule integer[], fee_by_biller boolean[], fee_agent integer[], fee_network integer[],
    fee_route integer[], cash_due bigint[], rounding smallint[], rounding_party integer[],
    carried smallint[], tendered bigint[], change bigint[], receipt smallint[], route integer[],
    stood_in boolean[], state smallint[], posted smallint[], accepted_at timestamptz[],
    carried_by integer[]
);
CREATE FUNCTION each(payment_rows) RETURNS TABLE (
    bucket smallint, business_date date, id uuid, outlet integer, till integer, shift smallint,
    cashier uuid, agent integer, biller integer, bill_ref text, account text, period text,
    hold uuid, visit uuid, owed bigint, amount bigint, fee_schedule integer,
    fee_by_biller boolean, fee_agent integer, fee_network integer, fee_route integer,
    cash_due bigint, rounding smallint, rounding_party integer, carried smallint,
    tendered bigint, change bigint, receipt smallint, route integer, stood_in boolean,
    state smallint, posted smallint, accepted_at timestamptz, carried_by integer
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.business_date, $1.id, $1.outlet, $1.till, $1.shift, $1.cashier, $1.agent,
    $1.biller, $1.bill_ref, $1.account, $1.period, $1.hold, $1.visit, $1.owed, $1.amount,
    $1.fee_schedule, $1.fee_by_biller, $1.fee_agent, $1.fee_network, $1.fee_route, $1.cash_due,
    $1.rounding, $1.rounding_party, $1.carried, $1.tendered, $1.change, $1.receipt, $1.route,
    $1.stood_in, $1.state, $1.posted, $1.accepted_at, $1.carried_by)
$each$;
CREATE TYPE move_rows AS (
    bucket smallint[], business_date date[], payment uuid[], before smallint[],
    after smallint[], posted_before smallint[], posted_after smallint[], carried_by integer[],
    contradicted boolean[], at timestamptz[]
);
CREATE FUNCTION each(move_rows) RETURNS TABLE (
    bucket smallint, business_date date, payment uuid, before smallint, after smallint,
    posted_before smallint, posted_after smallint, carried_by integer, contradicted boolean,
    at timestamptz
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.business_date, $1.payment, $1.before, $1.after, $1.posted_before,
    $1.posted_after, $1.carried_by, $1.contradicted, $1.at)
$each$;
CREATE TYPE fact_rows AS (
    bucket smallint[], payment_date date[], payment uuid[], kind smallint[], route integer[],
    attempt smallint[], happened_at timestamptz[], written_at timestamptz[],
    business_date date[], source text[], detail text[]
);
CREATE FUNCTION each(fact_rows) RETURNS TABLE (
    bucket smallint, payment_date date, payment uuid, kind smallint, route integer,
    attempt smallint, happened_at timestamptz, written_at timestamptz, business_date date,
    source text, detail text
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.payment_date, $1.payment, $1.kind, $1.route, $1.attempt, $1.happened_at,
    $1.written_at, $1.business_date, $1.source, $1.detail)
$each$;
CREATE TYPE posting_rows AS (
    bucket smallint[], kind smallint[], business_date date[], till integer[], shift smallint[],
    payment uuid[], accounts smallint[], parties integer[], amounts bigint[], ends integer[]
);
CREATE FUNCTION each(posting_rows) RETURNS TABLE (
    bucket smallint, kind smallint, business_date date, till integer, shift smallint,
    payment uuid, accounts smallint[], parties integer[], amounts bigint[]
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT r.bucket, r.kind, r.business_date, r.till, r.shift, r.payment,
           ($1.accounts)[r.begins + 1 : r.ends],
           ($1.parties)[r.begins + 1 : r.ends],
           ($1.amounts)[r.begins + 1 : r.ends]
      FROM (SELECT w.*, lag(w.ends, 1, 0) OVER () AS begins
              FROM unnest($1.bucket, $1.kind, $1.business_date, $1.till, $1.shift, $1.payment, $1.ends)
                   AS w(bucket, kind, business_date, till, shift, payment, ends)) AS r
$each$;
CREATE TYPE limit_rows AS (
    bucket smallint[], kind smallint[], party integer[], delta bigint[], receipts_day date[],
    receipts integer[]
);
CREATE FUNCTION each(limit_rows) RETURNS TABLE (
    bucket smallint, kind smallint, party integer, delta bigint, receipts_day date,
    receipts integer
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.kind, $1.party, $1.delta, $1.receipts_day, $1.receipts)
$each$;
CREATE TYPE errand_rows AS (
    bucket smallint[], id uuid[], kind smallint[], due_at timestamptz[], payment uuid[],
    payment_date date[], count smallint[], subject text[]
);
CREATE FUNCTION each(errand_rows) RETURNS TABLE (
    bucket smallint, id uuid, kind smallint, due_at timestamptz, payment uuid,
    payment_date date, count smallint, subject text
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.id, $1.kind, $1.due_at, $1.payment, $1.payment_date, $1.count, $1.subject)
$each$;
CREATE TYPE errand_keys AS (
    bucket smallint[], id uuid[]
);
CREATE FUNCTION each(errand_keys) RETURNS TABLE (
    bucket smallint, id uuid
) LANGUAGE sql IMMUTABLE AS $each$
    SELECT * FROM unnest(
    $1.bucket, $1.id)
$each$;

-- Which errands are due is one question, which one an id names is another: while the table is empty,
-- as it is every night, the database cannot tell which index answers which, and its plan of then would
-- look at a whole bucket for each id. Whoever asks what is due says that a kind is a number above 0.
DROP INDEX errands_due;
CREATE INDEX errands_due ON errands (bucket, kind, due_at) WHERE kind > 0;

-- The payments of the months that are there already get room for their steps too (schema.py).
DO $$
DECLARE
    month text;
BEGIN
    FOR month IN
        SELECT i.inhrelid::regclass FROM pg_inherits i WHERE i.inhparent = 'payments'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s SET (fillfactor = 70)', month);
    END LOOP;
END
$$;
