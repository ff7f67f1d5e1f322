-- What a watcher over processes asks.

-- name: revision
-- The revision that the schema was brought to.
SELECT version_num FROM alembic_version
