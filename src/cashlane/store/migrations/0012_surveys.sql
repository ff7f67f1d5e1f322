-- Who needs a counter, as somebody has found out from house to house: counts by place, no persons.

CREATE TABLE surveys (
    id          uuid PRIMARY KEY,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    name        text NOT NULL,
    made_by     text NOT NULL,
    ended_on    date NOT NULL,
    demand_list uuid NOT NULL REFERENCES demand_lists,
    received_at timestamptz NOT NULL,
    actor       text NOT NULL,
    places      integer NOT NULL CHECK (places > 0)
);
CREATE TABLE survey_places (
    survey    uuid NOT NULL REFERENCES surveys,
    estate    integer NOT NULL,
    asked     integer NOT NULL CHECK (asked >= 0),
    cash      integer NOT NULL CHECK (cash BETWEEN 0 AND asked),
    homebound integer NOT NULL CHECK (homebound BETWEEN 0 AND asked),
    need      text NOT NULL,
    PRIMARY KEY (survey, estate)
);
COMMENT ON COLUMN survey_places.estate IS 'The place by its number in the survey''s demand list.';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['surveys', 'survey_places'] LOOP
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
