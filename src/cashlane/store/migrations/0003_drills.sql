-- Drills: what each found, and how often a thing is to be drilled. Rows are added and never
-- changed: another schedule is another row, and the latest holds.

-- A drill: the thing by its code, when, by whom or by schedule, and its whole finding.
CREATE TABLE drills (
    id        uuid PRIMARY KEY,
    thing     text NOT NULL CHECK (thing ~ '^(hub|(route|biller|agent):.+)$'),
    began_at  timestamptz NOT NULL,
    ended_at  timestamptz NOT NULL,
    actor     text NOT NULL,
    scheduled boolean NOT NULL,
    passed    boolean NOT NULL,
    finding   jsonb NOT NULL,
    CHECK (ended_at >= began_at)
);
CREATE INDEX drills_of_a_thing ON drills (thing, began_at);
-- How often a thing is to be drilled, in days; 0 is never.
CREATE TABLE drill_schedules (
    thing       text NOT NULL CHECK (thing ~ '^(hub|(route|biller|agent):.+)$'),
    recorded_at timestamptz NOT NULL,
    every_days  integer NOT NULL CHECK (every_days BETWEEN 0 AND 366),
    actor       text NOT NULL,
    PRIMARY KEY (thing, recorded_at)
);

GRANT SELECT ON drills, drill_schedules TO cashlane_hub, cashlane_watch;
GRANT INSERT ON drills, drill_schedules TO cashlane_hub;

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['drills', 'drill_schedules'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY hub ON %I TO cashlane_hub USING (true) WITH CHECK (true)',
                       guarded);
        EXECUTE format('CREATE POLICY watch ON %I FOR SELECT TO cashlane_watch USING (true)',
                       guarded);
    END LOOP;
END
$$;
