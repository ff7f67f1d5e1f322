-- Closing tills' shifts.

-- name: lock_drawer
-- The outlet's drawer: every pay holds it, so that none is under way while a shift closes.
SELECT l.party FROM limits l
 WHERE l.bucket = %(bucket)s AND l.kind = %(kind)s AND l.party = %(outlet)s
 ORDER BY l.bucket, l.kind, l.party FOR UPDATE

-- name: close_shifts
-- The end of open shifts; one that is closed already keeps its first end.
UPDATE shifts s SET closed_at = %(now)s
  FROM json_to_recordset(%(shifts)s::json)
       AS w(bucket smallint, till integer, business_date date, number smallint)
 WHERE s.bucket = w.bucket AND s.till = w.till AND s.business_date = w.business_date
   AND s.number = w.number AND s.closed_at IS NULL
