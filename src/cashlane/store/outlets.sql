-- Outlets as lists tell of them: what is on record, and what a list adds and puts right.

-- name: alone
-- Lists are taken one after the other, whoever's they are: all outlets are numbered in one line.
SELECT version FROM network ORDER BY only_row FOR NO KEY UPDATE

-- name: agent
-- An agent's number by its code.
SELECT number FROM agents WHERE code = %(code)s

-- name: known
-- An agent's outlets with their brands' names.
SELECT o.number, o.code, o.name_zh, o.name_en, b.name->>'zh', o.brand, o.district,
       round(o.longitude * 1000000)::integer, round(o.latitude * 1000000)::integer
  FROM outlets o JOIN brands b ON b.code = o.brand WHERE o.agent = %(agent)s

-- name: brands
-- An agent's brands, by the names over the doors.
SELECT name->>'zh', code FROM brands WHERE agent = %(agent)s ORDER BY code

-- name: codes
-- Which of these codes another agent's outlet bears already.
SELECT code FROM outlets WHERE agent <> %(agent)s AND code = ANY(%(codes)s)

-- name: last_numbers
-- The highest numbers of outlets and tills that were given out.
SELECT coalesce((SELECT max(number) FROM outlets), 0), coalesce((SELECT max(number) FROM tills), 0)

-- name: put_list
-- The list itself, for whoever asks where a place came from.
INSERT INTO outlet_lists (id, sha256, name, agent, datum, received_at, actor, lines, added,
                          changed, merged)
VALUES (%(id)s, %(sha256)s, %(name)s, %(agent)s, %(datum)s, %(received_at)s, %(actor)s, %(lines)s,
        %(added)s, %(changed)s, %(merged)s)

-- name: details
-- How an agent's outlets are as last told.
SELECT DISTINCT ON (d.outlet) d.outlet, d.datum, d.longitude_e6, d.latitude_e6, d.address, d.hours,
       d.step_free, d.transit, d.collecting_since
  FROM outlet_details d JOIN outlets o ON o.number = d.outlet AND o.agent = %(agent)s
 ORDER BY d.outlet, d.since DESC, d.recorded_at DESC

-- name: add_details
-- What a list tells of outlets, from a date on.
INSERT INTO outlet_details (outlet, since, recorded_at, list, datum, longitude_e6, latitude_e6,
                            address, hours, step_free, transit, collecting_since)
SELECT d.outlet, %(since)s, %(recorded_at)s, %(list)s, d.datum, d.longitude_e6, d.latitude_e6,
       d.address, d.hours, d.step_free, d.transit, d.collecting_since
  FROM json_to_recordset(%(rows)s::json) AS d(
       outlet integer, datum text, longitude_e6 integer, latitude_e6 integer, address text,
       hours text, step_free boolean, transit text, collecting_since date)

-- name: put_hours
-- Other hours of an outlet from a date on; all else stays as its list told it.
INSERT INTO outlet_details (outlet, since, recorded_at, list, datum, longitude_e6, latitude_e6,
                            address, hours, step_free, transit, collecting_since)
SELECT outlet, %(since)s, %(recorded_at)s, list, datum, longitude_e6, latitude_e6, address,
       %(hours)s, step_free, transit, collecting_since
  FROM outlet_details WHERE outlet = %(outlet)s AND since <= %(since)s
 ORDER BY since DESC, recorded_at DESC LIMIT 1

-- name: put_premises
-- What a charter tells of premises, as a list of each agent; told again it changes nothing.
WITH told AS (
    SELECT p.number, p.agent, p.longitude, p.latitude, w.*
      FROM json_to_recordset(%(rows)s::json) AS p(
           number integer, agent integer, longitude double precision, latitude double precision,
           premises json)
     CROSS JOIN json_to_record(p.premises) AS w(
           address text, hours text, step_free boolean, transit text, collecting_since date)
), lists AS (
    INSERT INTO outlet_lists (id, sha256, name, agent, datum, received_at, actor, lines, added,
                              changed, merged)
    SELECT gen_random_uuid(), %(sha256)s, 'charter', t.agent, 'wgs84', now(), 'charter', count(*),
           count(*), 0, 0
      FROM told t
     WHERE NOT EXISTS (SELECT 1 FROM outlet_lists l
                        WHERE l.agent = t.agent AND l.sha256 = %(sha256)s)
     GROUP BY t.agent
    RETURNING id, agent, received_at
)
INSERT INTO outlet_details (outlet, since, recorded_at, list, datum, longitude_e6, latitude_e6,
                            address, hours, step_free, transit, collecting_since)
SELECT t.number, '2000-01-01', l.received_at, l.id, 'wgs84',
       round(t.longitude * 1000000)::integer, round(t.latitude * 1000000)::integer,
       t.address, t.hours, t.step_free, t.transit, t.collecting_since
  FROM told t JOIN lists l ON l.agent = t.agent

-- name: read_premises
-- How every outlet is found and entered on a date, as last told.
SELECT DISTINCT ON (outlet) outlet, address, hours, step_free, transit, collecting_since
  FROM outlet_details WHERE since <= %(on)s ORDER BY outlet, since DESC, recorded_at DESC

-- name: received_at
-- Where an outlet is, as it was last received and in the system declared for it.
SELECT datum, longitude_e6, latitude_e6 FROM outlet_details
 WHERE outlet = %(outlet)s ORDER BY since DESC, recorded_at DESC LIMIT 1

-- name: counts
-- Outlets by agent: on record, enabled today, and those that took cash since a date and whose silence
-- is no alarm.
SELECT a.code, count(*), count(*) FILTER (WHERE NOT l.off), count(*) FILTER (WHERE l.took)
  FROM agents a JOIN outlets o ON o.agent = a.number
 CROSS JOIN LATERAL (
       SELECT coalesce((SELECT s.state = 'off' FROM service_states s
                         WHERE s.outlet = o.number AND s.biller = 0 AND s.since <= %(on)s
                         ORDER BY s.since DESC, s.recorded_at DESC LIMIT 1), false) AS off,
              EXISTS (SELECT 1 FROM limits m WHERE m.bucket = o.bucket AND m.kind = 1
                         AND m.party = o.number AND m.receipts_day > %(since)s
                         AND m.receipts > 0)
              AND NOT EXISTS (SELECT 1 FROM silence_alarms s
                               WHERE s.outlet = o.number AND NOT EXISTS (
                                     SELECT 1 FROM silence_words w
                                      WHERE w.outlet = s.outlet AND w.through = s.through
                                        AND w.kind = 'cleared')) AS took) AS l
 GROUP BY a.code ORDER BY a.code

-- name: numbers_of
-- Outlets' numbers by their codes.
SELECT code, number FROM outlets WHERE code = ANY(%(codes)s)

-- name: last_cash
-- The last business date on which an outlet gave out a receipt, by outlet; none before its first.
SELECT party, receipts_day FROM limits WHERE kind = 1 AND receipts > 0

-- name: lists
-- The lists that were taken, the newest first.
SELECT l.name, a.code, l.datum, l.received_at, l.actor, l.lines, l.added, l.changed, l.merged,
       encode(l.sha256, 'hex')
  FROM outlet_lists l JOIN agents a ON a.number = l.agent ORDER BY l.received_at DESC LIMIT %(most)s
