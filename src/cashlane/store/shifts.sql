-- Closing a till's shift.

-- name: lock_drawer
-- The outlet's drawer: every pay holds it, so that none is under way while a shift closes.
SELECT l.party FROM limits l
 WHERE l.bucket = %(bucket)s AND l.kind = %(kind)s AND l.party = %(outlet)s FOR UPDATE

-- name: close_shift
-- The end of an open shift.
UPDATE shifts SET closed_at = %(now)s
 WHERE bucket = %(bucket)s AND till = %(till)s AND business_date = %(day)s
   AND number = %(number)s AND closed_at IS NULL
