-- Old months put away into files: what was put away, what it leaves in the books, and when its
-- tables were dropped. Written by the owner alone, in the write that detaches the month.

CREATE TABLE archives (
    month       date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    archived_at timestamptz NOT NULL,
    manifest    jsonb NOT NULL
);
COMMENT ON COLUMN archives.manifest IS
    'The files of the month with their SHA-256, row counts, and the digest of their rows.';
-- What the month's entries amount to, so that the books add up without them.
CREATE TABLE archive_balances (
    month         date NOT NULL REFERENCES archives,
    business_date date NOT NULL,
    account       smallint NOT NULL,
    party         integer NOT NULL,
    debit         bigint NOT NULL CHECK (debit >= 0),
    credit        bigint NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (business_date, account, party)
);
CREATE TABLE archive_drops (
    month      date PRIMARY KEY REFERENCES archives,
    dropped_at timestamptz NOT NULL
);

GRANT SELECT ON archives, archive_balances, archive_drops TO cashlane_watch;
