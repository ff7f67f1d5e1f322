-- record_v3: the only statement that writes money. All of a batch, or nothing.
-- It decides nothing. It checks what must be true whoever calls it - the business day, the row
-- counts, the outlet's agent, balanced postings, guarded steps - and raises where it is not:
--   CL001  something moved under the caller: load and decide again
--   CL002  the caller is wrong: a defect, never tried again
--   CL003  the business day is not open
CREATE FUNCTION record_v3(
    p_batch uuid, p_bucket smallint, p_digest bytea, p_rows integer, p_now timestamptz,
    p_day date, p_asks ask_rows, p_visits visit_rows, p_shifts shift_rows,
    p_payments payment_rows, p_moves move_rows, p_facts fact_rows, p_postings posting_rows,
    p_limits limit_rows, p_errands errand_rows, p_done errand_keys
) RETURNS void LANGUAGE plpgsql AS $record$
DECLARE
    changed integer;
BEGIN
    -- The cut waits for us, and we for the cut.
    PERFORM 1 FROM business_days d
      WHERE d.business_date = p_day AND d.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'business day % is not open', p_day USING ERRCODE = 'CL003';
    END IF;

    IF p_asks IS NOT NULL THEN
        INSERT INTO asks (bucket, outlet, key, hash, hold, payment, payment_date,
                          business_date, asked_at, kind, verdict, actor, detail)
        SELECT o.bucket, a.outlet, a.key, a.hash, a.hold, a.payment, a.payment_date,
               p_day, a.asked_at, a.kind, a.verdict, a.actor, a.detail
          FROM each(p_asks) AS a
          JOIN outlets o ON o.number = a.outlet AND o.bucket = a.bucket;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_asks).bucket) THEN
            RAISE EXCEPTION 'asks: % of % stored', changed, cardinality((p_asks).bucket)
                USING ERRCODE = 'CL002';
        END IF;
    END IF;

    IF p_visits IS NOT NULL THEN
        INSERT INTO visits (bucket, outlet, id, business_date, till, tendered, count, asked_at)
        SELECT v.bucket, v.outlet, v.id, p_day, v.till, v.tendered, v.count, v.asked_at
          FROM each(p_visits) AS v;
    END IF;

    IF p_shifts IS NOT NULL THEN
        INSERT INTO shifts (bucket, till, business_date, number, outlet, cashier, opened_at)
        SELECT s.bucket, s.till, p_day, s.number, s.outlet, s.cashier, s.opened_at
          FROM each(p_shifts) AS s;
    END IF;

    IF p_payments IS NOT NULL THEN
        INSERT INTO payments (
               bucket, state, posted, receipt, business_date, outlet, till, agent, biller, route,
               id, hold, visit, cashier, accepted_at, state_at, owed, amount, cash_due, tendered,
               change, fee_schedule, fee_agent, fee_network, fee_route, rounding, carried,
               rounding_party, shift, fee_by_biller, stood_in, bill_ref, account, period)
        SELECT p.bucket, p.state, p.posted, p.receipt, p_day, p.outlet, p.till, o.agent, p.biller,
               p.route, p.id, p.hold, p.visit, p.cashier, p.accepted_at, p.accepted_at, p.owed,
               p.amount, p.cash_due, p.tendered, p.change, p.fee_schedule, p.fee_agent,
               p.fee_network, p.fee_route, p.rounding, p.carried, p.rounding_party, p.shift,
               p.fee_by_biller, p.stood_in, p.bill_ref, p.account, p.period
          FROM each(p_payments) AS p
          JOIN outlets o ON o.number = p.outlet AND o.bucket = p.bucket AND o.agent = p.agent
         WHERE p.business_date = p_day;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_payments).bucket) THEN
            RAISE EXCEPTION 'payments: % of % belong to their outlet, agent and day',
                changed, cardinality((p_payments).bucket) USING ERRCODE = 'CL002';
        END IF;
    END IF;

    IF p_moves IS NOT NULL THEN
        UPDATE payments p
           SET state = m.after, posted = m.posted_after, state_at = m.at,
               contradicted = m.contradicted, carried_by = m.carried_by
          FROM each(p_moves) AS m
         WHERE p.bucket = m.bucket AND p.business_date = m.business_date AND p.id = m.payment
           AND p.state = m.before AND p.posted = m.posted_before;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_moves).bucket) THEN
            RAISE EXCEPTION 'moves: % of % payments stood where they were thought to stand',
                changed, cardinality((p_moves).bucket) USING ERRCODE = 'CL001';
        END IF;
    END IF;

    IF p_facts IS NOT NULL THEN
        INSERT INTO facts (bucket, kind, payment_date, payment, route, attempt, business_date,
                           happened_at, written_at, source, detail)
        SELECT f.bucket, f.kind, f.payment_date, f.payment, f.route, f.attempt, p_day,
               f.happened_at, f.written_at, f.source, f.detail
          FROM each(p_facts) AS f;
    END IF;

    IF p_postings IS NOT NULL THEN
        PERFORM 1 FROM each(p_postings) AS w
         WHERE (SELECT coalesce(sum(amount), 1) FROM unnest(w.amounts) AS amount) <> 0;
        IF FOUND THEN
            RAISE EXCEPTION 'postings: one does not balance' USING ERRCODE = 'CL002';
        END IF;
        INSERT INTO postings (bucket, kind, business_date, till, shift, payment, accounts, parties,
                              amounts)
        SELECT w.bucket, w.kind, p_day, w.till, w.shift, w.payment, w.accounts, w.parties, w.amounts
          FROM each(p_postings) AS w
         WHERE w.business_date = p_day;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_postings).bucket) THEN
            RAISE EXCEPTION 'postings: % of % are of the open business day',
                changed, cardinality((p_postings).bucket) USING ERRCODE = 'CL002';
        END IF;
    END IF;
    IF p_payments IS NOT NULL THEN
        PERFORM 1 FROM unnest((p_payments).id) AS paid
         WHERE paid NOT IN (SELECT booked FROM unnest((p_postings).payment) AS booked);
        IF FOUND THEN
            RAISE EXCEPTION 'payments: one came without its posting' USING ERRCODE = 'CL002';
        END IF;
    END IF;

    IF p_limits IS NOT NULL THEN
        UPDATE limits l
           SET balance = l.balance + d.delta, receipts_day = d.receipts_day,
               receipts = d.receipts
          FROM each(p_limits) AS d
         WHERE l.bucket = d.bucket AND l.kind = d.kind AND l.party = d.party;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_limits).bucket) THEN
            RAISE EXCEPTION 'limits: % of % rows exist', changed, cardinality((p_limits).bucket)
                USING ERRCODE = 'CL002';
        END IF;
    END IF;

    IF p_done IS NOT NULL THEN
        -- Found one by one (errands.sql), whatever the plan of an empty table would be.
        DELETE FROM errands e
         WHERE e.ctid = ANY (ARRAY(
               SELECT f.found FROM each(p_done) AS d
                CROSS JOIN LATERAL (SELECT w.ctid AS found FROM errands w
                                     WHERE w.bucket = d.bucket AND w.id = d.id LIMIT 1) AS f));
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> cardinality((p_done).bucket) THEN
            RAISE EXCEPTION 'errands: % of % were still to be done',
                changed, cardinality((p_done).bucket) USING ERRCODE = 'CL001';
        END IF;
    END IF;
    IF p_errands IS NOT NULL THEN
        INSERT INTO errands (bucket, kind, count, payment_date, id, payment, due_at, subject)
        SELECT e.bucket, e.kind, e.count, e.payment_date, e.id, e.payment, e.due_at, e.subject
          FROM each(p_errands) AS e;
    END IF;

    INSERT INTO batches (bucket, rows, id, written_at, digest)
    VALUES (p_bucket, p_rows, p_batch, p_now, p_digest);
END
$record$;
