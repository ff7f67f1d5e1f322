-- What the network does at this moment, as the watching role. Payments carry their moment in their
-- id, so that the latest ones are a range of each bucket's key; open work is the errands.

-- name: days
-- The latest business dates, newest first: an hour may reach over the cut.
SELECT d.business_date FROM business_days d ORDER BY d.business_date DESC LIMIT 2

-- name: minutes
-- Payments a minute by agent and biller, since a moment.
SELECT date_trunc('minute', p.accepted_at), p.agent, p.biller, count(*)
  FROM payments p
 WHERE p.bucket = ANY(%(buckets)s) AND p.business_date = ANY(%(days)s) AND p.id >= %(since)s
 GROUP BY 1, 2, 3

-- name: routes
-- What became of the payments accepted since a moment, by the route that was tried.
SELECT f.route, count(*) FILTER (WHERE f.sent), count(*) FILTER (WHERE f.confirmed),
       count(*) FILTER (WHERE f.declined),
       count(*) FILTER (WHERE f.doubted AND NOT f.confirmed AND NOT f.declined),
       max(f.confirmed_at)
  FROM (SELECT f.route, f.payment, bool_or(f.kind = %(sent)s) AS sent,
               bool_or(f.kind = %(confirmed)s) AS confirmed,
               bool_or(f.kind = %(declined)s) AS declined,
               bool_or(f.kind = %(doubt)s) AS doubted,
               max(f.written_at) FILTER (WHERE f.kind = %(confirmed)s) AS confirmed_at
          FROM facts f
         WHERE f.bucket = ANY(%(buckets)s) AND f.payment_date = ANY(%(days)s)
           AND f.payment >= %(since)s AND f.route > 0
         GROUP BY f.route, f.payment) f
 GROUP BY f.route

-- name: doubts
-- Payments in doubt by the route meant for them, and when the oldest was accepted.
SELECT p.route, count(*), min(p.accepted_at)
  FROM (SELECT DISTINCT e.bucket, e.payment_date, e.payment FROM errands e
         WHERE e.bucket = ANY(%(buckets)s) AND e.kind = ANY(%(kinds)s)) e
  JOIN payments p
    ON p.bucket = e.bucket AND p.business_date = e.payment_date AND p.id = e.payment
 WHERE p.state = ANY(%(states)s)
 GROUP BY p.route

-- name: queue
-- Errands by kind: how many, how many are due, the one longest due, the oldest payment.
SELECT e.kind, count(*), count(*) FILTER (WHERE e.due_at <= %(now)s), min(e.due_at),
       min(e.payment::text)
  FROM errands e GROUP BY e.kind ORDER BY e.kind

-- name: tally
-- A business date by state, agent, biller and route: read whole, so asked for at rests only.
SELECT p.state, p.agent, p.biller, p.route, count(*), sum(p.cash_due)::bigint,
       count(*) FILTER (WHERE p.contradicted)
  FROM payments p WHERE p.business_date = %(day)s
 GROUP BY p.state, p.agent, p.biller, p.route
