-- Lost service and its return: a case for a chain and a cause, and the dated facts said about it.
-- Both tables are added to and never changed; a correction is another fact that names the first.

-- Service lost at an agent's outlets. A biller of 0 speaks of all bills; `place` numbers the cases
-- of an agent, so that two are never decided beside each other unseen.
CREATE TABLE restoration_cases (
    id            uuid PRIMARY KEY,
    agent         integer NOT NULL REFERENCES agents,
    place         integer NOT NULL CHECK (place >= 1),
    route         integer REFERENCES routes,
    biller        integer NOT NULL CHECK (biller >= 0),
    cause         text NOT NULL CHECK (cause IN ('technical', 'commercial', 'legal', 'other')),
    notice        uuid REFERENCES route_notices,
    began_on      date NOT NULL,
    outlets_meant integer NOT NULL CHECK (outlets_meant >= 1),
    outlets       integer[] NOT NULL,
    note          text NOT NULL,
    actor         text NOT NULL,
    recorded_at   timestamptz NOT NULL,
    UNIQUE (agent, place),
    CHECK (outlets = '{}' OR cardinality(outlets) = outlets_meant)
);
COMMENT ON COLUMN restoration_cases.note IS
    'For those who work on it; never published, as the names of actors are not.';
CREATE INDEX restoration_cases_of_a_notice ON restoration_cases (notice);
-- What was said about a case. `place` numbers the facts of a case in the order of writing; what
-- one corrects is corrected once.
CREATE TABLE restoration_facts (
    restoration uuid NOT NULL REFERENCES restoration_cases,
    place       integer NOT NULL CHECK (place >= 1),
    kind        text NOT NULL CHECK (kind IN ('planned', 'came', 'closed', 'mistaken', 'undone')),
    stage       text CHECK (stage IN ('repaired', 'reconnected', 'tested', 'outlets_on')),
    day         date NOT NULL,
    outlets_on  integer CHECK (outlets_on >= 0),
    corrects    integer CHECK (corrects < place),
    note        text NOT NULL,
    actor       text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (restoration, place),
    UNIQUE (restoration, corrects),
    FOREIGN KEY (restoration, corrects) REFERENCES restoration_facts (restoration, place),
    CHECK ((stage IS NOT NULL) = (kind IN ('planned', 'came'))),
    CHECK (outlets_on IS NULL OR kind = 'came'),
    CHECK (kind <> 'undone' OR corrects IS NOT NULL)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['restoration_cases', 'restoration_facts'] LOOP
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
