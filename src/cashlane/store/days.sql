-- The business day: opened once, cut once.

-- name: latest
-- The latest business day, and whether it is open.
SELECT business_date, state = 'open' FROM business_days ORDER BY business_date DESC LIMIT 1

-- name: open
-- Open a day; a day that exists stays as it is.
INSERT INTO business_days (business_date, state, opened_at) VALUES (%(day)s, 'open', %(now)s)
ON CONFLICT (business_date) DO NOTHING

-- name: cut
-- Cut the open day: waits for every write that is under way, and none can follow.
UPDATE business_days SET state = 'cut', cut_at = %(now)s
 WHERE business_date = %(day)s AND state = 'open'
