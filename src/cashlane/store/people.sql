-- People and machines: keys, users, roles, sessions, approvals.

-- name: add_key
INSERT INTO api_keys (key_hash, name, agent, outlet, created_at)
VALUES (%(key_hash)s, %(name)s, %(agent)s, %(outlet)s, %(now)s)
ON CONFLICT (key_hash) DO NOTHING

-- name: live_keys
SELECT key_hash, name, agent, outlet FROM api_keys WHERE ended_at IS NULL

-- name: end_key
UPDATE api_keys SET ended_at = %(now)s WHERE name = %(name)s AND ended_at IS NULL
