-- Surveys of who needs a counter.

-- name: put_survey
-- The survey itself, and the list of places that it speaks of.
INSERT INTO surveys (id, sha256, name, made_by, ended_on, demand_list, received_at, actor, places)
VALUES (%(id)s, %(sha256)s, %(name)s, %(made_by)s, %(ended_on)s, %(demand_list)s, %(received_at)s,
        %(actor)s, %(places)s)

-- name: put_places
-- What it found where.
INSERT INTO survey_places (survey, estate, asked, cash, homebound, need)
SELECT %(survey)s, f.estate, f.asked, f.cash, f.homebound, f.need
  FROM json_to_recordset(%(rows)s::json) AS f(
       estate integer, asked integer, cash integer, homebound integer, need text)

-- name: known
-- Whether this very file was taken before.
SELECT 1 FROM surveys WHERE sha256 = %(sha256)s

-- name: surveys_of
-- The surveys about the places of one list, the latest ended first.
SELECT id, sha256, name, made_by, ended_on, demand_list, received_at, actor, places
  FROM surveys WHERE demand_list = %(demand_list)s
 ORDER BY ended_on DESC, received_at DESC LIMIT %(most)s

-- name: places_of
-- What some surveys found, place by place.
SELECT survey, estate, asked, cash, homebound, need FROM survey_places
 WHERE survey = ANY(%(surveys)s) ORDER BY survey, estate
