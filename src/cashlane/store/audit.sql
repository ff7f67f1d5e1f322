-- Reading the books whole, to check them and to hand them out. Nothing here writes.

-- name: hold
-- The first word of a snapshot: months stay in the books until it ends.
LOCK TABLE public.payments, public.facts, public.postings IN ACCESS SHARE MODE

-- name: forget
-- What a connection laid beside the books is taken away again.
DISCARD TEMPORARY

-- name: settings
-- A long, quiet read: plans are for reading to the end, and moments come in one zone.
SELECT set_config('cursor_tuple_fraction', '1', true), set_config('timezone', 'UTC', true),
       set_config('statement_timeout', '0', true)

-- name: network
-- What the network is called and counts in.
SELECT name, currency FROM network

-- name: parties
-- Who the party number of an account can be, by the kind of party.
SELECT 'agent', number, code, body->'name'->>'zh', body->'name'->>'en' FROM agents
UNION ALL
SELECT 'biller', number, code, body->'name'->>'zh', body->'name'->>'en' FROM billers
UNION ALL
SELECT 'route', number, code, body->'name'->>'zh', body->'name'->>'en' FROM routes

-- name: outlets
-- The codes of outlets, by number.
SELECT number, code FROM outlets

-- name: counts
-- How much there is, for the report.
SELECT (SELECT count(*) FROM payments), (SELECT count(*) FROM facts),
       (SELECT count(*) FROM entries), (SELECT count(*) FROM asks),
       (SELECT count(*) FROM claims), (SELECT count(*) FROM errands),
       (SELECT count(*) FROM batches), (SELECT count(*) FROM business_days),
       (SELECT coalesce(sum(carried), 0)::bigint FROM payments)

-- name: balances
-- Every account of every business date: one pass over the entries, and what archived ones left.
SELECT business_date, account, party, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint
  FROM public.entries GROUP BY business_date, account, party
UNION ALL
SELECT business_date, account, party, debit, credit FROM archive_balances
 ORDER BY business_date, account, party

-- name: balances_of_day
-- Every account of one business date.
SELECT business_date, account, party, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint
  FROM public.entries WHERE business_date = %(day)s GROUP BY business_date, account, party
UNION ALL
SELECT business_date, account, party, debit, credit FROM archive_balances
 WHERE business_date = %(day)s
 ORDER BY business_date, account, party

-- name: payments_of
-- The payments of a bucket, as they say they stand.
SELECT id, business_date, state, posted, contradicted, outlet, till, shift, agent, biller, route,
       amount, cash_due, rounding, rounding_party, fee_by_biller, fee_agent, fee_network,
       fee_route, stood_in
  FROM payments WHERE bucket = %(bucket)s ORDER BY id

-- name: facts_of
-- The facts of a bucket, payment by payment.
SELECT payment, kind, route, attempt, payment_date, business_date
  FROM facts WHERE bucket = %(bucket)s ORDER BY payment

-- name: entries_of
-- The entries of a bucket, payment by payment.
SELECT payment, line, account, party, amount, business_date, till, shift
  FROM entries WHERE bucket = %(bucket)s ORDER BY payment, line

-- name: lines_of_day
-- The ledger of one business date, payment by payment.
SELECT e.payment, e.line, e.account, e.party, e.amount, coalesce(t.outlet, 0)
  FROM entries e LEFT JOIN tills t ON t.number = e.till
 WHERE e.business_date = %(day)s ORDER BY e.payment, e.line

-- name: sums_of_day
-- The same summed by outlet, biller and kind of posting. A payment's date is in its id (days
-- since 2000 in the 16 bits after the variant), so that each payment is looked up in its month.
SELECT coalesce(t.outlet, 0), coalesce(p.biller, 0), e.line / 16, e.account, e.party,
       sum(e.amount)::bigint, count(DISTINCT e.payment)
  FROM (SELECT *, uuid_send(payment) AS raw FROM entries WHERE business_date = %(day)s) AS e
  LEFT JOIN tills t ON t.number = e.till
  LEFT JOIN payments p ON p.bucket = e.bucket AND p.id = e.payment
        AND p.business_date = date '2000-01-01'
            + ((get_byte(e.raw, 8) & 63) << 10 | get_byte(e.raw, 9) << 2 | get_byte(e.raw, 10) >> 6)
 GROUP BY 1, 2, 3, 4, 5 HAVING sum(e.amount) <> 0 ORDER BY 1, 2, 3, 4, 5

-- name: payments_on_day
-- How many payments have entries on a business date.
SELECT count(DISTINCT (bucket, payment)) FROM entries WHERE business_date = %(day)s
