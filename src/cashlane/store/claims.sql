-- Claims: one row per bill, saying who may pay it and whether the network has.
-- States: 0 free, 1 held, 2 paid.

-- name: hold
-- Claim bills for tills: a free bill becomes held, a held one stays with its holder.
INSERT INTO claims AS c (bucket, biller, bill_ref, state, outlet, till, until, hold, paid_total)
SELECT w.bucket, w.biller, w.bill_ref, 1, w.outlet, w.till, w.until, w.hold, 0
  FROM json_to_recordset(%(claims)s::json) AS w(
       bucket smallint, biller integer, bill_ref text, outlet integer, till integer,
       until timestamptz, hold uuid)
 ORDER BY w.bucket, w.biller, w.bill_ref
ON CONFLICT (bucket, biller, bill_ref) DO UPDATE
   SET state = 1, outlet = excluded.outlet, till = excluded.till, until = excluded.until,
       hold = excluded.hold
 WHERE c.state = 0

-- name: standing
-- How the wanted bills stand, after `hold` in the same transaction.
SELECT c.biller, c.bill_ref, c.state, c.outlet, c.till, c.until, c.hold, c.payment, c.paid_at
  FROM json_to_recordset(%(claims)s::json) AS w(bucket smallint, biller integer, bill_ref text)
  JOIN claims c ON c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref

-- name: mark_paid
-- Payments reach their bills: guarded by the hold, so that a row is marked once or not at all.
UPDATE claims c
   SET state = CASE WHEN w.parts AND c.paid_total + w.amount < w.owed THEN 0 ELSE 2 END,
       payment = w.payment, paid_at = w.paid_at, paid_total = c.paid_total + w.amount
  FROM json_to_recordset(%(marks)s::json) AS w(
       bucket smallint, biller integer, bill_ref text, hold uuid, payment uuid,
       paid_at timestamptz, amount bigint, owed bigint, parts boolean)
 WHERE c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref
   AND c.hold = w.hold AND c.state = 1
RETURNING c.hold

-- name: free
-- Bills whose payment came to nothing, or whose hold was burnt, are anybody's again. Only a
-- payment that had been marked takes its amount back, and it may find the bill held for another
-- part by now: that hold stays.
UPDATE claims c
   SET state = CASE WHEN c.hold = w.hold THEN 0 ELSE c.state END,
       until = CASE WHEN c.hold = w.hold THEN NULL ELSE c.until END,
       hold = CASE WHEN c.hold = w.hold THEN NULL ELSE c.hold END,
       payment = CASE WHEN c.payment = w.payment THEN NULL ELSE c.payment END,
       paid_at = CASE WHEN c.payment = w.payment THEN NULL ELSE c.paid_at END,
       paid_total = CASE WHEN c.payment = w.payment THEN greatest(0, c.paid_total - w.amount)
                         ELSE c.paid_total END
  FROM json_to_recordset(%(marks)s::json) AS w(
       bucket smallint, biller integer, bill_ref text, hold uuid, payment uuid, amount bigint)
 WHERE c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref
   AND (c.hold = w.hold OR c.payment = w.payment)
RETURNING w.hold

-- name: lapsed
-- Held bills whose time is over, oldest first.
SELECT c.bucket, c.biller, c.bill_ref, c.outlet, c.till, c.hold
  FROM claims c
 WHERE c.state = 1 AND c.until < %(before)s
 ORDER BY c.until LIMIT %(most)s
