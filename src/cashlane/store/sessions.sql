-- Sessions, the tills they stand at, and how often secrets were guessed.

-- name: start_session
-- A door opened: the hash of its token, and when it closes by itself.
INSERT INTO sessions (token_hash, id, user_id, device, started_at, seen_at, expires_at)
VALUES (%(token_hash)s, %(id)s, %(user)s, %(device)s, %(now)s, %(now)s, %(expires_at)s)

-- name: find_session
-- The session of a token, while neither it nor its person nor its till was ended.
SELECT s.id, u.id, u.login, u.name, u.agent, u.outlet,
       ARRAY(SELECT r.role FROM roles_held r WHERE r.user_id = u.id),
       u.must_change, d.till, s.started_at, s.seen_at, s.expires_at
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  LEFT JOIN till_devices d ON d.secret_hash = s.device
 WHERE s.token_hash = %(token_hash)s AND s.ended_at IS NULL AND NOT u.disabled
   AND d.ended_at IS NULL

-- name: list_sessions
-- A person's live sessions, newest first.
SELECT s.id, d.till, s.started_at, s.seen_at, s.expires_at
  FROM sessions s LEFT JOIN till_devices d ON d.secret_hash = s.device
 WHERE s.user_id = %(user)s AND s.ended_at IS NULL AND d.ended_at IS NULL
   AND s.expires_at > %(now)s
 ORDER BY s.started_at DESC LIMIT %(most)s

-- name: touch_session
-- Somebody is still there.
UPDATE sessions SET seen_at = greatest(seen_at, %(now)s)
 WHERE token_hash = %(token_hash)s AND ended_at IS NULL

-- name: end_session
-- The door of a token is closed.
UPDATE sessions SET ended_at = %(now)s WHERE token_hash = %(token_hash)s AND ended_at IS NULL

-- name: end_named_session
-- A person's own session, by its public id.
UPDATE sessions SET ended_at = %(now)s
 WHERE id = %(id)s AND user_id = %(user)s AND ended_at IS NULL

-- name: end_sessions_of
-- All of a person's sessions but one.
UPDATE sessions SET ended_at = %(now)s
 WHERE user_id = %(user)s AND ended_at IS NULL AND id IS DISTINCT FROM %(keep)s

-- name: end_sessions_at
-- All sessions at a till, by whichever of its devices.
UPDATE sessions SET ended_at = %(now)s
 WHERE ended_at IS NULL
   AND device IN (SELECT d.secret_hash FROM till_devices d WHERE d.till = %(till)s)

-- name: find_device
-- The till behind a device, while it was not ended.
SELECT d.till, t.outlet, o.agent
  FROM till_devices d
  JOIN tills t ON t.number = d.till
  JOIN outlets o ON o.number = t.outlet
 WHERE d.secret_hash = %(secret_hash)s AND d.ended_at IS NULL

-- name: find_till
-- The till row is held, so that two enrolments of one machine come after each other.
SELECT t.number, t.outlet, o.agent
  FROM tills t JOIN outlets o ON o.number = t.outlet
 WHERE t.number = %(till)s ORDER BY t.number FOR UPDATE OF t

-- name: end_devices
-- The devices of a till are no longer believed.
UPDATE till_devices SET ended_at = %(now)s WHERE till = %(till)s AND ended_at IS NULL

-- name: add_device
-- A device that was enrolled for a till.
INSERT INTO till_devices (secret_hash, till, enrolled_by, enrolled_at)
VALUES (%(secret_hash)s, %(till)s, %(by)s, %(now)s)

-- name: meet_subjects
-- The rows of those who try, made where they are missing, so that there is something to lock.
INSERT INTO guesses (subject, clear_at)
SELECT s, %(now)s FROM unnest(%(subjects)s::bytea[]) AS s ORDER BY s
ON CONFLICT (subject) DO NOTHING

-- name: lock_subjects
-- How long those who try must wait, held against others who try too.
SELECT subject, clear_at FROM guesses
 WHERE subject = ANY(%(subjects)s) ORDER BY subject FOR UPDATE

-- name: owe
-- How long those who guessed wrong must wait from now on.
UPDATE guesses g SET clear_at = w.clear_at
  FROM unnest(%(subjects)s::bytea[], %(clear_ats)s::timestamptz[]) AS w(subject, clear_at)
 WHERE g.subject = w.subject

-- name: forget_subjects
-- Whoever owes nothing any more is forgotten.
DELETE FROM guesses WHERE clear_at < %(before)s
