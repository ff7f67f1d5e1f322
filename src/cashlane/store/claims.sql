-- Claims: one row per bill, saying who may pay it and whether the network has.
-- States: 0 free, 1 held, 2 paid.

-- name: hold
-- Claim bills for tills: a free bill becomes held, a held one stays with its holder.
INSERT INTO claims AS c (bucket, biller, bill_ref, state, outlet, till, until, hold, paid_total)
SELECT w.bucket, w.biller, w.bill_ref, 1, w.outlet, w.till, w.until, w.hold, 0
  FROM unnest(%(bucket)s::smallint[], %(biller)s::integer[], %(bill_ref)s::text[],
              %(outlet)s::integer[], %(till)s::integer[], %(until)s::timestamptz[],
              %(hold)s::uuid[]) AS w(bucket, biller, bill_ref, outlet, till, until, hold)
 ORDER BY w.bucket, w.biller, w.bill_ref
ON CONFLICT (bucket, biller, bill_ref) DO UPDATE
   SET state = 1, outlet = excluded.outlet, till = excluded.till, until = excluded.until,
       hold = excluded.hold
 WHERE c.state = 0

-- name: standing
-- How the wanted bills stand, after `hold` in the same transaction.
SELECT c.biller, c.bill_ref, c.state, c.outlet, c.till, c.until, c.hold, c.payment, c.paid_at,
       ARRAY(SELECT jsonb_object_keys(c.parts)) AS parts
  FROM unnest(%(bucket)s::smallint[], %(biller)s::integer[], %(bill_ref)s::text[])
       AS w(bucket, biller, bill_ref)
  JOIN claims c ON c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref

-- name: mark_paid
-- Payments reach their bills: guarded by the hold, so that a row is marked once or not at all. The
-- bill remembers what each payment paid of it.
UPDATE claims c
   SET state = CASE WHEN w.parts AND c.paid_total + w.amount < w.owed THEN 0 ELSE 2 END,
       payment = w.payment, paid_at = w.paid_at, paid_total = c.paid_total + w.amount,
       parts = c.parts || jsonb_build_object(w.payment::text, w.amount)
  FROM unnest(%(bucket)s::smallint[], %(biller)s::integer[], %(bill_ref)s::text[],
              %(hold)s::uuid[], %(payment)s::uuid[], %(paid_at)s::timestamptz[],
              %(amount)s::bigint[], %(owed)s::bigint[], %(parts)s::boolean[])
       AS w(bucket, biller, bill_ref, hold, payment, paid_at, amount, owed, parts)
 WHERE c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref
   AND c.hold = w.hold
   -- Held; said so that the index of held bills, which knows no bill, is not taken for the way.
   AND c.state BETWEEN 1 AND 1
RETURNING c.hold

-- name: free
-- Bills whose payment came to nothing, or whose hold was burnt, are anybody's again. Each payment
-- takes back what it had paid, whichever part of the bill it was; a hold that another till has by
-- now stays.
WITH w AS (
    SELECT m.bucket, m.biller, m.bill_ref, array_agg(m.hold) AS holds,
           coalesce(array_agg(m.payment::text) FILTER (WHERE m.payment IS NOT NULL), '{}')
               AS undone
      FROM unnest(%(bucket)s::smallint[], %(biller)s::integer[], %(bill_ref)s::text[],
                  %(hold)s::uuid[], %(payment)s::uuid[])
           AS m(bucket, biller, bill_ref, hold, payment)
     GROUP BY m.bucket, m.biller, m.bill_ref)
UPDATE claims c
   SET state = CASE WHEN c.state = 2 OR c.hold = ANY (w.holds) THEN 0 ELSE c.state END,
       until = CASE WHEN c.hold = ANY (w.holds) THEN NULL ELSE c.until END,
       hold = CASE WHEN c.hold = ANY (w.holds) THEN NULL ELSE c.hold END,
       payment = CASE WHEN c.payment::text = ANY (w.undone) THEN NULL ELSE c.payment END,
       paid_at = CASE WHEN c.payment::text = ANY (w.undone) THEN NULL ELSE c.paid_at END,
       paid_total = (SELECT coalesce(sum(p.value::bigint), 0)
                       FROM jsonb_each_text(c.parts - w.undone) AS p),
       parts = c.parts - w.undone
  FROM w
 WHERE c.bucket = w.bucket AND c.biller = w.biller AND c.bill_ref = w.bill_ref
   AND (c.hold = ANY (w.holds) OR c.parts ?| w.undone)
RETURNING w.holds

-- name: lapsed
-- Held bills whose time is over, oldest first; of each bucket its oldest, where the list of held ones
-- begins. What is still held is passed by unread.
SELECT h.bucket, h.biller, h.bill_ref, h.outlet, h.till, h.hold
  FROM unnest(%(buckets)s::smallint[]) AS b(bucket)
 CROSS JOIN LATERAL (
       SELECT c.* FROM claims c
        WHERE c.bucket = b.bucket AND c.state = 1 AND c.until < %(before)s
        ORDER BY c.until LIMIT %(most)s) AS h
 ORDER BY h.until LIMIT %(most)s
