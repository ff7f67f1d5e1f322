-- People and machines: users, what was done to them, their roles, and machines' keys.

-- name: find_user
-- A user by login or by id, with the roles held now.
SELECT u.id, u.login, u.name, u.agent, u.outlet,
       ARRAY(SELECT r.role FROM roles_held r WHERE r.user_id = u.id),
       u.synthetic, u.disabled, u.must_change, u.password_hash, u.pin_hash
  FROM users u
 WHERE u.login = %(login)s OR u.id = %(id)s

-- name: list_users
-- The staff of the network, or of a company, or of one of its outlets, by login.
SELECT u.id, u.login, u.name, u.agent, u.outlet,
       ARRAY(SELECT r.role FROM roles_held r WHERE r.user_id = u.id),
       u.synthetic, u.disabled, u.must_change, u.password_hash, u.pin_hash
  FROM users u
 WHERE (%(agent)s::integer IS NULL OR u.agent = %(agent)s)
   AND (%(outlet)s::integer IS NULL OR u.outlet = %(outlet)s)
   AND u.login > %(after)s
 ORDER BY u.login LIMIT %(most)s

-- name: list_logins
-- What some users are called at the door.
SELECT id, login FROM users WHERE id = ANY(%(users)s)

-- name: add_user
-- A new account, unless its login is taken.
INSERT INTO users (id, login, name, agent, outlet, synthetic, password_hash, pin_hash, must_change,
                   disabled, created_at)
VALUES (%(id)s, %(login)s, %(name)s, %(agent)s, %(outlet)s, %(synthetic)s, %(password_hash)s,
        %(pin_hash)s, %(must_change)s, %(disabled)s, %(now)s)
ON CONFLICT (login) DO NOTHING

-- name: change_user
-- What an account may be let in by, and whether it may.
UPDATE users SET password_hash = %(password_hash)s, pin_hash = %(pin_hash)s,
       must_change = %(must_change)s, disabled = %(disabled)s
 WHERE id = %(id)s

-- name: lock_user
-- Changes of one account come after each other.
SELECT 1 FROM users WHERE id = %(id)s ORDER BY id FOR UPDATE

-- name: add_user_event
-- What was done to an account, and by whom.
INSERT INTO user_events (user_id, written_at, what, written_by)
VALUES (%(id)s, %(now)s, %(what)s, %(by)s)

-- name: list_user_events
-- What was done to an account, newest first, with the login of who did it.
SELECT e.written_at, e.what, b.login
  FROM user_events e LEFT JOIN users b ON b.id = e.written_by
 WHERE e.user_id = %(id)s
 ORDER BY e.written_at DESC LIMIT %(most)s

-- name: add_role
-- A role given or taken: a line more, never one less.
INSERT INTO user_roles (user_id, role, written_at, held, written_by, approval)
VALUES (%(user)s, %(role)s, %(now)s, %(held)s, %(by)s, %(approval)s)

-- name: find_place
-- Whether there is such a company, and such an outlet of it.
SELECT 1 FROM agents a
 WHERE a.number = %(agent)s
   AND (%(outlet)s::integer IS NULL
        OR EXISTS (SELECT 1 FROM outlets o WHERE o.number = %(outlet)s AND o.agent = a.number))

-- name: is_trial
-- Whether this network is only played.
SELECT trial FROM network

-- name: add_key
-- A machine key by its hash: the key itself is never kept.
INSERT INTO api_keys (key_hash, name, agent, outlet, created_at)
VALUES (%(key_hash)s, %(name)s, %(agent)s, %(outlet)s, %(now)s)
ON CONFLICT (key_hash) DO NOTHING

-- name: live_keys
-- The keys that open a door now, and whom they speak for.
SELECT key_hash, name, agent, outlet FROM api_keys WHERE ended_at IS NULL

-- name: list_keys
-- A company's keys, ended ones too, newest first.
SELECT key_hash, name, agent, outlet, created_at, ended_at FROM api_keys
 WHERE agent = %(agent)s ORDER BY created_at DESC, key_hash LIMIT %(most)s

-- name: end_key
-- End a company's own key from a moment on.
UPDATE api_keys SET ended_at = %(now)s
 WHERE key_hash = %(key_hash)s AND agent = %(agent)s AND ended_at IS NULL
