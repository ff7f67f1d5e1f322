-- Who may do what. The hub writes but never edits what is append-only; parties read their own;
-- watch reads everything; public reads nothing by itself. Row level security is forced, so that
-- even the owner of a table is held by its policies.

GRANT USAGE ON SCHEMA public TO cashlane_hub, cashlane_party, cashlane_watch;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO cashlane_hub, cashlane_watch;
GRANT INSERT ON ALL TABLES IN SCHEMA public TO cashlane_hub;
REVOKE SELECT ON users, sessions, till_devices, guesses, api_keys FROM cashlane_watch;
GRANT SELECT (id, login, name, agent, outlet, synthetic, must_change, disabled, created_at) ON users
    TO cashlane_watch;

GRANT UPDATE (state, cut_at) ON business_days TO cashlane_hub;
GRANT UPDATE (state, posted, state_at, contradicted, carried_by) ON payments TO cashlane_hub;
GRANT UPDATE (state, outlet, till, until, hold, payment, paid_at, paid_total, parts) ON claims
    TO cashlane_hub;
GRANT UPDATE (balance, most, receipts_day, receipts) ON limits TO cashlane_hub;
GRANT UPDATE (closed_at) ON shifts TO cashlane_hub;
GRANT UPDATE (leased_until, due_at, count) ON errands TO cashlane_hub;
GRANT DELETE ON errands TO cashlane_hub;
-- Of the parties, what a newer charter may say otherwise. Whether these books are a trial's is said
-- once; numbers, codes, buckets, fee schedules and tills stay as they were made.
GRANT UPDATE (name, version) ON network TO cashlane_hub;
GRANT UPDATE (body) ON billers, agents, contracts TO cashlane_hub;
GRANT UPDATE (body, endpoint) ON routes TO cashlane_hub;
GRANT UPDATE (endpoint) ON desks TO cashlane_hub;
GRANT UPDATE (drawer_most) ON outlets TO cashlane_hub;
GRANT UPDATE (code) ON tills TO cashlane_hub; -- a till is locked while it is enrolled
GRANT UPDATE (name) ON legal_groups, brands TO cashlane_hub;
GRANT UPDATE (amount, due_on, file) ON filed_bills TO cashlane_hub;
GRANT DELETE ON filed_bills TO cashlane_hub;
GRANT UPDATE (password_hash, pin_hash, must_change, disabled) ON users TO cashlane_hub;
GRANT UPDATE (seen_at, ended_at) ON sessions TO cashlane_hub;
GRANT UPDATE (ended_at) ON till_devices, api_keys TO cashlane_hub;
GRANT UPDATE (clear_at) ON guesses TO cashlane_hub;
GRANT DELETE ON guesses TO cashlane_hub;
GRANT EXECUTE ON FUNCTION record_v1 TO cashlane_hub;

GRANT SELECT ON business_days, network, billers, routes, agents, brands, outlets, tills,
    contracts, fee_schedules, legal_groups, service_states,
    asks, visits, shifts, payments, facts, entries, limits TO cashlane_party;

CREATE FUNCTION party() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('cashlane.party', true), '')::integer
$$;
GRANT EXECUTE ON FUNCTION party TO cashlane_party;

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['claims', 'asks', 'visits', 'shifts', 'payments', 'facts',
        'entries', 'limits', 'errands', 'batches', 'users', 'user_events',
        'user_roles', 'till_devices', 'sessions', 'guesses', 'api_keys', 'approvals', 'approval_decisions',
        'approval_effects'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                       guarded);
    END LOOP;
END
$$;
-- A role comes out of an approval; only a cashier's own counter, and a trial's first staff, do not
-- need one. (A real network's first two administrators are let in by the database's own.)
ALTER POLICY hub ON user_roles WITH CHECK (
    approval IS NOT NULL OR role = 'cashier' OR (SELECT trial FROM network));
CREATE POLICY party ON payments FOR SELECT TO cashlane_party USING (agent = (SELECT party()));
CREATE POLICY party ON asks FOR SELECT TO cashlane_party
    USING (outlet IN (SELECT number FROM outlets WHERE agent = (SELECT party())));
CREATE POLICY party ON visits FOR SELECT TO cashlane_party
    USING (outlet IN (SELECT number FROM outlets WHERE agent = (SELECT party())));
CREATE POLICY party ON shifts FOR SELECT TO cashlane_party
    USING (outlet IN (SELECT number FROM outlets WHERE agent = (SELECT party())));
CREATE POLICY party ON limits FOR SELECT TO cashlane_party
    USING (party IN (SELECT number FROM outlets WHERE agent = (SELECT party())));
CREATE POLICY party ON entries FOR SELECT TO cashlane_party
    USING (till IN (SELECT t.number FROM tills t JOIN outlets o ON o.number = t.outlet
                     WHERE o.agent = (SELECT party())));
CREATE POLICY party ON facts FOR SELECT TO cashlane_party
    USING (EXISTS (SELECT 1 FROM payments p
                    WHERE p.bucket = facts.bucket AND p.business_date = facts.payment_date
                      AND p.id = facts.payment));

-- Terms between an agent and a biller, and whose bill it is, are read by those they belong to.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['contracts', 'filed_bills'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                       guarded);
    END LOOP;
END
$$;
CREATE POLICY party ON contracts FOR SELECT TO cashlane_party USING (agent = (SELECT party()));

-- A new function may be called by everybody until that is taken back.
REVOKE ALL ON FUNCTION record_v1, party FROM PUBLIC;
