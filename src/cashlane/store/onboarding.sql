-- Chains on their way in: what their hosts were seen to do, and which of them were certified.

-- name: put_deed
-- The first time that an agent's host did something; only the first is kept.
INSERT INTO agent_deeds (agent, act, seen_at, key_name, about)
VALUES (%(agent)s, %(act)s, %(now)s, %(key_name)s, %(about)s)
ON CONFLICT (agent, act) DO NOTHING

-- name: put_certificate
-- An agent that two persons certified, with what they looked at.
INSERT INTO agent_certificates (agent, approval, certified_at, evidence)
VALUES (%(agent)s, %(approval)s, %(now)s, %(evidence)s)
ON CONFLICT (agent) DO NOTHING

-- name: evidence
-- What is stored of each agent: its first key and list, its outlets, when some were switched on
-- after it was certified, and its certificate.
SELECT a.number, a.code, k.since, l.since, o.count, s.since, c.certified_at
  FROM agents a
  LEFT JOIN (SELECT agent, min(created_at) AS since FROM api_keys GROUP BY agent) k
         ON k.agent = a.number
  LEFT JOIN (SELECT agent, min(received_at) AS since FROM outlet_lists GROUP BY agent) l
         ON l.agent = a.number
  LEFT JOIN (SELECT agent, count(*) AS count FROM outlets GROUP BY agent) o ON o.agent = a.number
  LEFT JOIN agent_certificates c ON c.agent = a.number
  LEFT JOIN LATERAL (
       SELECT min(t.recorded_at) AS since FROM service_states t
         JOIN outlets p ON p.number = t.outlet
        WHERE p.agent = a.number AND t.biller = 0 AND t.state = 'on'
          AND t.recorded_at >= c.certified_at) s ON true
 ORDER BY a.number

-- name: deeds
-- What hosts were seen to do.
SELECT agent, act, seen_at, key_name, about FROM agent_deeds
