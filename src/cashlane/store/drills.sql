-- Drills and their schedules: added to, never changed.

-- name: add_drill
-- A drill and what it found; the same one again changes nothing.
INSERT INTO drills (id, thing, began_at, ended_at, actor, scheduled, passed, finding)
VALUES (%(id)s, %(thing)s, %(began_at)s, %(ended_at)s, %(actor)s, %(scheduled)s, %(passed)s,
        %(finding)s)
ON CONFLICT (id) DO NOTHING

-- name: add_schedule
-- How often a thing is to be drilled from now on.
INSERT INTO drill_schedules (thing, recorded_at, every_days, actor)
VALUES (%(thing)s, %(recorded_at)s, %(every_days)s, %(actor)s)
ON CONFLICT (thing, recorded_at) DO NOTHING

-- name: read_latest
-- The latest drill of each thing.
SELECT DISTINCT ON (thing) id, began_at, ended_at, actor, scheduled, finding
  FROM drills ORDER BY thing, began_at DESC, id DESC

-- name: read_of
-- The latest drills of one thing, the newest first.
SELECT id, began_at, ended_at, actor, scheduled, finding
  FROM drills WHERE thing = %(thing)s ORDER BY began_at DESC, id DESC LIMIT %(most)s

-- name: read_schedules
-- How often each thing is to be drilled, as last said.
SELECT DISTINCT ON (thing) thing, every_days, actor, recorded_at
  FROM drill_schedules ORDER BY thing, recorded_at DESC
