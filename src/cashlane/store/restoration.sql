-- Cases of lost service and the facts said about them: added to, never changed.

-- name: add_case
-- A case; an agent's next place can be taken once.
INSERT INTO restoration_cases (id, agent, place, route, biller, cause, notice, began_on,
                               outlets_meant, outlets, note, actor, recorded_at)
VALUES (%(id)s, %(agent)s, %(place)s, %(route)s, %(biller)s, %(cause)s, %(notice)s, %(began_on)s,
        %(outlets_meant)s, %(outlets)s, %(note)s, %(actor)s, %(recorded_at)s)

-- name: add_fact
-- Something said about a case; a case's next place can be taken once.
INSERT INTO restoration_facts (restoration, place, kind, stage, day, outlets_on, corrects, note,
                               actor, recorded_at)
VALUES (%(restoration)s, %(place)s, %(kind)s, %(stage)s, %(day)s, %(outlets_on)s, %(corrects)s,
        %(note)s, %(actor)s, %(recorded_at)s)

-- name: read_all
-- All cases with all that was said about them, in the order of writing.
SELECT c.id, c.agent, c.place, c.route, c.biller, c.cause, c.notice, c.began_on, c.outlets_meant,
       c.outlets, c.note, c.actor, c.recorded_at, f.place, f.kind, f.stage, f.day, f.outlets_on,
       f.corrects, f.note, f.actor, f.recorded_at
  FROM restoration_cases c LEFT JOIN restoration_facts f ON f.restoration = c.id
 ORDER BY c.agent, c.place, f.place

-- name: read_agent
-- The cases of one agent with all that was said about them, in the order of writing.
SELECT c.id, c.agent, c.place, c.route, c.biller, c.cause, c.notice, c.began_on, c.outlets_meant,
       c.outlets, c.note, c.actor, c.recorded_at, f.place, f.kind, f.stage, f.day, f.outlets_on,
       f.corrects, f.note, f.actor, f.recorded_at
  FROM restoration_cases c LEFT JOIN restoration_facts f ON f.restoration = c.id
 WHERE c.agent = %(agent)s ORDER BY c.place, f.place

-- name: read_case
-- One case with all that was said about it, in the order of writing.
SELECT c.id, c.agent, c.place, c.route, c.biller, c.cause, c.notice, c.began_on, c.outlets_meant,
       c.outlets, c.note, c.actor, c.recorded_at, f.place, f.kind, f.stage, f.day, f.outlets_on,
       f.corrects, f.note, f.actor, f.recorded_at
  FROM restoration_cases c LEFT JOIN restoration_facts f ON f.restoration = c.id
 WHERE c.id = %(id)s ORDER BY f.place
