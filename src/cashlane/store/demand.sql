-- Where people live: lists as they were handed in, the latest in force.

-- name: put_list
-- The list itself, for whoever asks where a figure came from.
INSERT INTO demand_lists (id, sha256, name, datum, synthetic, received_at, actor, points)
VALUES (%(id)s, %(sha256)s, %(name)s, %(datum)s, %(synthetic)s, %(received_at)s, %(actor)s,
        %(points)s)

-- name: put_points
-- Its places with their people.
INSERT INTO demand_points (list, number, name_zh, name_en, district, longitude_e6, latitude_e6,
                           people)
SELECT %(list)s, p.number, p.name->>'zh', p.name->>'en', p.district,
       (p.place->>'longitude_e6')::integer, (p.place->>'latitude_e6')::integer, p.people
  FROM json_to_recordset(%(rows)s::json) AS p(
       number integer, name json, district text, place json, people integer[])

-- name: latest
-- The list in force.
SELECT id, sha256, name, datum, synthetic, received_at, actor, points FROM demand_lists
 ORDER BY received_at DESC, id DESC LIMIT 1

-- name: lists
-- The lists that were taken, the newest first.
SELECT id, sha256, name, datum, synthetic, received_at, actor, points FROM demand_lists
 ORDER BY received_at DESC, id DESC LIMIT %(most)s

-- name: points
-- A list's places with their people.
SELECT number, name_zh, name_en, district, longitude_e6, latitude_e6, people FROM demand_points
 WHERE list = %(list)s ORDER BY number
