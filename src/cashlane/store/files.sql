-- Files that partners handed over, and what became of each.

-- name: earlier
-- A file of the same content that was applied, and one with the same number of the same day.
SELECT (SELECT name FROM files WHERE sha256 = %(sha256)s AND verdict = 'applied'),
       (SELECT name FROM files
         WHERE partner = %(partner)s AND kind = %(kind)s AND business_date = %(business_date)s
           AND sequence = %(sequence)s AND verdict = 'applied')

-- name: add
-- One file received, with its verdict.
INSERT INTO files (sha256, received_at, partner, kind, name, business_date, sequence, lines, total,
                   verdict, note)
VALUES (%(sha256)s, %(received_at)s, %(partner)s, %(kind)s, %(name)s, %(business_date)s,
        %(sequence)s, %(lines)s, %(total)s, %(verdict)s, %(note)s)

-- name: received
-- The latest files of a partner, the newest first.
SELECT name, kind, sha256, received_at, business_date, sequence, lines, total, verdict, note
  FROM files WHERE partner = %(partner)s
 ORDER BY received_at DESC, sha256 LIMIT %(most)s
