-- Routes that fail: how each way is, every change of it, and what was said about it beforehand.
-- None of these tables is about money; what they say is shared by every process.

-- How a way is now. A biller or agent of 0 stands for all.
CREATE TABLE route_health (
    route     integer NOT NULL REFERENCES routes,
    biller    integer NOT NULL,
    agent     integer NOT NULL,
    condition smallint NOT NULL CHECK (condition BETWEEN 1 AND 5),
    since     timestamptz NOT NULL,
    score     integer NOT NULL CHECK (score >= 0),
    heard_at  timestamptz NOT NULL,
    relapses  integer NOT NULL CHECK (relapses >= 0),
    proven_at timestamptz,
    probe_due timestamptz NOT NULL,
    PRIMARY KEY (route, biller, agent)
) WITH (fillfactor = 50);
-- Every change of a way's condition, kept for good.
CREATE TABLE route_changes (
    route  integer NOT NULL REFERENCES routes,
    biller integer NOT NULL,
    agent  integer NOT NULL,
    at     timestamptz NOT NULL,
    place  smallint NOT NULL,
    before smallint NOT NULL CHECK (before BETWEEN 1 AND 5),
    after  smallint NOT NULL CHECK (after BETWEEN 1 AND 5),
    PRIMARY KEY (route, biller, agent, at, place)
);
CREATE INDEX route_changes_by_time ON route_changes (at);
-- What was said about a way beforehand or by hand. A correction is another notice; an early end is
-- a row of its own.
CREATE TABLE route_notices (
    id          uuid PRIMARY KEY,
    route       integer NOT NULL REFERENCES routes,
    biller      integer NOT NULL,
    agent       integer NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('withdrawn', 'maintenance', 'shut', 'open')),
    since       timestamptz NOT NULL,
    until       timestamptz,
    reason      text NOT NULL CHECK (reason IN ('technical', 'commercial', 'legal', 'other')),
    sentence    jsonb NOT NULL,
    actor       text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (until IS NULL OR until > since),
    CHECK (kind <> 'maintenance' OR until IS NOT NULL)
);
CREATE TABLE route_notice_ends (
    notice      uuid PRIMARY KEY REFERENCES route_notices,
    ended_at    timestamptz NOT NULL,
    actor       text NOT NULL,
    recorded_at timestamptz NOT NULL
);
-- The dated stages of a return, as they were planned and as they came. An agent of 0 stands for the
-- route as a whole.
CREATE TABLE return_stages (
    notice      uuid NOT NULL REFERENCES route_notices,
    agent       integer NOT NULL,
    stage       text NOT NULL CHECK (stage IN ('repaired', 'reconnected', 'tested', 'outlets_on')),
    planned     boolean NOT NULL,
    day         date NOT NULL,
    actor       text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (notice, agent, stage, planned, recorded_at)
);

-- What two persons decided about standing in for ways that are closed; the latest row holds.
CREATE TABLE stand_in_policies (
    approval   uuid PRIMARY KEY REFERENCES approval_effects,
    since      timestamptz NOT NULL,
    body       jsonb NOT NULL
);
CREATE INDEX stand_in_policies_latest ON stand_in_policies (since);

GRANT SELECT ON route_health, route_changes, route_notices, route_notice_ends, return_stages,
    stand_in_policies
    TO cashlane_hub, cashlane_watch;
GRANT INSERT ON route_health, route_changes, route_notices, route_notice_ends, return_stages,
    stand_in_policies
    TO cashlane_hub;
GRANT UPDATE (condition, since, score, heard_at, relapses, proven_at, probe_due) ON route_health
    TO cashlane_hub;

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['route_health', 'route_changes', 'route_notices',
        'route_notice_ends', 'return_stages', 'stand_in_policies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                       guarded);
    END LOOP;
END
$$;
-- Limited rows of other kinds are numbered by other parties: a party sees its own drawers only.
DROP POLICY party ON limits;
CREATE POLICY party ON limits FOR SELECT TO cashlane_party
    USING (kind = 1 AND party IN (SELECT number FROM outlets WHERE agent = (SELECT party())));
