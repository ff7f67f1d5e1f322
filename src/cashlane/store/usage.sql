-- Who uses what: the payments behind each pair of agent and biller, as the watching role.

-- name: usage
-- Payments and the accounts they were for, by agent and biller, since a business date: read whole,
-- so asked for at rests only.
SELECT a.agent, a.biller, sum(a.payments)::bigint, count(*)
  FROM (SELECT p.agent, p.biller, p.account, count(*) AS payments
          FROM payments p WHERE p.business_date >= %(since)s
         GROUP BY p.agent, p.biller, p.account) a
 GROUP BY a.agent, a.biller

-- name: exposures
-- What was stood in for and is not delivered yet: of each agent and biller, and how many tills and
-- outlets have such money out, with the most that one of them has.
SELECT l.kind, CASE WHEN l.kind = ANY(%(named)s) THEN l.party ELSE 0 END AS party,
       sum(l.balance)::bigint, max(l.balance), count(*)
  FROM limits l
 WHERE l.kind = ANY(%(kinds)s) AND l.balance > 0
 GROUP BY 1, 2 ORDER BY 1, 2
