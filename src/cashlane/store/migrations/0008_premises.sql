-- What citizens ask about outlets, and where people live who may need them.

ALTER TABLE network ADD COLUMN country text NOT NULL DEFAULT '';
COMMENT ON COLUMN network.country IS
    'Whose public holidays opening hours speak of (ISO 3166), empty where nobody said.';
ALTER TABLE outlet_details ADD COLUMN transit text NOT NULL DEFAULT '';

-- What districts are called; a district that nobody named is called as its list calls it.
CREATE TABLE districts (
    code    text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE demand_lists (
    id          uuid PRIMARY KEY,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    name        text NOT NULL,
    datum       text NOT NULL CHECK (datum IN ('wgs84', 'gcj02', 'bd09')),
    synthetic   boolean NOT NULL,
    received_at timestamptz NOT NULL,
    actor       text NOT NULL,
    points      integer NOT NULL CHECK (points > 0)
);
COMMENT ON COLUMN demand_lists.synthetic IS
    'Whether the points are made up; every figure that rests on them says so.';
-- The latest list tells where people live. Places are WGS-84; people are counted by the census's
-- nineteen age bands.
CREATE TABLE demand_points (
    list         uuid NOT NULL REFERENCES demand_lists,
    number       integer NOT NULL CHECK (number > 0),
    name_zh      text NOT NULL,
    name_en      text NOT NULL,
    district     text NOT NULL,
    longitude_e6 integer NOT NULL,
    latitude_e6  integer NOT NULL,
    people       integer[] NOT NULL CHECK (cardinality(people) = 19),
    PRIMARY KEY (list, number)
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['districts', 'demand_lists', 'demand_points'] LOOP
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
GRANT UPDATE (name_zh, name_en) ON districts TO cashlane_hub;
GRANT UPDATE (country) ON network TO cashlane_hub;
