-- How ways to billers are, and what was said about them.

-- name: begin_health
-- The row of each way that is heard of for the first time: a lock needs a row to lock.
INSERT INTO route_health (route, biller, agent, condition, since, score, heard_at, relapses,
                          probe_due)
SELECT s.route, s.biller, s.agent, 1, %(now)s, 0, %(now)s, 0, %(now)s
  FROM json_to_recordset(%(scopes)s::json) AS s(route integer, biller integer, agent integer)
ON CONFLICT (route, biller, agent) DO NOTHING

-- name: lock_health
-- How some ways are, held until the end of the write; always in the same order.
SELECT h.route, h.biller, h.agent, h.condition, h.since, h.score, h.heard_at, h.relapses,
       h.proven_at
  FROM route_health h
  JOIN json_to_recordset(%(scopes)s::json) AS s(route integer, biller integer, agent integer)
       USING (route, biller, agent)
 ORDER BY h.route, h.biller, h.agent FOR UPDATE OF h

-- name: save_health
-- How they are from now on, and when the next sign of life is wanted.
UPDATE route_health h
   SET condition = n.condition, since = n.since, score = n.score, heard_at = n.heard_at,
       relapses = n.relapses, proven_at = n.proven_at, probe_due = n.probe_due
  FROM json_to_recordset(%(rows)s::json) AS n(route integer, biller integer, agent integer,
       condition smallint, since timestamptz, score integer, heard_at timestamptz,
       relapses integer, proven_at timestamptz, probe_due timestamptz)
 WHERE h.route = n.route AND h.biller = n.biller AND h.agent = n.agent

-- name: add_changes
-- Changes of condition, once each.
INSERT INTO route_changes (route, biller, agent, at, place, before, after)
SELECT c.route, c.biller, c.agent, c.at, c.place, c.before, c.after
  FROM json_to_recordset(%(rows)s::json) AS c(route integer, biller integer, agent integer,
       at timestamptz, place smallint, before smallint, after smallint)
ON CONFLICT (route, biller, agent, at, place) DO NOTHING

-- name: lease_probes
-- The routes whose sign of life is wanted now: whoever gets a row here asks for it, and nobody else
-- until the next is due.
UPDATE route_health h SET probe_due = %(now)s + r.every * interval '1 second'
  FROM json_to_recordset(%(rows)s::json) AS r(route integer, every integer)
 WHERE h.route = r.route AND h.biller = 0 AND h.agent = 0 AND h.probe_due <= %(now)s
RETURNING h.route

-- name: read_health
-- How every way is.
SELECT route, biller, agent, condition, since, score, heard_at, relapses, proven_at
  FROM route_health

-- name: read_notices
-- What was said about ways and still holds or is to come; an early end has its say.
SELECT n.id, n.route, n.biller, n.agent, n.kind, n.since,
       CASE WHEN e.ended_at IS NULL THEN n.until ELSE e.ended_at END, n.reason, n.sentence,
       n.actor, n.recorded_at
  FROM route_notices n LEFT JOIN route_notice_ends e ON e.notice = n.id
 WHERE coalesce(e.ended_at, n.until, 'infinity') > %(now)s
 ORDER BY n.recorded_at, n.id

-- name: read_notice
-- One notice, over or not.
SELECT n.id, n.route, n.biller, n.agent, n.kind, n.since,
       CASE WHEN e.ended_at IS NULL THEN n.until ELSE e.ended_at END, n.reason, n.sentence,
       n.actor, n.recorded_at
  FROM route_notices n LEFT JOIN route_notice_ends e ON e.notice = n.id
 WHERE n.id = %(id)s

-- name: add_notice
-- Something said about a way.
INSERT INTO route_notices (id, route, biller, agent, kind, since, until, reason, sentence, actor,
                           recorded_at)
VALUES (%(id)s, %(route)s, %(biller)s, %(agent)s, %(kind)s, %(since)s, %(until)s, %(reason)s,
        %(sentence)s, %(actor)s, %(recorded_at)s)
ON CONFLICT (id) DO NOTHING

-- name: end_notice
-- It holds no longer than this; said once.
INSERT INTO route_notice_ends (notice, ended_at, actor, recorded_at)
VALUES (%(notice)s, %(ended_at)s, %(actor)s, %(recorded_at)s)
ON CONFLICT (notice) DO NOTHING

-- name: read_changes
-- The latest changes of condition, the newest first.
SELECT route, biller, agent, at, before, after FROM route_changes
 WHERE at >= %(since)s ORDER BY at DESC, place DESC, route, biller, agent LIMIT %(most)s

-- name: add_stage
-- A stage of a return, planned or come.
INSERT INTO return_stages (notice, agent, stage, planned, day, actor, recorded_at)
VALUES (%(notice)s, %(agent)s, %(stage)s, %(planned)s, %(day)s, %(actor)s, %(recorded_at)s)
ON CONFLICT (notice, agent, stage, planned, recorded_at) DO NOTHING

-- name: read_stages
-- The stages of a return as last said.
SELECT DISTINCT ON (agent, stage, planned) agent, stage, planned, day, actor, recorded_at
  FROM return_stages WHERE notice = %(notice)s
 ORDER BY agent, stage, planned, recorded_at DESC
