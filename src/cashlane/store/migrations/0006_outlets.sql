-- What is told of outlets besides their money side: the lists they came in, and dated details.

CREATE TABLE outlet_lists (
    id          uuid PRIMARY KEY,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    name        text NOT NULL,
    agent       integer NOT NULL REFERENCES agents,
    datum       text NOT NULL CHECK (datum IN ('wgs84', 'gcj02', 'bd09')),
    received_at timestamptz NOT NULL,
    actor       text NOT NULL,
    lines       integer NOT NULL CHECK (lines >= 0),
    added       integer NOT NULL CHECK (added >= 0),
    changed     integer NOT NULL CHECK (changed >= 0),
    merged      integer NOT NULL CHECK (merged >= 0)
);
COMMENT ON COLUMN outlet_lists.datum IS
    'The coordinate system in which the list says its places are; nothing is taken without one.';
-- The latest that has begun tells how an outlet is. Places are kept as they were received.
CREATE TABLE outlet_details (
    outlet       integer NOT NULL REFERENCES outlets,
    since        date NOT NULL,
    recorded_at  timestamptz NOT NULL,
    list         uuid NOT NULL REFERENCES outlet_lists,
    datum        text NOT NULL,
    longitude_e6 integer NOT NULL,
    latitude_e6  integer NOT NULL,
    address      text NOT NULL,
    hours        text NOT NULL,
    step_free    boolean,
    collecting_since date,
    PRIMARY KEY (outlet, since, recorded_at)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['outlet_lists', 'outlet_details'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                       guarded);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO cashlane_hub', guarded);
        EXECUTE format('GRANT SELECT ON %I TO cashlane_watch', guarded);
    END LOOP;
END
$$;
-- A list may put right how an outlet is called and where it is, never whose it is or its bucket.
GRANT UPDATE (name_zh, name_en, brand, district, longitude, latitude) ON outlets TO cashlane_hub;
