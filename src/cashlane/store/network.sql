-- The parties of the network: written by registry, read as one picture.

-- name: put_network
-- The network's own line: what it is called, counts in and which clock it keeps.
INSERT INTO network (name, currency, zone, trial, country, version)
VALUES (%(name)s, %(currency)s, %(zone)s, %(trial)s, %(country)s, 1)
ON CONFLICT (only_row) DO UPDATE
   SET name = excluded.name, country = excluded.country, version = network.version + 1

-- name: put_billers
-- Billers by number: a known one takes the newer body.
INSERT INTO billers (number, code, body)
SELECT (b->>'number')::integer, b->>'code', b FROM jsonb_array_elements(%(rows)s::jsonb) AS b
ON CONFLICT (number) DO UPDATE SET body = excluded.body

-- name: put_routes
-- Routes by number: a known one takes the newer body and keeps its endpoint.
INSERT INTO routes (number, code, endpoint, body)
SELECT (r->>'number')::integer, r->>'code', '', r FROM jsonb_array_elements(%(rows)s::jsonb) AS r
ON CONFLICT (number) DO UPDATE SET body = excluded.body

-- name: put_fee_schedules
-- Fee schedules by number, fixed once written: quotes name them for ever.
INSERT INTO fee_schedules (number, body)
SELECT (f->>'number')::integer, f FROM jsonb_array_elements(%(rows)s::jsonb) AS f
ON CONFLICT (number) DO NOTHING

-- name: put_legal_groups
-- The groups of companies that agents belong to.
INSERT INTO legal_groups (code, name)
SELECT g->>'code', g->'name' FROM jsonb_array_elements(%(rows)s::jsonb) AS g
ON CONFLICT (code) DO UPDATE SET name = excluded.name

-- name: put_agents
-- Agents by number: a known one takes the newer body.
INSERT INTO agents (number, code, legal_group, body)
SELECT (a->>'number')::integer, a->>'code', a->>'group', a
  FROM jsonb_array_elements(%(rows)s::jsonb) AS a
ON CONFLICT (number) DO UPDATE SET body = excluded.body

-- name: put_brands
-- The names over the doors, each of one agent.
INSERT INTO brands (code, agent, name)
SELECT b->>'code', (b->>'agent')::integer, b->'name'
  FROM jsonb_array_elements(%(rows)s::jsonb) AS b
ON CONFLICT (code) DO UPDATE SET name = excluded.name

-- name: put_outlets
-- Outlets by number: a known one stays, since its bucket is for life.
INSERT INTO outlets (number, code, name_zh, name_en, agent, brand, district, bucket, drawer_most,
                     longitude, latitude)
SELECT o.number, o.code, o.name->>'zh', o.name->>'en', o.agent, o.brand, o.district, o.bucket,
       o.drawer_most, o.longitude, o.latitude
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS o(
       number integer, code text, name jsonb, agent integer, brand text, district text,
       bucket smallint, drawer_most bigint, longitude double precision,
       latitude double precision)
ON CONFLICT (number) DO NOTHING

-- name: put_new_brands
-- New names over the doors.
INSERT INTO brands (code, agent, name)
SELECT b.code, %(agent)s, b.name
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS b(code text, name jsonb)

-- name: put_right
-- How known outlets are called and where they are, as the list has it now.
UPDATE outlets o
   SET name_zh = w.name_zh, name_en = w.name_en, brand = w.brand, district = w.district,
       longitude = w.longitude, latitude = w.latitude
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS w(
       number integer, name_zh text, name_en text, brand text, district text,
       longitude double precision, latitude double precision)
 WHERE o.number = w.number
   AND (o.name_zh, o.name_en, o.brand, o.district, o.longitude, o.latitude)
       IS DISTINCT FROM (w.name_zh, w.name_en, w.brand, w.district, w.longitude, w.latitude)

-- name: put_not_yet
-- New outlets take no cash before somebody switches them on.
INSERT INTO service_states (outlet, biller, since, recorded_at, state, reason, actor)
SELECT w.number, 0, %(since)s, %(recorded_at)s, 'off', 'listed, not switched on yet', %(actor)s
  FROM json_to_recordset(%(rows)s::json) AS w(number integer)

-- name: put_limits
-- The zero row of each outlet's drawer: a lock needs a row to lock.
INSERT INTO limits (bucket, kind, party, balance, most, receipts_day, receipts)
SELECT o.bucket, 1, o.number, 0, o.drawer_most, '2000-01-01', 0 FROM outlets o
ON CONFLICT (bucket, kind, party) DO NOTHING

-- name: put_districts
-- What districts are called.
INSERT INTO districts (code, name_zh, name_en)
SELECT d.code, d.name->>'zh', d.name->>'en'
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS d(code text, name jsonb)
ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en

-- name: read_districts
-- What districts are called, by code.
SELECT code, name_zh, name_en FROM districts

-- name: put_tills
-- Tills by number: a known one stays where it stands.
INSERT INTO tills (number, code, outlet)
SELECT t.number, t.code, t.outlet
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS t(number integer, code text, outlet integer)
ON CONFLICT (number) DO NOTHING

-- name: put_contracts
-- Which agent may take whose bills, and on what terms.
INSERT INTO contracts (agent, biller, body)
SELECT (c->>'agent')::integer, (c->>'biller')::integer, c
  FROM jsonb_array_elements(%(rows)s::jsonb) AS c
ON CONFLICT (agent, biller) DO UPDATE SET body = excluded.body

-- name: set_route_endpoint
-- Where a route is reached from now on.
UPDATE routes SET endpoint = %(endpoint)s WHERE code = %(code)s

-- name: set_desk
-- Where a biller's inquiry desk is reached from now on.
INSERT INTO desks (biller, endpoint)
SELECT number, %(endpoint)s FROM billers WHERE code = %(code)s
ON CONFLICT (biller) DO UPDATE SET endpoint = excluded.endpoint

-- name: read_network
-- The network's own line.
SELECT version, currency, zone, trial, country FROM network

-- name: mark
-- Changes whenever a party, a state or the business day does: every write leaves its number on the
-- rows that it wrote. Nothing is read out but this.
SELECT concat_ws(' ', (SELECT max(business_date) FROM business_days),
       (SELECT concat(count(*), '/', sum(n)) FROM (
            SELECT xmin::text::bigint AS n FROM network
            UNION ALL SELECT xmin::text::bigint FROM billers
            UNION ALL SELECT xmin::text::bigint FROM desks
            UNION ALL SELECT xmin::text::bigint FROM routes
            UNION ALL SELECT xmin::text::bigint FROM agents
            UNION ALL SELECT xmin::text::bigint FROM contracts
            UNION ALL SELECT xmin::text::bigint FROM fee_schedules
            UNION ALL SELECT xmin::text::bigint FROM outlets
            UNION ALL SELECT xmin::text::bigint FROM outlet_lists
            UNION ALL SELECT xmin::text::bigint FROM programme_lists
            UNION ALL SELECT xmin::text::bigint FROM districts
            UNION ALL SELECT xmin::text::bigint FROM tills
            UNION ALL SELECT xmin::text::bigint FROM service_states
            UNION ALL SELECT xmin::text::bigint FROM guard_decisions WHERE effect
            UNION ALL SELECT xmin::text::bigint FROM silence_alarms
            UNION ALL SELECT xmin::text::bigint FROM silence_words
            UNION ALL SELECT xmin::text::bigint FROM stand_in_policies) AS rows))

-- name: read_silent
-- Outlets whose silence is an alarm, and whether anybody has said something about it.
SELECT a.outlet, EXISTS (SELECT 1 FROM silence_words w
                          WHERE w.outlet = a.outlet AND w.through = a.through)
  FROM silence_alarms a
 WHERE NOT EXISTS (SELECT 1 FROM silence_words w
                    WHERE w.outlet = a.outlet AND w.through = a.through AND w.kind = 'cleared')

-- name: read_stand_in
-- What two persons decided last about standing in.
SELECT body FROM stand_in_policies ORDER BY since DESC, approval DESC LIMIT 1

-- name: add_stand_in
-- What two persons decided about standing in.
INSERT INTO stand_in_policies (approval, since, body)
VALUES (%(approval)s, %(since)s, %(body)s)

-- name: biller_numbers
-- Billers by the codes that people use.
SELECT code, number FROM billers

-- name: bounded_parties
-- Everything that an exposure is bounded for: tills and outlets live in their outlet's bucket,
-- agents and billers in their own.
SELECT 2, t.number, o.bucket FROM tills t JOIN outlets o ON o.number = t.outlet
UNION ALL SELECT 3, o.number, o.bucket FROM outlets o
UNION ALL SELECT 4, a.number, NULL FROM agents a
UNION ALL SELECT 5, b.number, NULL FROM billers b

-- name: put_bounds
-- A row for each bound; one that is known keeps what lies on it, and a bound below that closes at
-- what lies there.
INSERT INTO limits AS l (bucket, kind, party, balance, most, receipts_day, receipts)
SELECT b.bucket, b.kind, b.party, 0, b.most, '2000-01-01', 0
  FROM json_to_recordset(%(rows)s::json) AS b(bucket smallint, kind smallint, party integer,
       most bigint)
ON CONFLICT (bucket, kind, party) DO UPDATE SET most = greatest(l.balance, excluded.most)

-- name: read_bodies
-- Billers, routes, agents, contracts and fee schedules in one reading.
SELECT 'biller', body FROM billers
UNION ALL SELECT 'route', body FROM routes
UNION ALL SELECT 'agent', body FROM agents
UNION ALL SELECT 'contract', body FROM contracts
UNION ALL SELECT 'fee', body FROM fee_schedules

-- name: read_outlets
-- Outlets, whether their latest state that has begun is off, and where they are in millionths of
-- a degree. Before the day on which it was listed an outlet was not there: off as well.
SELECT o.number, o.code, o.name_zh, o.name_en, o.agent, o.brand, o.district, o.bucket,
       o.drawer_most,
       coalesce((SELECT s.state = 'off' FROM service_states s
                  WHERE s.outlet = o.number AND s.biller = 0 AND s.since <= %(on)s
                  ORDER BY s.since DESC, s.recorded_at DESC LIMIT 1),
                EXISTS (SELECT 1 FROM service_states s
                         WHERE s.outlet = o.number AND s.biller = 0 AND s.since > %(on)s
                           AND s.reason = 'listed, not switched on yet')),
       round(o.longitude * 1000000)::integer, round(o.latitude * 1000000)::integer
  FROM outlets o

-- name: read_withdrawn
-- Services that were withdrawn from an outlet and since when, by their latest state that has
-- begun; biller 0 is the whole outlet.
SELECT outlet, biller, since FROM (
    SELECT DISTINCT ON (outlet, biller) outlet, biller, state, since FROM service_states
     WHERE since <= %(on)s
     ORDER BY outlet, biller, since DESC, recorded_at DESC) AS latest
 WHERE state = 'off'

-- name: read_tills
-- All tills and the outlets they stand in.
SELECT number, code, outlet FROM tills

-- name: read_endpoints
-- Where routes and desks are reached, by code.
SELECT code, endpoint FROM routes WHERE endpoint <> ''
UNION ALL
SELECT b.code, d.endpoint FROM desks d JOIN billers b ON b.number = d.biller

-- name: add_service_state
-- One dated fact about a service: earlier ones stay as they were.
INSERT INTO service_states (outlet, biller, since, recorded_at, state, reason, actor)
VALUES (%(outlet)s, %(biller)s, %(since)s, %(recorded_at)s, %(state)s, %(reason)s, %(actor)s)

-- name: put_filed_bills
-- Bills of a file: a bill that is there already takes the newer file's amount.
INSERT INTO filed_bills (biller, bill_ref, account, period, amount, due_on, customer, file)
SELECT %(biller)s, b.ref, b.account, b.period, b.amount, b.due_on, b.customer, %(file)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS b(
       ref text, account text, period text, amount bigint, due_on date, customer text)
ON CONFLICT (biller, bill_ref) DO UPDATE
   SET amount = excluded.amount, due_on = excluded.due_on, file = excluded.file

-- name: filed_bills
-- What is owed on accounts by their files and not paid through this network yet.
SELECT f.biller, f.account, f.bill_ref, f.period, f.amount, f.due_on, f.customer
  FROM json_to_recordset(%(accounts)s::json) AS w(biller integer, account text)
  JOIN filed_bills f ON f.biller = w.biller AND f.account = w.account
 ORDER BY f.due_on NULLS LAST, f.bill_ref
