-- One payment with everything that hangs on it, as the watching role.

-- name: payment
-- The payment as it stands.
SELECT p.bucket, p.business_date, p.id, p.outlet, p.till, p.shift, p.cashier, p.agent, p.biller,
       p.bill_ref, p.account, p.period, p.hold, p.visit, p.owed, p.amount, p.fee_schedule,
       p.fee_by_biller, p.fee_agent, p.fee_network, p.fee_route, p.cash_due, p.rounding,
       p.rounding_party, p.carried, p.tendered, p.change, p.receipt, p.route, p.stood_in,
       p.state, p.posted, p.accepted_at, p.carried_by, p.contradicted, p.state_at,
       u.login AS login
  FROM payments p LEFT JOIN users u ON u.id = p.cashier
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.id = %(id)s

-- name: login
-- Who a cashier is; nobody where a machine took the payment.
SELECT (SELECT u.login FROM users u WHERE u.id = %(user)s)

-- name: facts
-- All that became known about it.
SELECT f.bucket, f.payment_date, f.payment, f.kind, f.route, f.attempt, f.happened_at,
       f.written_at, f.business_date, f.source, f.detail
  FROM facts f
 WHERE f.bucket = %(bucket)s AND f.payment_date = %(day)s AND f.payment = %(id)s
 ORDER BY f.written_at, f.kind

-- name: entries
-- Its lines in the ledger, on the dates on which anything was written about it.
SELECT e.bucket, e.business_date, e.payment, e.line, e.account, e.party, e.amount, e.till, e.shift
  FROM entries e
 WHERE e.bucket = %(bucket)s AND e.business_date = ANY(%(days)s) AND e.payment = %(id)s
 ORDER BY e.line

-- name: asks
-- The request that made it, by its hold, and those about it.
SELECT a.outlet, a.key, a.kind, a.verdict, a.payment, a.business_date, a.asked_at, a.actor,
       a.detail, a.hold
  FROM asks a
 WHERE a.bucket = %(bucket)s AND a.hold = %(hold)s
UNION ALL
SELECT a.outlet, a.key, a.kind, a.verdict, a.payment, a.business_date, a.asked_at, a.actor,
       a.detail, a.hold
  FROM asks a
 WHERE a.bucket = ANY(%(every)s) AND a.payment = %(id)s AND a.kind > 1 AND a.hold IS NULL

-- name: errands
-- What is still to be done about it.
SELECT e.bucket, e.id, e.kind, e.due_at, e.payment, e.payment_date, e.count, e.subject,
       e.leased_until
  FROM errands e WHERE e.bucket = %(bucket)s AND e.payment = %(id)s
 ORDER BY e.due_at
