-- Other public services at counters: which are where from which day, and who came in a month.

CREATE TABLE programme_lists (
    id          uuid PRIMARY KEY,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    kind        text NOT NULL CHECK (kind IN ('placements', 'visits')),
    name        text NOT NULL,
    synthetic   boolean NOT NULL,
    received_at timestamptz NOT NULL,
    actor       text NOT NULL,
    lines       integer NOT NULL CHECK (lines >= 0),
    told        integer NOT NULL CHECK (told BETWEEN 0 AND lines)
);
COMMENT ON COLUMN programme_lists.synthetic IS
    'Whether what it tells is made up; every figure that rests on it says so.';
COMMENT ON COLUMN programme_lists.told IS 'Rows that said something new.';
-- What a programme is called, as last told.
CREATE TABLE programmes (
    code        text NOT NULL,
    list        uuid NOT NULL REFERENCES programme_lists,
    recorded_at timestamptz NOT NULL,
    name_zh     text NOT NULL,
    name_en     text NOT NULL,
    about_zh    text NOT NULL,
    about_en    text NOT NULL,
    PRIMARY KEY (code, list)
);
-- The latest telling says how a programme stands at an outlet; those before it are kept.
CREATE TABLE programme_placements (
    outlet      integer NOT NULL REFERENCES outlets,
    programme   text NOT NULL,
    list        uuid NOT NULL REFERENCES programme_lists,
    recorded_at timestamptz NOT NULL,
    planned     date,
    live        date,
    ended       date,
    PRIMARY KEY (outlet, programme, list),
    CHECK (planned IS NOT NULL OR live IS NOT NULL),
    CHECK (ended >= live)
);
COMMENT ON COLUMN programme_placements.ended IS
    'The first day on which it is not there any more, or on which a plan was given up.';
CREATE TABLE programme_visits (
    outlet      integer NOT NULL REFERENCES outlets,
    programme   text NOT NULL,
    month       date NOT NULL CHECK (extract(day FROM month) = 1),
    list        uuid NOT NULL REFERENCES programme_lists,
    recorded_at timestamptz NOT NULL,
    visits      integer NOT NULL CHECK (visits >= 0),
    minutes     integer NOT NULL CHECK (minutes >= 0),
    PRIMARY KEY (outlet, programme, month, list)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['programme_lists', 'programmes', 'programme_placements',
                                   'programme_visits'] LOOP
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
