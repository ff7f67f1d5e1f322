-- What outlets took in a month, as the watching role.

-- name: span
-- The first business date there is and the latest.
SELECT min(d.business_date), max(d.business_date) FROM business_days d

-- name: volumes
-- Payments of some days and their amounts by outlet, without those that were undone: a month's
-- partition is read whole, so asked for at rests only.
SELECT p.outlet, count(*), sum(p.amount)::bigint
  FROM payments p
 WHERE p.business_date >= %(first)s AND p.business_date < %(next)s
   AND p.state <> ALL(%(undone)s)
 GROUP BY p.outlet
