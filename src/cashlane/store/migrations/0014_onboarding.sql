-- Outlets that fall silent, and chains that begin: what each outlet took on each business day, the
-- alarms that came of it, and what was said about them.

-- Business days whose payments were counted, once each, after their cut.
CREATE TABLE counted_days (
    business_date date PRIMARY KEY REFERENCES business_days,
    counted_at    timestamptz NOT NULL
);
-- What an outlet took on a business day; a day without a payment has no row.
CREATE TABLE outlet_days (
    business_date date NOT NULL REFERENCES counted_days,
    outlet        integer NOT NULL REFERENCES outlets,
    agent         integer NOT NULL,
    payments      integer NOT NULL CHECK (payments > 0),
    PRIMARY KEY (business_date, outlet)
);
-- Business days on which an agent's every way was seen closed.
CREATE TABLE agent_shut_days (
    agent         integer NOT NULL REFERENCES agents,
    business_date date NOT NULL REFERENCES business_days,
    seen_at       timestamptz NOT NULL,
    PRIMARY KEY (agent, business_date)
);
-- An outlet was silent for longer than its pace lets one expect. Days are usual ones, in
-- thousandths; `through` is the last day that was counted when it was raised.
CREATE TABLE silence_alarms (
    outlet    integer NOT NULL REFERENCES outlets,
    through   date NOT NULL REFERENCES counted_days,
    last      date,
    silent    integer NOT NULL CHECK (silent > 0),
    payments  integer NOT NULL CHECK (payments > 0),
    days      integer NOT NULL CHECK (days > 0),
    basis     text NOT NULL CHECK (basis IN ('own', 'agent', 'network')),
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (outlet, through)
);
-- What was said about an alarm, and what ended it: a payment, the outlet's being off, or a word.
CREATE TABLE silence_words (
    outlet       integer NOT NULL,
    through      date NOT NULL,
    said_at      timestamptz NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('acknowledged', 'cleared')),
    why          text NOT NULL CHECK (why IN ('payment', 'off', 'word')),
    payment      uuid,
    payment_date date,
    back_on      date,
    note         text NOT NULL,
    actor        text NOT NULL,
    PRIMARY KEY (outlet, through, said_at),
    FOREIGN KEY (outlet, through) REFERENCES silence_alarms (outlet, through),
    CHECK ((why = 'payment') = (payment IS NOT NULL)),
    CHECK ((payment IS NULL) = (payment_date IS NULL)),
    CHECK (kind = 'cleared' OR why = 'word')
);
CREATE UNIQUE INDEX silence_cleared_once ON silence_words (outlet, through)
    WHERE kind = 'cleared';

-- The first time that a chain's host was seen to do something, by one of its own keys.
CREATE TABLE agent_deeds (
    agent    integer NOT NULL REFERENCES agents,
    act      text NOT NULL CHECK (act IN ('signed', 'inquired', 'paid', 'repeated', 'refused',
                 'voided', 'looked_up')),
    seen_at  timestamptz NOT NULL,
    key_name text NOT NULL,
    about    text NOT NULL,
    PRIMARY KEY (agent, act)
);
-- Chains that two persons certified, with the evidence that they looked at.
CREATE TABLE agent_certificates (
    agent        integer PRIMARY KEY REFERENCES agents,
    approval     uuid NOT NULL REFERENCES approval_effects,
    certified_at timestamptz NOT NULL,
    evidence     jsonb NOT NULL
);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['counted_days', 'outlet_days', 'agent_shut_days',
                                   'silence_alarms', 'silence_words', 'agent_deeds',
                                   'agent_certificates'] LOOP
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
