-- Approvals: proposed, decided by another, in effect once. Three tables, only ever added to.

-- name: propose
-- What somebody wants changed, for another to decide.
INSERT INTO approvals (id, kind, body, concerns, proposed_by, proposed_at, expires_at, effective_at)
VALUES (%(id)s, %(kind)s, %(body)s, %(concerns)s, %(proposed_by)s, %(proposed_at)s,
        %(expires_at)s, %(effective_at)s)

-- name: decide
-- The first decision stands. Never by who proposed it or whom it is about, never after its end.
INSERT INTO approval_decisions (approval, proposed_by, concerns, expires_at, decided_by, decided_at,
                                verdict, reason)
SELECT a.id, a.proposed_by, a.concerns, a.expires_at, %(by)s, %(at)s, %(verdict)s, %(reason)s
  FROM approvals a
 WHERE a.id = %(id)s AND a.proposed_by <> %(by)s AND a.concerns <> %(by)s AND a.expires_at > %(at)s
ON CONFLICT (approval) DO NOTHING

-- name: take_effect
-- The first to write this carries the change out, in the same transaction; the others wait for it
-- and find it done.
INSERT INTO approval_effects (approval, verdict, effective_at, applied_at)
SELECT a.id, d.verdict, a.effective_at, %(now)s
  FROM approvals a JOIN approval_decisions d ON d.approval = a.id
 WHERE a.id = %(id)s AND d.verdict = 'approved' AND a.effective_at <= %(now)s
ON CONFLICT (approval) DO NOTHING

-- name: find
-- One proposal with what became of it.
SELECT a.id, a.kind, a.body, a.concerns, a.proposed_by, a.proposed_at, a.expires_at,
       a.effective_at, d.verdict, d.decided_by, d.decided_at, d.reason, e.applied_at
  FROM approvals a
  LEFT JOIN approval_decisions d ON d.approval = a.id
  LEFT JOIN approval_effects e ON e.approval = a.id
 WHERE a.id = %(id)s

-- name: list
-- Newest first (ids sort by time), from before a given id.
SELECT a.id, a.kind, a.body, a.concerns, a.proposed_by, a.proposed_at, a.expires_at,
       a.effective_at, d.verdict, d.decided_by, d.decided_at, d.reason, e.applied_at
  FROM approvals a
  LEFT JOIN approval_decisions d ON d.approval = a.id
  LEFT JOIN approval_effects e ON e.approval = a.id
 WHERE a.kind = ANY(%(kinds)s)
   AND (%(before)s::uuid IS NULL OR a.id < %(before)s)
   AND (NOT %(undecided)s OR d.approval IS NULL AND a.expires_at > %(now)s)
 ORDER BY a.id DESC LIMIT %(most)s

-- name: due
-- Approved, their moment come, not in effect yet: oldest first.
SELECT a.id
  FROM approvals a
  JOIN approval_decisions d ON d.approval = a.id AND d.verdict = 'approved'
 WHERE a.effective_at <= %(now)s
   AND NOT EXISTS (SELECT 1 FROM approval_effects e WHERE e.approval = a.id)
 ORDER BY a.effective_at LIMIT %(most)s
