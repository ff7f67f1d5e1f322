-- Errands: taken by lease, finished inside the write that they led to.

-- name: take
-- Lease due errands, of each bucket and kind the oldest, passing over what others hold. They are
-- chosen once, before any of them is leased.
WITH due AS MATERIALIZED (
    SELECT d.bucket, d.id
      FROM unnest(%(buckets)s::smallint[]) AS b(bucket)
     CROSS JOIN unnest(%(kinds)s::smallint[]) AS k(kind)
     CROSS JOIN LATERAL (
           SELECT w.bucket, w.id FROM errands w
            WHERE w.bucket = b.bucket AND w.kind = k.kind AND w.due_at <= %(now)s
              AND (w.leased_until IS NULL OR w.leased_until < %(now)s)
            ORDER BY w.due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) AS d)
UPDATE errands e
   SET leased_until = %(now)s + %(lease)s
  FROM due
 WHERE e.bucket = due.bucket AND e.id = due.id
RETURNING e.bucket, e.id, e.kind, e.due_at, e.payment, e.payment_date, e.count, e.subject

-- name: finish
-- Errands that left no other trace in the books.
DELETE FROM errands e
 USING unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
 WHERE e.bucket = d.bucket AND e.id = d.id

-- name: put_off
-- Errands that could not be done now.
UPDATE errands e SET leased_until = NULL, due_at = %(due_at)s
  FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
 WHERE e.bucket = d.bucket AND e.id = d.id

-- name: try_later
-- Errands that were tried in vain.
UPDATE errands e SET leased_until = NULL, due_at = %(due_at)s, count = e.count + 1
  FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
 WHERE e.bucket = d.bucket AND e.id = d.id

-- name: release
-- Errands that must wait their turn a little longer.
UPDATE errands e SET leased_until = %(until)s
  FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
 WHERE e.bucket = d.bucket AND e.id = d.id

-- name: waiting
-- How much work waits, by kind, and since when the oldest is due.
SELECT kind, count(*), min(due_at) FROM errands GROUP BY kind ORDER BY kind
