-- Checks of the books that are one question to the database. Each answers where it found
-- something: a payment (or NULL), a place in words, and how many there are in all. At most ten
-- places are named. No row means that all is well.

-- name: nested_loops
-- A check reads its tables whole: with hash joins alone it takes time by their size, whatever the
-- planner believes about tables that were filled a moment ago.
SELECT set_config('enable_nestloop', %(allowed)s, true)

-- name: receipt_gap
-- Receipt numbers of an outlet and business date count from 1 without a gap.
SELECT NULL::uuid, format('%%s %%s: %%s..%%s', o.code, p.business_date, min(p.receipt), max(p.receipt)),
       count(*) OVER ()
  FROM payments p JOIN outlets o ON o.number = p.outlet
 GROUP BY p.bucket, p.business_date, p.outlet, o.code
HAVING min(p.receipt) <> 1 OR max(p.receipt) <> count(DISTINCT p.receipt)
 ORDER BY 2 LIMIT 10

-- name: receipt_twice
-- One receipt number, one payment.
SELECT NULL::uuid, format('%%s %%s number %%s', o.code, p.business_date, p.receipt), count(*) OVER ()
  FROM payments p JOIN outlets o ON o.number = p.outlet
 GROUP BY p.bucket, p.business_date, p.outlet, p.receipt, o.code HAVING count(*) > 1
 ORDER BY 2 LIMIT 10

-- name: receipt_counter
-- The counter on an outlet's limited row is the last number it gave.
SELECT NULL::uuid, format('%%s: counter %%s of %%s, last receipt %%s of %%s', o.code, l.receipts,
                          l.receipts_day, r.receipt, r.business_date), count(*) OVER ()
  FROM limits l JOIN outlets o ON o.number = l.party
  LEFT JOIN (SELECT DISTINCT ON (outlet) outlet, business_date, max(receipt) AS receipt
               FROM payments GROUP BY outlet, business_date
              ORDER BY outlet, business_date DESC) AS r ON r.outlet = l.party
 WHERE l.kind = 1
   AND CASE WHEN r.outlet IS NULL THEN l.receipts <> 0
            ELSE (l.receipts_day, l.receipts) <> (r.business_date, r.receipt) END
 ORDER BY 2 LIMIT 10

-- name: drawer
-- A drawer holds what its outlet's payments brought in and did not give back.
SELECT NULL::uuid, format('%%s: stored %%s, rebuilt %%s', o.code, coalesce(l.balance, 0),
                          coalesce(e.total, 0)), count(*) OVER ()
  FROM (SELECT party, balance FROM limits WHERE kind = 1) AS l
  FULL JOIN (SELECT t.outlet, sum(s.total)::bigint AS total
               FROM (SELECT till, sum(amount) AS total FROM entries WHERE account = 1
                      GROUP BY till) AS s
               JOIN tills t ON t.number = s.till GROUP BY t.outlet) AS e ON e.outlet = l.party
  LEFT JOIN outlets o ON o.number = coalesce(l.party, e.outlet)
 WHERE coalesce(l.balance, 0) <> coalesce(e.total, 0)
 ORDER BY 2 LIMIT 10

-- name: exposure
-- What lies on a bound is what was stood in for and is not delivered yet.
WITH lying AS (SELECT e.till, o.number AS outlet, o.agent, e.party AS biller,
                      -sum(e.amount)::bigint AS total
                 FROM entries e JOIN tills t ON t.number = e.till
                 JOIN outlets o ON o.number = t.outlet
                WHERE e.account = 3 GROUP BY e.till, o.number, o.agent, e.party),
     rebuilt AS (SELECT 2 AS kind, till AS party, sum(total)::bigint AS total FROM lying GROUP BY 2
                 UNION ALL SELECT 3, outlet, sum(total)::bigint FROM lying GROUP BY 2
                 UNION ALL SELECT 4, agent, sum(total)::bigint FROM lying GROUP BY 2
                 UNION ALL SELECT 5, biller, sum(total)::bigint FROM lying GROUP BY 2)
SELECT NULL::uuid, format('bound %%s of %%s: stored %%s, rebuilt %%s', kind, party,
                          coalesce(l.balance, 0), coalesce(r.total, 0)), count(*) OVER ()
  FROM (SELECT kind, party, balance FROM limits WHERE kind > 1) AS l
  FULL JOIN rebuilt r USING (kind, party)
 WHERE coalesce(l.balance, 0) <> coalesce(r.total, 0)
 ORDER BY 2 LIMIT 10

-- name: day_missing
-- Everything is written on a business day that exists.
SELECT NULL::uuid, format('%%s: %%s rows', u.business_date, sum(u.rows)), count(*) OVER ()
  FROM (SELECT business_date, count(*) AS rows FROM entries GROUP BY 1
        UNION ALL SELECT business_date, count(*) FROM payments GROUP BY 1
        UNION ALL SELECT business_date, count(*) FROM facts GROUP BY 1
        UNION ALL SELECT business_date, count(*) FROM asks GROUP BY 1) AS u
  LEFT JOIN business_days d ON d.business_date = u.business_date
 WHERE d.business_date IS NULL
 GROUP BY u.business_date ORDER BY 2 LIMIT 10

-- name: after_cut
-- Nothing is written to a day after its cut. A write that the cut waited for may bear a moment a
-- little later than the cut's own: locks are waited for 5 seconds, so 30 is never right.
SELECT w.payment, format('%%s written %%s', w.business_date, w.at), count(*) OVER ()
  FROM (SELECT id AS payment, business_date, accepted_at AS at FROM payments
        UNION ALL SELECT payment, business_date, written_at FROM facts
        UNION ALL SELECT payment, business_date, asked_at FROM asks) AS w
  JOIN business_days d ON d.business_date = w.business_date
 WHERE w.at > d.cut_at + interval '30 seconds'
 ORDER BY w.at LIMIT 10

-- name: ask_without_payment
-- An accepted ask names a payment of its outlet; a paying one also bears the payment's hold.
SELECT a.payment, format('ask %%s', a.key), count(*) OVER ()
  FROM asks a
  LEFT JOIN payments p ON p.bucket = a.bucket AND p.business_date = a.payment_date
        AND p.id = a.payment
 WHERE a.verdict = 1
   AND (p.id IS NULL OR p.outlet <> a.outlet OR (a.kind = 1 AND p.hold IS DISTINCT FROM a.hold))
 ORDER BY a.payment LIMIT 10

-- name: payment_without_ask
-- A payment was asked for exactly once.
SELECT p.id, format('%%s accepted asks', coalesce(a.asks, 0)), count(*) OVER ()
  FROM payments p
  LEFT JOIN (SELECT bucket, payment, count(*) AS asks FROM asks WHERE verdict = 1 AND kind = 1
              GROUP BY bucket, payment) AS a ON a.bucket = p.bucket AND a.payment = p.id
 WHERE coalesce(a.asks, 0) <> 1
 ORDER BY p.id LIMIT 10

-- name: act_without_fact
-- An accepted act of undoing left its fact: void, hand back, slip, refund.
SELECT a.payment, format('ask %%s', a.key), count(*) OVER ()
  FROM asks a JOIN (VALUES (2, 7), (3, 10), (4, 2), (7, 13)) AS k(ask, fact) ON k.ask = a.kind
 WHERE a.verdict = 1
   AND NOT EXISTS (SELECT 1 FROM facts f
                    WHERE f.bucket = a.bucket AND f.payment_date = a.payment_date
                      AND f.payment = a.payment AND f.kind = k.fact)
 ORDER BY a.payment LIMIT 10

-- name: bill_paid_twice
-- A bill has at most one payment that stands, unless its biller takes parts.
SELECT NULL::uuid, format('%%s %%s: %%s payments', b.code, p.bill_ref, count(*)), count(*) OVER ()
  FROM payments p JOIN billers b ON b.number = p.biller
 WHERE p.state NOT IN (7, 9, 10, 11) AND NOT (b.body->>'parts_allowed')::boolean
 GROUP BY b.code, p.bill_ref HAVING count(*) > 1
 ORDER BY 2 LIMIT 10

-- name: parts_too_many
-- Parts of a bill that may not exceed it do not.
SELECT NULL::uuid, format('%%s %%s: %%s of %%s', b.code, p.bill_ref, sum(p.amount), max(p.owed)),
       count(*) OVER ()
  FROM payments p JOIN billers b ON b.number = p.biller
 WHERE p.state NOT IN (7, 9, 10, 11) AND (b.body->>'parts_allowed')::boolean
   AND b.body->'amount_rule'->>'kind' IN ('exact', 'below')
 GROUP BY b.code, p.bill_ref HAVING sum(p.amount) > max(p.owed)
 ORDER BY 2 LIMIT 10

-- name: claim_without_payment
-- A bill marked paid names a payment of this bill that was not undone (or whose claim is about to
-- be freed by a waiting errand).
SELECT c.payment, format('%%s %%s', b.code, c.bill_ref), count(*) OVER ()
  FROM claims c JOIN billers b ON b.number = c.biller
  LEFT JOIN payments p ON p.id = c.payment AND p.biller = c.biller AND p.bill_ref = c.bill_ref
        AND p.hold = c.hold
  LEFT JOIN (SELECT payment, bool_or(kind = 11) AS declined, bool_or(kind = 15) AS elsewhere
               FROM facts WHERE kind IN (11, 15) GROUP BY payment) AS f ON f.payment = p.id
 WHERE c.state = 2
   AND (p.id IS NULL
        OR (p.state IN (7, 9) OR p.state IN (10, 11) AND coalesce(f.declined, false))
           AND NOT coalesce(f.elsewhere, false)
           AND NOT EXISTS (SELECT 1 FROM errands e WHERE e.payment = p.id AND e.kind = 5))
 ORDER BY 2 LIMIT 10

-- name: claim_total
-- What a bill's claim has seen paid is the sum of its payments that were not undone, but for
-- marks that errands still have to carry there. A bill that takes no parts is marked paid too.
SELECT NULL::uuid, format('%%s %%s: claim %%s, payments %%s', b.code, w.bill_ref,
                          coalesce(c.paid_total, 0), w.total), count(*) OVER ()
  FROM (SELECT p.biller, p.bill_ref, sum(CASE WHEN k.counts THEN p.amount ELSE 0 END) AS total,
               bool_or(k.counts) AS paid
          FROM payments p
          LEFT JOIN (SELECT payment, bool_or(kind = 11) AS declined, bool_or(kind = 15) AS elsewhere
                       FROM facts WHERE kind IN (11, 15) GROUP BY payment) AS f
               ON f.payment = p.id
          LEFT JOIN (SELECT payment, bool_or(kind = 4) AS paid, bool_or(kind = 5) AS free
                       FROM errands WHERE kind IN (4, 5) GROUP BY payment) AS e
               ON e.payment = p.id
         CROSS JOIN LATERAL (SELECT NOT coalesce(e.paid, false)
                 AND (coalesce(e.free, false) OR coalesce(f.elsewhere, false)
                      OR NOT (p.state IN (7, 9)
                              OR p.state IN (10, 11) AND coalesce(f.declined, false)))) AS k(counts)
         GROUP BY p.biller, p.bill_ref) AS w
  JOIN billers b ON b.number = w.biller
  LEFT JOIN claims c ON c.biller = w.biller AND c.bill_ref = w.bill_ref
 WHERE coalesce(c.paid_total, 0) <> w.total
    OR w.paid AND NOT (b.body->>'parts_allowed')::boolean AND c.state <> 2
 ORDER BY 2 LIMIT 10

-- name: left_behind
-- A payment that is not settled has work waiting that carries it on: what is in doubt is sent or
-- enquired, a void is asked for until it is taken, a decline waits for its cash to go back.
SELECT p.id, format('%%s in state %%s', p.business_date, p.state), count(*) OVER ()
  FROM payments p JOIN (VALUES (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2),
                               (6, 6), (8, 3)) AS k(state, errand) ON k.state = p.state
  LEFT JOIN errands e ON e.bucket = p.bucket AND e.payment = p.id AND e.kind = k.errand
 GROUP BY p.id, p.business_date, p.state HAVING count(e.id) = 0
 ORDER BY p.id LIMIT 10

-- name: errand_without_payment
-- Work left for relays is about payments that exist.
SELECT e.payment, format('errand %%s of kind %%s', e.id, e.kind), count(*) OVER ()
  FROM errands e
  LEFT JOIN payments p ON p.bucket = e.bucket AND p.business_date = e.payment_date
        AND p.id = e.payment
 WHERE p.id IS NULL
 ORDER BY e.payment LIMIT 10

-- name: shift_missing
-- A payment was taken in a shift of its till that is written down.
SELECT p.id, format('till %%s, %%s, shift %%s', p.till, p.business_date, p.shift), count(*) OVER ()
  FROM payments p
  LEFT JOIN shifts s ON s.bucket = p.bucket AND s.till = p.till
        AND s.business_date = p.business_date AND s.number = p.shift
 WHERE s.till IS NULL OR s.outlet <> p.outlet
 ORDER BY p.id LIMIT 10

-- name: batch_missing
-- What was written at a moment was written by batches of that moment, and they counted it.
SELECT NULL::uuid, format('%%s: %%s rows, batches counted %%s', w.at, w.rows, coalesce(b.rows, 0)),
       count(*) OVER ()
  FROM (SELECT at, sum(rows) AS rows
          FROM (SELECT asked_at AS at, count(*) AS rows FROM asks GROUP BY 1
                UNION ALL SELECT asked_at, count(*) FROM visits GROUP BY 1
                UNION ALL SELECT opened_at, count(*) FROM shifts GROUP BY 1
                UNION ALL SELECT accepted_at, count(*) FROM payments GROUP BY 1
                UNION ALL SELECT written_at, count(*) FROM facts GROUP BY 1) AS u
         GROUP BY at) AS w
  LEFT JOIN (SELECT written_at, sum(rows) AS rows FROM batches GROUP BY 1) AS b
       ON b.written_at = w.at
 WHERE w.rows > coalesce(b.rows, 0)
 ORDER BY w.at LIMIT 10

-- name: batch_total
-- All batches together counted at least the rows that only batches can have written.
SELECT NULL::uuid, format('%%s rows, batches counted %%s', n.rows, n.counted), 1::bigint
  FROM (SELECT (SELECT count(*) FROM asks) + (SELECT count(*) FROM visits)
             + (SELECT count(*) FROM shifts) + (SELECT count(*) FROM payments)
             + (SELECT count(*) FROM facts)
             + (SELECT count(*) FROM entries WHERE line %% 16 = 0)
             + (SELECT count(*) FROM errands) AS rows,
               (SELECT coalesce(sum(rows), 0) FROM batches) AS counted) AS n
 WHERE n.rows > n.counted

-- name: in_flight
-- Errands that still have to reach a claim, by kind: not an error, but worth a look when it grows.
SELECT kind, count(*) FROM errands WHERE kind IN (4, 5) GROUP BY kind ORDER BY kind
