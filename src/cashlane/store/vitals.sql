-- How the server itself is set, for the doctor.

-- name: settings
-- What decides over durability, time and checks.
SELECT name, setting FROM pg_settings
 WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'TimeZone',
                'server_version_num')

-- name: country
-- Whose public holidays close doors.
SELECT country FROM network

-- name: constraints
-- The constraints that guard our tables, as table.constraint.
SELECT c.conrelid::regclass::text || '.' || c.conname FROM pg_constraint c
 WHERE c.connamespace = 'public'::regnamespace AND c.conparentid = 0
   AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.conrelid)
