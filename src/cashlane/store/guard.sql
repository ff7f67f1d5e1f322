-- The coverage guard: who cannot walk far, what was asked, what was answered, what was decided.

-- name: put_walkers
-- People who cannot walk far; nobody's name.
INSERT INTO walkers (longitude_e6, latitude_e6, walk_most_m, kind, hour, step_free, synthetic,
                     recorded_at, actor)
SELECT (w.place->>'longitude_e6')::integer, (w.place->>'latitude_e6')::integer, w.walk_most_m,
       w.layer->>'kind', (w.layer->>'hour')::smallint, (w.layer->>'step_free')::boolean,
       w.synthetic, %(recorded_at)s, %(actor)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS w(
       place jsonb, walk_most_m integer, layer jsonb, synthetic boolean)
RETURNING number

-- name: any_walkers
-- Whether anybody was ever noted.
SELECT EXISTS (SELECT 1 FROM walkers)

-- name: end_walker
-- From now on nobody asks for this walker.
INSERT INTO walker_ends (walker, ended_at, actor)
SELECT number, %(ended_at)s, %(actor)s FROM walkers WHERE number = %(walker)s
ON CONFLICT (walker) DO NOTHING

-- name: walkers
-- Everybody who cannot walk far, by number.
SELECT w.number, w.longitude_e6, w.latitude_e6, w.walk_most_m, w.kind, w.hour, w.step_free
  FROM walkers w
 WHERE NOT EXISTS (SELECT 1 FROM walker_ends e WHERE e.walker = w.number)
 ORDER BY w.number

-- name: add_assessment
-- What was asked and what the guard answered.
INSERT INTO guard_assessments (id, made_at, asked_by, actor, outlets, ground, network_version, list,
                               method, rule, verdict, people, elders, stranded, act_by, reduction,
                               answer)
VALUES (%(id)s, %(made_at)s, %(asked_by)s, %(actor)s, %(outlets)s, %(ground)s, %(network_version)s,
        %(list)s, %(method)s, %(rule)s, %(verdict)s, %(people)s, %(elders)s, %(stranded)s,
        %(act_by)s, %(reduction)s, %(answer)s)

-- name: find
-- One assessment with its answer and its decision.
SELECT a.id, a.made_at, a.asked_by, a.actor, a.ground, a.network_version, a.list, a.verdict,
       a.people, a.elders, a.stranded, a.act_by, a.reduction, a.method, a.rule,
       d.decided_at, d.actor, d.reason, d.keep_until, d.effect, a.answer
  FROM guard_assessments a LEFT JOIN guard_decisions d ON d.assessment = a.id
 WHERE a.id = %(id)s

-- name: latest
-- The latest assessments without their answers, the newest first.
SELECT a.id, a.made_at, a.asked_by, a.actor, a.ground, a.network_version, a.list, a.verdict,
       a.people, a.elders, a.stranded, a.act_by, a.reduction, a.method, a.rule,
       d.decided_at, d.actor, d.reason, d.keep_until, d.effect
  FROM guard_assessments a LEFT JOIN guard_decisions d ON d.assessment = a.id
 WHERE (a.made_at, a.id) < (%(before)s, %(below)s)
 ORDER BY a.made_at DESC, a.id DESC LIMIT %(most)s

-- name: of_outlet
-- The latest assessments that one outlet was part of, the newest first.
SELECT a.id, a.made_at, a.asked_by, a.actor, a.ground, a.network_version, a.list, a.verdict,
       a.people, a.elders, a.stranded, a.act_by, a.reduction, a.method, a.rule,
       d.decided_at, d.actor, d.reason, d.keep_until, d.effect
  FROM guard_assessments a LEFT JOIN guard_decisions d ON d.assessment = a.id
 WHERE a.outlets @> ARRAY[%(outlet)s]::integer[]
 ORDER BY a.made_at DESC, a.id DESC LIMIT %(most)s

-- name: same
-- The last assessment of the same reduction in the same state of the network.
SELECT id FROM guard_assessments
 WHERE ground = %(ground)s AND reduction = %(reduction)s::jsonb AND made_at > %(since)s
   AND answer->'instead' = %(instead)s::jsonb
   AND NOT EXISTS (SELECT 1 FROM guard_decisions d WHERE d.effect AND d.decided_at >= guard_assessments.made_at)
 ORDER BY made_at DESC LIMIT 1

-- name: to_come
-- What was allowed and holds only from a later day on, in the order of those days.
SELECT a.reduction FROM guard_decisions d JOIN guard_assessments a ON a.id = d.assessment
 WHERE d.effect AND a.reduction->>'since' > %(today)s ORDER BY a.reduction->>'since', a.id

-- name: effects_since
-- Whether a decision changed the network after a moment.
SELECT count(*) FROM guard_decisions WHERE effect AND decided_at > %(since)s

-- name: add_decision
-- Who said yes to what, and until when what was promised stays; nothing where it was decided.
INSERT INTO guard_decisions (assessment, decided_at, decided_by, actor, reason, keep_until, effect)
VALUES (%(assessment)s, %(decided_at)s, %(decided_by)s, %(actor)s, %(reason)s, %(keep_until)s,
        %(effect)s)
ON CONFLICT (assessment) DO NOTHING
RETURNING assessment

-- name: keep_partition
-- The groups of a list of people, made once: whoever comes later gets those that are kept.
INSERT INTO public_partitions (list, made_at, groups) VALUES (%(list)s, %(made_at)s, %(groups)s)
ON CONFLICT (list) DO NOTHING

-- name: partition
-- The groups in which a list's people are shown to the public.
SELECT groups FROM public_partitions WHERE list = %(list)s
