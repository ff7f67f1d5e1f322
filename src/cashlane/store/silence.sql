-- Outlets that fall silent: payments counted by outlet and day, alarms, and words about them.
-- Figures are read as the watching role, once for each business day that was cut; the hub writes.

-- name: uncounted
-- Business days of late that were cut and not counted yet, the earliest first.
SELECT d.business_date FROM business_days d
 WHERE d.state = 'cut' AND d.business_date > (SELECT max(business_date) FROM business_days) - %(days)s
   AND NOT EXISTS (SELECT 1 FROM counted_days c WHERE c.business_date = d.business_date)
 ORDER BY d.business_date

-- name: count_day
-- A cut day's payments by outlet; a day is counted once, whoever counts.
WITH counted AS (
    INSERT INTO counted_days (business_date, counted_at) VALUES (%(day)s, %(now)s)
    ON CONFLICT (business_date) DO NOTHING
    RETURNING business_date
)
INSERT INTO outlet_days (business_date, outlet, agent, payments)
SELECT %(day)s, p.outlet, p.agent, count(*)
  FROM payments p
 WHERE p.business_date = %(day)s AND (SELECT count(*) FROM counted) = 1
 GROUP BY p.outlet, p.agent

-- name: put_shut
-- Agents whose every way was seen closed on a business day.
INSERT INTO agent_shut_days (agent, business_date, seen_at)
SELECT a.number, d.business_date, %(now)s
  FROM agents a CROSS JOIN (SELECT max(business_date) AS business_date FROM business_days) d
 WHERE a.number = ANY(%(agents)s)
ON CONFLICT (agent, business_date) DO NOTHING

-- name: days
-- The latest business days that were counted, the newest first.
SELECT business_date FROM counted_days ORDER BY business_date DESC LIMIT %(most)s

-- name: taken
-- What each agent took on each of these days, in payments.
SELECT agent, business_date, sum(payments)::integer FROM outlet_days
 WHERE business_date >= %(first)s GROUP BY agent, business_date

-- name: shut
-- Agents and days on which every way was seen closed.
SELECT agent, business_date FROM agent_shut_days WHERE business_date >= %(first)s

-- name: takings
-- Every outlet: when it last took cash, since when it is on, the last day that was counted when its
-- silence was explained, and its payments in the window that ends with the last one, since it is on.
SELECT o.number, l.receipts_day, s.since, w.through, coalesce(sum(d.payments), 0)::integer
  FROM outlets o
  LEFT JOIN limits l ON l.bucket = o.bucket AND l.kind = 1 AND l.party = o.number
                    AND l.receipts > 0
  LEFT JOIN (SELECT DISTINCT ON (outlet) outlet, since FROM service_states
              WHERE biller = 0 AND since <= (SELECT max(business_date) FROM business_days)
              ORDER BY outlet, since DESC, recorded_at DESC) s ON s.outlet = o.number
  LEFT JOIN (SELECT e.outlet, max(c.business_date) AS through
               FROM silence_words e JOIN counted_days c ON c.counted_at <= e.said_at
              WHERE e.kind = 'cleared' GROUP BY e.outlet) w ON w.outlet = o.number
  LEFT JOIN outlet_days d ON d.outlet = o.number AND d.business_date >= %(first)s
                         AND d.business_date >= coalesce(s.since, d.business_date)
                         AND d.business_date > l.receipts_day - %(window)s
 GROUP BY o.number, l.receipts_day, s.since, w.through

-- name: raise
-- Alarms; an outlet has one at a time, and one for a day.
INSERT INTO silence_alarms (outlet, through, last, silent, payments, days, basis, raised_at)
SELECT r.outlet, %(through)s, r.last, r.silent, r.payments, r.days, r.basis, %(now)s
  FROM json_to_recordset(%(rows)s::json) AS r(
       outlet integer, last date, silent integer, payments integer, days integer, basis text)
 WHERE NOT EXISTS (
       SELECT 1 FROM silence_alarms a
        WHERE a.outlet = r.outlet AND NOT EXISTS (
              SELECT 1 FROM silence_words w
               WHERE w.outlet = a.outlet AND w.through = a.through AND w.kind = 'cleared'))
ON CONFLICT (outlet, through) DO NOTHING

-- name: clear_paid
-- The end of alarms whose outlets took cash again, by the first payment that did it.
INSERT INTO silence_words (outlet, through, said_at, kind, why, payment, payment_date, note, actor)
SELECT a.outlet, a.through, %(now)s, 'cleared', 'payment', p.id, p.business_date, '', 'worker'
  FROM silence_alarms a
  JOIN outlets o ON o.number = a.outlet
  JOIN limits l ON l.bucket = o.bucket AND l.kind = 1 AND l.party = o.number
               AND l.receipts > 0 AND l.receipts_day > a.through
 CROSS JOIN LATERAL (
       SELECT q.id, q.business_date FROM payments q
        WHERE q.bucket = o.bucket AND q.outlet = o.number AND q.business_date > a.through
        ORDER BY q.business_date, q.receipt LIMIT 1) p
 WHERE NOT EXISTS (
       SELECT 1 FROM silence_words w
        WHERE w.outlet = a.outlet AND w.through = a.through AND w.kind = 'cleared')
ON CONFLICT DO NOTHING

-- name: clear_off
-- The end of alarms whose outlets were switched off: nobody waits for cash there.
INSERT INTO silence_words (outlet, through, said_at, kind, why, note, actor)
SELECT a.outlet, a.through, %(now)s, 'cleared', 'off', '', 'worker'
  FROM silence_alarms a
 WHERE a.outlet = ANY(%(outlets)s) AND NOT EXISTS (
       SELECT 1 FROM silence_words w
        WHERE w.outlet = a.outlet AND w.through = a.through AND w.kind = 'cleared')
ON CONFLICT DO NOTHING

-- name: say
-- What a person says about the alarm of an outlet, if it has one.
INSERT INTO silence_words (outlet, through, said_at, kind, why, back_on, note, actor)
SELECT a.outlet, a.through, %(now)s, %(kind)s, 'word', %(back_on)s, %(note)s, %(actor)s
  FROM silence_alarms a
 WHERE a.outlet = %(outlet)s AND NOT EXISTS (
       SELECT 1 FROM silence_words w
        WHERE w.outlet = a.outlet AND w.through = a.through AND w.kind = 'cleared')
ON CONFLICT DO NOTHING

-- name: of_outlet
-- The latest alarms of an outlet with all that was said about them, in the order of writing.
SELECT a.outlet, a.through, a.last, a.silent, a.payments, a.days, a.basis, a.raised_at,
       w.said_at, w.kind, w.why, w.payment, w.back_on, w.note, w.actor
  FROM (SELECT * FROM silence_alarms WHERE outlet = %(outlet)s
         ORDER BY through DESC LIMIT %(most)s) a
  LEFT JOIN silence_words w ON w.outlet = a.outlet AND w.through = a.through
 ORDER BY a.through DESC, w.said_at
