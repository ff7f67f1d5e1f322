-- Programmes at outlets: lists as they were handed in, the latest telling of each thing in force.

-- name: put_list
-- The list itself, for whoever asks where a date or a count came from.
INSERT INTO programme_lists (id, sha256, kind, name, synthetic, received_at, actor, lines, told)
VALUES (%(id)s, %(sha256)s, %(kind)s, %(name)s, %(synthetic)s, %(received_at)s, %(actor)s,
        %(lines)s, %(told)s)

-- name: put_names
-- What programmes are called from now on.
INSERT INTO programmes (code, list, recorded_at, name_zh, name_en, about_zh, about_en)
SELECT p.code, %(list)s, %(recorded_at)s, p.name->>'zh', p.name->>'en', p.about->>'zh',
       p.about->>'en'
  FROM json_to_recordset(%(rows)s::json) AS p(code text, name json, about json)

-- name: put_placements
-- How programmes stand at outlets; what was told before stays.
INSERT INTO programme_placements (outlet, programme, list, recorded_at, planned, live, ended)
SELECT p.outlet, p.programme, %(list)s, %(recorded_at)s, p.planned, p.live, p.ended
  FROM json_to_recordset(%(rows)s::json) AS p(
       outlet integer, programme text, planned date, live date, ended date)

-- name: put_visits
-- Who came in months; what was told of them before stays.
INSERT INTO programme_visits (outlet, programme, month, list, recorded_at, visits, minutes)
SELECT v.outlet, v.programme, v.month, %(list)s, %(recorded_at)s, v.visits, v.minutes
  FROM json_to_recordset(%(rows)s::json) AS v(
       outlet integer, programme text, month date, visits integer, minutes integer)

-- name: outlets
-- All outlets' numbers by their codes.
SELECT code, number FROM outlets

-- name: names
-- What programmes are called, as last told.
SELECT DISTINCT ON (code) code, name_zh, name_en, about_zh, about_en FROM programmes
 ORDER BY code, recorded_at DESC, list DESC

-- name: placements
-- How programmes stand at outlets, as last told.
SELECT DISTINCT ON (outlet, programme) outlet, programme, planned, live, ended
  FROM programme_placements ORDER BY outlet, programme, recorded_at DESC, list DESC

-- name: visits_in
-- Who came in some months, as last told.
SELECT DISTINCT ON (outlet, programme, month) outlet, programme, month, visits, minutes
  FROM programme_visits WHERE month = ANY(%(months)s)
 ORDER BY outlet, programme, month, recorded_at DESC, list DESC

-- name: visits_at
-- Who came to an outlet, month by month as last told, the latest months first.
SELECT DISTINCT ON (month, programme) outlet, programme, month, visits, minutes
  FROM programme_visits WHERE outlet = %(outlet)s
 ORDER BY month DESC, programme, recorded_at DESC, list DESC LIMIT %(most)s

-- name: latest_month
-- The latest month of which anybody told, and whether any list tells what is made up.
SELECT (SELECT max(month) FROM programme_visits),
       EXISTS (SELECT 1 FROM programme_lists WHERE synthetic)

-- name: lists
-- The lists that were taken, the newest first.
SELECT id, sha256, kind, name, synthetic, received_at, actor, lines, told FROM programme_lists
 ORDER BY received_at DESC, id DESC LIMIT %(most)s
