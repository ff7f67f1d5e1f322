-- Errands: taken by lease, finished inside the write that they led to.
-- Each is found by its index before anything is done with it, and then stands where it was found:
-- otherwise a plan that was made while there were none, at night, would compare all with all in the
-- morning. One that moved in between is not touched.

-- name: take
-- Lease due errands, of each bucket and kind the oldest, passing over what others hold. They are
-- chosen once, before any of them is leased; a kind is above 0, as their index knows.
WITH due AS MATERIALIZED (
    SELECT d.found
      FROM unnest(%(buckets)s::smallint[]) AS b(bucket)
     CROSS JOIN unnest(%(kinds)s::smallint[]) AS k(kind)
     CROSS JOIN LATERAL (
           SELECT w.ctid AS found FROM errands w
            WHERE w.bucket = b.bucket AND w.kind = k.kind AND w.kind > 0 AND w.due_at <= %(now)s
              AND (w.leased_until IS NULL OR w.leased_until < %(now)s)
            ORDER BY w.due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) AS d)
UPDATE errands e
   SET leased_until = %(now)s + %(lease)s
  FROM due
 WHERE e.ctid = due.found
RETURNING e.bucket, e.id, e.kind, e.due_at, e.payment, e.payment_date, e.count, e.subject

-- name: finish
-- Errands that left no other trace in the books.
DELETE FROM errands e
 WHERE e.ctid = ANY (ARRAY(
       SELECT f.found FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
        CROSS JOIN LATERAL (SELECT w.ctid AS found FROM errands w
                             WHERE w.bucket = d.bucket AND w.id = d.id LIMIT 1) AS f))

-- name: put_off
-- Errands that could not be done now.
UPDATE errands e SET leased_until = NULL, due_at = %(due_at)s
 WHERE e.ctid = ANY (ARRAY(
       SELECT f.found FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
        CROSS JOIN LATERAL (SELECT w.ctid AS found FROM errands w
                             WHERE w.bucket = d.bucket AND w.id = d.id LIMIT 1) AS f))

-- name: try_later
-- Errands that were tried in vain.
UPDATE errands e SET leased_until = NULL, due_at = %(due_at)s, count = e.count + 1
 WHERE e.ctid = ANY (ARRAY(
       SELECT f.found FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
        CROSS JOIN LATERAL (SELECT w.ctid AS found FROM errands w
                             WHERE w.bucket = d.bucket AND w.id = d.id LIMIT 1) AS f))

-- name: release
-- Errands that must wait their turn a little longer.
UPDATE errands e SET leased_until = %(until)s
 WHERE e.ctid = ANY (ARRAY(
       SELECT f.found FROM unnest(%(bucket)s::smallint[], %(id)s::uuid[]) AS d(bucket, id)
        CROSS JOIN LATERAL (SELECT w.ctid AS found FROM errands w
                             WHERE w.bucket = d.bucket AND w.id = d.id LIMIT 1) AS f))

-- name: waiting
-- How much work waits, by kind, and since when the oldest is due.
SELECT kind, count(*), min(due_at) FROM errands GROUP BY kind ORDER BY kind
