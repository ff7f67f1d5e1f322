-- Finding payments by whatever people hold in their hands, as the watching role.

-- name: listed
-- Payments as a list shows them, by the homes that their ids carry; newest first.
SELECT p.id, p.business_date, p.accepted_at, p.outlet, p.till, p.biller, p.route, p.receipt,
       p.state, p.contradicted, p.amount, p.cash_due, p.account, p.visit
  FROM unnest(%(buckets)s::smallint[], %(days)s::date[], %(ids)s::uuid[]) AS w(bucket, day, id)
  JOIN payments p ON p.bucket = w.bucket AND p.business_date = w.day AND p.id = w.id
 ORDER BY p.id DESC

-- name: receipt
-- The payment of a number on paper.
SELECT p.id FROM payments p
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.outlet = %(outlet)s
   AND p.receipt = %(receipt)s

-- name: key
-- What was decided under a caller's key: a key is an outlet's, so every outlet is looked at.
SELECT a.outlet, a.key, a.kind, a.verdict, a.payment, a.business_date, a.asked_at, a.actor,
       a.detail, a.hold
  FROM outlets o
  JOIN asks a ON a.bucket = o.bucket AND a.outlet = o.number AND a.key = %(key)s
 ORDER BY a.asked_at LIMIT %(most)s

-- name: hold
-- What was decided about a hold.
SELECT a.outlet, a.key, a.kind, a.verdict, a.payment, a.business_date, a.asked_at, a.actor,
       a.detail, a.hold
  FROM asks a WHERE a.bucket = ANY(%(every)s) AND a.hold = %(hold)s
 ORDER BY a.asked_at LIMIT %(most)s

-- name: held
-- Bills that are held under a hold now.
SELECT c.biller, c.bill_ref FROM claims c
 WHERE c.bucket = ANY(%(every)s) AND c.state = %(held)s AND c.hold = %(hold)s

-- name: visit
-- A basket: a visit is an outlet's, so every outlet is looked at.
SELECT v.bucket, v.outlet, v.id, v.business_date, v.till, v.tendered, v.count, v.asked_at
  FROM outlets o
  JOIN visits v ON v.bucket = o.bucket AND v.outlet = o.number AND v.id = %(visit)s
 LIMIT 1

-- name: of_visit
-- The payments of a basket.
SELECT p.id FROM payments p
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.outlet = %(outlet)s
   AND p.visit = %(visit)s
 ORDER BY p.id LIMIT %(most)s

-- name: account
-- The latest payments on an account number, of one biller or (0) of any.
SELECT p.id FROM payments p
 WHERE p.bucket = ANY(%(every)s) AND p.account = %(account)s
   AND (%(biller)s = 0 OR p.biller = %(biller)s)
 ORDER BY p.id DESC LIMIT %(most)s

-- name: claim
-- The state of a bill.
SELECT c.state, c.outlet, c.till, c.until, c.hold, c.payment, c.paid_at, c.paid_total
  FROM claims c
 WHERE c.bucket = %(bucket)s AND c.biller = %(biller)s AND c.bill_ref = %(ref)s

-- name: filed
-- A bill as its biller's last file has it.
SELECT f.account, f.period, f.amount, f.due_on, f.customer, f.file FROM filed_bills f
 WHERE f.biller = %(biller)s AND f.bill_ref = %(ref)s

-- name: outlet
-- An outlet's payments of a business date below a receipt number, newest first.
SELECT p.id FROM payments p
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.outlet = %(outlet)s
   AND p.receipt < %(below)s
 ORDER BY p.receipt DESC LIMIT %(most)s

-- name: outlet_tally
-- What an outlet took on a business date, by state.
SELECT p.state, count(*), sum(p.cash_due)::bigint FROM payments p
 WHERE p.bucket = %(bucket)s AND p.business_date = %(day)s AND p.outlet = %(outlet)s
 GROUP BY p.state ORDER BY p.state

-- name: shifts
-- An outlet's shifts of a business date.
SELECT s.till, s.number, s.cashier, u.login, s.opened_at, s.closed_at
  FROM shifts s LEFT JOIN users u ON u.id = s.cashier
 WHERE s.bucket = %(bucket)s AND s.till = ANY(%(tills)s) AND s.business_date = %(day)s
 ORDER BY s.opened_at, s.till LIMIT %(most)s

-- name: drawer
-- The cash that lies in an outlet, and its bound.
SELECT l.balance, l.most FROM limits l
 WHERE l.bucket = %(bucket)s AND l.kind = %(kind)s AND l.party = %(outlet)s

-- name: doubts
-- Payments in doubt with the errands behind them, oldest first, from behind a payment's id.
SELECT p.id, p.business_date, p.accepted_at, p.outlet, p.till, p.biller, p.route, p.receipt,
       p.state, p.contradicted, p.amount, p.cash_due, p.account, p.visit, e.asked, e.due_at
  FROM (SELECT e.bucket, e.payment_date, e.payment,
               max(e.count) FILTER (WHERE e.kind = %(enquire)s) AS asked, min(e.due_at) AS due_at
          FROM errands e
         WHERE e.bucket = ANY(%(every)s) AND e.kind = ANY(%(kinds)s) AND e.payment > %(after)s
         GROUP BY e.bucket, e.payment_date, e.payment) e
  JOIN payments p
    ON p.bucket = e.bucket AND p.business_date = e.payment_date AND p.id = e.payment
 WHERE p.state = ANY(%(states)s) AND (%(biller)s = 0 OR p.biller = %(biller)s)
   AND (%(route)s = 0 OR p.route = %(route)s)
 ORDER BY p.id LIMIT %(most)s
