-- Reading what a decision needs: first the locks, then - in a new statement, with a new
-- snapshot - what may have changed while waiting for them.

-- name: open_day
-- The business day; held shared, so that a cut waits for the write that follows.
SELECT business_date, state = 'open' AS open FROM business_days
 WHERE business_date = (SELECT max(business_date) FROM business_days) FOR SHARE

-- name: lock_books
-- The limited accounts of a batch, locked in the order of their keys.
SELECT l.bucket, l.kind, l.party, l.balance, l.most, l.receipts_day, l.receipts
  FROM unnest(%(bucket)s::smallint[], %(kind)s::smallint[], %(party)s::integer[])
       AS w(bucket, kind, party)
  JOIN limits l ON l.bucket = w.bucket AND l.kind = w.kind AND l.party = w.party
 ORDER BY l.bucket, l.kind, l.party FOR UPDATE OF l

-- name: known_asks
-- What was decided before under these keys, or about these holds.
SELECT a.bucket, a.outlet, a.key, a.kind, a.hash, a.hold, a.verdict, a.payment, a.payment_date,
       a.detail, a.business_date, a.asked_at, a.actor
  FROM unnest(%(key_bucket)s::smallint[], %(outlet)s::integer[], %(key)s::uuid[])
       AS w(bucket, outlet, key)
  JOIN asks a ON a.bucket = w.bucket AND a.outlet = w.outlet AND a.key = w.key
UNION ALL
SELECT a.bucket, a.outlet, a.key, a.kind, a.hash, a.hold, a.verdict, a.payment, a.payment_date,
       a.detail, a.business_date, a.asked_at, a.actor
  FROM unnest(%(hold_bucket)s::smallint[], %(hold)s::uuid[]) AS w(bucket, hold)
  JOIN asks a ON a.bucket = w.bucket AND a.hold = w.hold

-- name: latest_shifts
-- The latest shift of each till: one step down the index, however many days it has served.
SELECT w.till, s.business_date, s.number, s.closed_at IS NULL AS open
  FROM unnest(%(bucket)s::smallint[], %(till)s::integer[]) AS w(bucket, till)
 CROSS JOIN LATERAL (
       SELECT l.business_date, l.number, l.closed_at FROM shifts l
        WHERE l.bucket = w.bucket AND l.till = w.till
        ORDER BY l.business_date DESC, l.number DESC LIMIT 1) AS s

-- name: known_visits
-- Which of these baskets are written already.
SELECT v.outlet, v.id
  FROM unnest(%(bucket)s::smallint[], %(outlet)s::integer[], %(id)s::uuid[]) AS w(bucket, outlet, id)
  JOIN visits v ON v.bucket = w.bucket AND v.outlet = w.outlet AND v.id = w.id

-- name: lock_payments
-- Payments that are to change, locked in the order of their keys, and what of them may change.
SELECT p.id, p.state, p.posted, p.carried_by
  FROM unnest(%(bucket)s::smallint[], %(business_date)s::date[], %(id)s::uuid[])
       AS w(bucket, business_date, id)
  JOIN payments p ON p.bucket = w.bucket AND p.business_date = w.business_date AND p.id = w.id
 ORDER BY p.bucket, p.business_date, p.id FOR UPDATE OF p

-- name: open_errands
-- The errands that this write may finish, as far as nobody finished them before. Whoever changes a
-- payment has its lock by now; the write itself counts what it finishes.
SELECT e.id
  FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS w(bucket, id)
  JOIN errands e ON e.bucket = w.bucket AND e.id = w.id

-- name: read_payments
-- Payments with all that was fixed at their acceptance, and as they stand.
SELECT p.bucket, p.business_date, p.id, p.outlet, p.till, p.shift, p.cashier, p.agent, p.biller,
       p.bill_ref, p.account, p.period, p.hold, p.visit, p.owed, p.amount, p.fee_schedule,
       p.fee_by_biller, p.fee_agent, p.fee_network, p.fee_route, p.cash_due, p.rounding,
       p.rounding_party, p.carried, p.tendered, p.change, p.receipt, p.route, p.stood_in,
       p.state, p.posted, p.accepted_at, p.carried_by
  FROM unnest(%(bucket)s::smallint[], %(business_date)s::date[], %(id)s::uuid[])
       AS w(bucket, business_date, id)
  JOIN payments p ON p.bucket = w.bucket AND p.business_date = w.business_date AND p.id = w.id

-- name: known_facts
-- All that is known about payments.
SELECT f.payment, f.kind, f.route, f.attempt, f.written_at
  FROM unnest(%(bucket)s::smallint[], %(business_date)s::date[], %(id)s::uuid[])
       AS w(bucket, business_date, id)
  JOIN facts f ON f.bucket = w.bucket AND f.payment_date = w.business_date AND f.payment = w.id

-- name: record
-- The one write of money.
SELECT record_v3(%(batch)s, %(bucket)s::smallint, %(digest)s, %(rows)s::integer, %(now)s, %(day)s,
                 %(asks)s, %(visits)s, %(shifts)s, %(payments)s, %(moves)s, %(facts)s,
                 %(postings)s, %(limits)s, %(errands)s, %(done)s)
