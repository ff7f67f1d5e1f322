-- The coverage guard: who cannot walk far, what was asked and answered, what was decided. Rows are
-- added and never changed.

-- Somebody who cannot walk far, as an application or a canvasser told; no name is kept here.
CREATE TABLE walkers (
    number       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    longitude_e6 integer NOT NULL,
    latitude_e6  integer NOT NULL,
    walk_most_m  integer NOT NULL CHECK (walk_most_m BETWEEN 1 AND 5000),
    kind         text,
    hour         smallint CHECK (hour BETWEEN 0 AND 167),
    step_free    boolean NOT NULL,
    synthetic    boolean NOT NULL,
    recorded_at  timestamptz NOT NULL,
    actor        text NOT NULL
);
COMMENT ON TABLE walkers IS
    'Places of people who need help: the hub alone reads them, and no page shows one.';
CREATE TABLE walker_ends (
    walker   integer PRIMARY KEY REFERENCES walkers,
    ended_at timestamptz NOT NULL,
    actor    text NOT NULL
);

CREATE TABLE guard_assessments (
    id        uuid PRIMARY KEY,
    made_at   timestamptz NOT NULL,
    asked_by  uuid NOT NULL,
    actor     text NOT NULL,
    outlets   integer[] NOT NULL CHECK (cardinality(outlets) > 0),
    ground    bigint NOT NULL,
    network_version integer NOT NULL,
    list      uuid NOT NULL REFERENCES demand_lists,
    method    text NOT NULL,
    rule      text NOT NULL,
    verdict   text NOT NULL CHECK (verdict IN ('clear', 'reason', 'blocked', 'act')),
    people    integer NOT NULL CHECK (people >= 0),
    elders    integer NOT NULL CHECK (elders >= 0),
    stranded  integer NOT NULL CHECK (stranded >= 0),
    act_by    date,
    reduction jsonb NOT NULL,
    answer    jsonb NOT NULL
);
COMMENT ON COLUMN guard_assessments.ground IS
    'Equal numbers mean that offers, people and walkers were the same.';
CREATE INDEX guard_assessments_by_time ON guard_assessments (made_at, id);
CREATE INDEX guard_assessments_by_outlet ON guard_assessments USING gin (outlets);
CREATE TABLE guard_decisions (
    assessment uuid PRIMARY KEY REFERENCES guard_assessments,
    decided_at timestamptz NOT NULL,
    decided_by uuid NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    keep_until date NOT NULL,
    effect     boolean NOT NULL
);
COMMENT ON COLUMN guard_decisions.effect IS
    'Whether the network changed by it; what happened anyway did so before.';

-- The groups in which a list of people is shown to the public, made once for each list.
CREATE TABLE public_partitions (
    list    uuid PRIMARY KEY REFERENCES demand_lists,
    made_at timestamptz NOT NULL,
    groups  jsonb NOT NULL
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['walkers', 'walker_ends', 'guard_assessments',
                                   'guard_decisions', 'public_partitions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO cashlane_hub', guarded);
    END LOOP;
END
$$;
