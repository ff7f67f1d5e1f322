-- The first street: parties, claims, asks, payments, facts, entries, limits, errands, people.
-- Money tables carry their bucket first in every key, refer to parties and never the other way,
-- and are append-only but for a payment's state, a claim, a limited balance, a shift and errands.

-- == the business day ===========================================================================
CREATE TABLE business_days (
    business_date date PRIMARY KEY,
    state         text NOT NULL CHECK (state IN ('open', 'cut')),
    opened_at     timestamptz NOT NULL,
    cut_at        timestamptz,
    CHECK ((state = 'cut') = (cut_at IS NOT NULL))
);

-- == parties (small, shared, never referring to money) ===========================================
CREATE TABLE network (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name      jsonb NOT NULL,
    currency  jsonb NOT NULL,
    zone      text NOT NULL,
    trial     boolean NOT NULL,
    version   integer NOT NULL
);
CREATE TABLE billers (
    number integer PRIMARY KEY CHECK (number > 0),
    code   text NOT NULL UNIQUE,
    body   jsonb NOT NULL
);
CREATE TABLE routes (
    number   integer PRIMARY KEY CHECK (number > 0),
    code     text NOT NULL UNIQUE,
    endpoint text NOT NULL,
    body     jsonb NOT NULL
);
CREATE TABLE desks (
    biller   integer PRIMARY KEY REFERENCES billers,
    endpoint text NOT NULL
);
CREATE TABLE fee_schedules (
    number integer PRIMARY KEY CHECK (number > 0),
    body   jsonb NOT NULL
);
CREATE TABLE legal_groups (
    code text PRIMARY KEY,
    name jsonb NOT NULL
);
CREATE TABLE agents (
    number      integer PRIMARY KEY CHECK (number > 0),
    code        text NOT NULL UNIQUE,
    legal_group text NOT NULL REFERENCES legal_groups,
    body        jsonb NOT NULL
);
CREATE TABLE brands (
    code  text PRIMARY KEY,
    agent integer NOT NULL REFERENCES agents,
    name  jsonb NOT NULL
);
CREATE TABLE outlets (
    number      integer PRIMARY KEY CHECK (number > 0),
    code        text NOT NULL UNIQUE,
    name_zh     text NOT NULL,
    name_en     text NOT NULL,
    agent       integer NOT NULL REFERENCES agents,
    brand       text NOT NULL REFERENCES brands,
    district    text NOT NULL,
    bucket      smallint NOT NULL CHECK (bucket BETWEEN 0 AND 63),
    drawer_most bigint NOT NULL CHECK (drawer_most > 0),
    longitude   double precision NOT NULL,
    latitude    double precision NOT NULL,
    UNIQUE (number, agent)
);
CREATE INDEX outlets_by_agent ON outlets (agent);
CREATE TABLE tills (
    number integer PRIMARY KEY CHECK (number > 0),
    code   text NOT NULL,
    outlet integer NOT NULL REFERENCES outlets,
    UNIQUE (outlet, code)
);
CREATE TABLE contracts (
    agent  integer NOT NULL REFERENCES agents,
    biller integer NOT NULL REFERENCES billers,
    body   jsonb NOT NULL,
    PRIMARY KEY (agent, biller)
);
-- What may be paid where, as dated facts: the latest row that has begun decides. A biller of 0
-- speaks of the whole outlet; withdrawing one service is not closing the place.
CREATE TABLE service_states (
    outlet      integer NOT NULL REFERENCES outlets,
    biller      integer NOT NULL,
    since       date NOT NULL,
    recorded_at timestamptz NOT NULL,
    state       text NOT NULL CHECK (state IN ('on', 'off')),
    reason      text NOT NULL,
    actor       text NOT NULL,
    PRIMARY KEY (outlet, biller, since, recorded_at)
);
CREATE TABLE filed_bills (
    biller      integer NOT NULL REFERENCES billers,
    bill_ref    text NOT NULL,
    account     text NOT NULL,
    period      text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    due_on      date,
    customer    text NOT NULL,
    file        text NOT NULL,
    PRIMARY KEY (biller, bill_ref)
);
CREATE INDEX filed_bills_by_account ON filed_bills (biller, account);
-- Every file that a partner handed over, once for each time: what it was and what became of it.
-- A content is applied once, and a number of a day once.
CREATE TABLE files (
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    received_at   timestamptz NOT NULL,
    partner       text NOT NULL,
    kind          text NOT NULL,
    name          text NOT NULL,
    business_date date,
    sequence      integer CHECK (sequence > 0),
    lines         integer NOT NULL CHECK (lines >= 0),
    total         bigint NOT NULL CHECK (total >= 0),
    verdict       text NOT NULL CHECK (verdict IN ('applied', 'repeated', 'held', 'refused')),
    note          jsonb NOT NULL,
    PRIMARY KEY (sha256, received_at),
    CHECK ((verdict = 'refused') = (business_date IS NULL)),
    CHECK ((business_date IS NULL) = (sequence IS NULL))
);
CREATE UNIQUE INDEX files_applied ON files (sha256) WHERE verdict = 'applied';
CREATE UNIQUE INDEX files_in_order ON files (partner, kind, business_date, sequence)
    WHERE verdict = 'applied';

-- == claims: who may pay this bill, and the network's memory of what was paid =====================
CREATE TABLE claims (
    bucket     smallint NOT NULL,
    biller     integer NOT NULL,
    bill_ref   text NOT NULL,
    state      smallint NOT NULL CHECK (state BETWEEN 0 AND 2),
    outlet     integer NOT NULL,
    till       integer NOT NULL,
    until      timestamptz,
    hold       uuid,
    payment    uuid,
    paid_at    timestamptz,
    paid_total bigint NOT NULL,
    parts      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (bucket, biller, bill_ref)
);
COMMENT ON COLUMN claims.parts IS
    'What each standing payment paid of the bill: payment id to minor units; paid_total is its sum.';
CREATE INDEX claims_held ON claims (bucket, until) WHERE state = 1;

-- == asks: the truth of idempotency; never partitioned, never deleted ==============================
CREATE TABLE asks (
    bucket        smallint NOT NULL,
    outlet        integer NOT NULL,
    key           uuid NOT NULL,
    hash          uuid NOT NULL,
    hold          uuid,
    payment       uuid,
    payment_date  date,
    business_date date NOT NULL,
    asked_at      timestamptz NOT NULL,
    kind          smallint NOT NULL,
    verdict       smallint NOT NULL,
    actor         text NOT NULL,
    detail        text,
    PRIMARY KEY (bucket, outlet, key),
    UNIQUE (bucket, hold),
    CHECK ((verdict = 1) = (payment IS NOT NULL)),
    CHECK ((verdict = 2) = (detail IS NOT NULL))
);
-- A payment's pay is found by its hold; this finds what was asked about it later. Paying (kind 1)
-- does not touch it.
CREATE INDEX asks_about ON asks (bucket, payment) WHERE kind > 1 AND payment IS NOT NULL;
CREATE TABLE visits (
    bucket        smallint NOT NULL,
    outlet        integer NOT NULL,
    id            uuid NOT NULL,
    business_date date NOT NULL,
    till          integer NOT NULL,
    tendered      bigint NOT NULL,
    count         smallint NOT NULL,
    asked_at      timestamptz NOT NULL,
    PRIMARY KEY (bucket, outlet, id)
);
CREATE TABLE shifts (
    bucket        smallint NOT NULL,
    till          integer NOT NULL,
    business_date date NOT NULL,
    number        smallint NOT NULL,
    outlet        integer NOT NULL,
    cashier       uuid,
    opened_at     timestamptz NOT NULL,
    closed_at     timestamptz,
    PRIMARY KEY (bucket, till, business_date, number)
);

-- == payments, facts, entries: partitioned by month of business date ===============================
CREATE TABLE payments (
    bucket         smallint NOT NULL,
    state          smallint NOT NULL,
    posted         smallint NOT NULL,
    receipt        smallint NOT NULL CHECK (receipt > 0),
    business_date  date NOT NULL,
    outlet         integer NOT NULL,
    till           integer NOT NULL,
    agent          integer NOT NULL,
    biller         integer NOT NULL,
    route          integer NOT NULL,
    carried_by     integer NOT NULL DEFAULT 0,
    id             uuid NOT NULL,
    hold           uuid NOT NULL,
    visit          uuid,
    cashier        uuid,
    accepted_at    timestamptz NOT NULL,
    state_at       timestamptz NOT NULL,
    owed           bigint NOT NULL,
    amount         bigint NOT NULL CHECK (amount > 0),
    cash_due       bigint NOT NULL CHECK (cash_due >= 0),
    tendered       bigint NOT NULL,
    change         bigint NOT NULL CHECK (change >= 0),
    fee_schedule   integer NOT NULL,
    fee_agent      integer NOT NULL,
    fee_network    integer NOT NULL,
    fee_route      integer NOT NULL,
    rounding       smallint NOT NULL CHECK (rounding >= 0),
    carried        smallint NOT NULL CHECK (carried >= 0),
    rounding_party integer NOT NULL,
    shift          smallint NOT NULL,
    fee_by_biller  boolean NOT NULL,
    stood_in       boolean NOT NULL,
    contradicted   boolean NOT NULL DEFAULT false,
    bill_ref       text NOT NULL,
    account        text NOT NULL,
    period         text NOT NULL,
    PRIMARY KEY (bucket, business_date, id),
    UNIQUE (bucket, outlet, business_date, receipt),
    CHECK (tendered - change = cash_due),
    CHECK (cash_due = amount - rounding
        + CASE WHEN fee_by_biller THEN 0 ELSE fee_agent + fee_network + fee_route END)
) PARTITION BY RANGE (business_date);
-- What a household paid, for whoever asks the network about an account. Written once: no column of
-- it ever changes.
CREATE INDEX payments_by_account ON payments (bucket, account);
CREATE TABLE facts (
    bucket        smallint NOT NULL,
    kind          smallint NOT NULL,
    payment_date  date NOT NULL,
    payment       uuid NOT NULL,
    route         integer NOT NULL,
    attempt       smallint NOT NULL,
    business_date date NOT NULL,
    happened_at   timestamptz NOT NULL,
    written_at    timestamptz NOT NULL,
    source        text NOT NULL,
    detail        text,
    PRIMARY KEY (bucket, payment_date, payment, kind, route, attempt)
) PARTITION BY RANGE (payment_date);
CREATE TABLE entries (
    bucket        smallint NOT NULL,
    line          smallint NOT NULL,
    business_date date NOT NULL,
    payment       uuid NOT NULL,
    amount        bigint NOT NULL CHECK (amount <> 0),
    party         integer NOT NULL,
    till          integer NOT NULL,
    account       smallint NOT NULL,
    shift         smallint NOT NULL,
    PRIMARY KEY (bucket, business_date, payment, line)
) PARTITION BY RANGE (business_date);

-- == limited accounts: one row each, locked before a decision, with the outlet's receipt counter ===
CREATE TABLE limits (
    bucket       smallint NOT NULL,
    kind         smallint NOT NULL,
    party        integer NOT NULL,
    balance      bigint NOT NULL,
    most         bigint NOT NULL,
    receipts_day date NOT NULL,
    receipts     integer NOT NULL,
    PRIMARY KEY (bucket, kind, party),
    CHECK (balance <= most)
) WITH (fillfactor = 70);

-- == errands: work left for relays, taken by lease =================================================
CREATE TABLE errands (
    bucket       smallint NOT NULL,
    kind         smallint NOT NULL,
    count        smallint NOT NULL,
    payment_date date NOT NULL,
    id           uuid NOT NULL,
    payment      uuid NOT NULL,
    due_at       timestamptz NOT NULL,
    leased_until timestamptz,
    subject      text NOT NULL,
    PRIMARY KEY (bucket, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX errands_due ON errands (bucket, kind, due_at);

-- == one row per write, for later sealing ==========================================================
CREATE TABLE batches (
    bucket     smallint NOT NULL,
    rows       integer NOT NULL,
    id         uuid NOT NULL,
    written_at timestamptz NOT NULL,
    digest     bytea NOT NULL,
    PRIMARY KEY (bucket, id)
);

-- == people ========================================================================================
-- Nothing here is a word that opens a door: passwords and PINs are argon2 hashes under a key that
-- is not in the database; tokens, device secrets and machines' keys are SHA-256 of 256 random bits.
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    login         text NOT NULL UNIQUE CHECK (login ~ '^[a-z][a-z0-9.-]{1,31}$'),
    name          text NOT NULL,
    agent         integer REFERENCES agents,
    outlet        integer,
    synthetic     boolean NOT NULL,
    password_hash text,
    pin_hash      text,
    must_change   boolean NOT NULL,
    disabled      boolean NOT NULL,
    created_at    timestamptz NOT NULL,
    FOREIGN KEY (outlet, agent) REFERENCES outlets (number, agent),
    CHECK (outlet IS NULL OR agent IS NOT NULL),
    CHECK (outlet IS NOT NULL OR pin_hash IS NULL)
);
CREATE INDEX users_by_agent ON users (agent, outlet);
-- What was done to an account and by whom: a new PIN given behind a cashier's back shows here.
CREATE TABLE user_events (
    user_id    uuid NOT NULL REFERENCES users,
    written_at timestamptz NOT NULL,
    what       text NOT NULL CHECK (what IN ('made', 'password_issued', 'password_changed',
                   'password_taken', 'pin_issued', 'pin_changed', 'rehashed', 'disabled',
                   'enabled')),
    written_by uuid REFERENCES users,
    PRIMARY KEY (user_id, written_at, what)
);
-- One live secret per till: enrolling a machine anew ends the one before.
CREATE TABLE till_devices (
    secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32),
    till        integer NOT NULL REFERENCES tills,
    enrolled_by uuid NOT NULL REFERENCES users,
    enrolled_at timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE UNIQUE INDEX till_devices_live ON till_devices (till) WHERE ended_at IS NULL;
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    id         uuid NOT NULL UNIQUE,
    user_id    uuid NOT NULL REFERENCES users,
    device     bytea REFERENCES till_devices,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CHECK (expires_at > started_at)
);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_device ON sessions (device) WHERE ended_at IS NULL;
-- Who guesses how often: a keyed hash of a login, till or address, and when its debt is paid off.
CREATE TABLE guesses (
    subject  bytea PRIMARY KEY,
    clear_at timestamptz NOT NULL
);
CREATE TABLE api_keys (
    key_hash   bytea PRIMARY KEY,
    name       text NOT NULL,
    agent      integer NOT NULL REFERENCES agents,
    outlet     integer,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    FOREIGN KEY (outlet, agent) REFERENCES outlets (number, agent)
);
-- What takes two persons: three append-only tables, so that nothing decided can be rewritten. Each
-- row repeats what its rule compares, and its key proves that the copy is true. Who proposed never
-- decides, and nobody decides about themselves (concerns; all zeros where it is about no person).
CREATE TABLE approvals (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    body         jsonb NOT NULL,
    concerns     uuid NOT NULL,
    proposed_by  uuid NOT NULL REFERENCES users,
    proposed_at  timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    effective_at timestamptz NOT NULL,
    UNIQUE (id, proposed_by, concerns, expires_at),
    UNIQUE (id, effective_at),
    UNIQUE (id, concerns),
    CHECK (proposed_by <> concerns),
    CHECK (expires_at > proposed_at)
);
CREATE TABLE approval_decisions (
    approval    uuid PRIMARY KEY,
    proposed_by uuid NOT NULL,
    concerns    uuid NOT NULL,
    expires_at  timestamptz NOT NULL,
    decided_by  uuid NOT NULL REFERENCES users,
    decided_at  timestamptz NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approved', 'rejected')),
    reason      text NOT NULL,
    FOREIGN KEY (approval, proposed_by, concerns, expires_at)
        REFERENCES approvals (id, proposed_by, concerns, expires_at),
    UNIQUE (approval, verdict),
    CHECK (decided_by <> proposed_by),
    CHECK (decided_by <> concerns),
    CHECK (decided_at < expires_at)
);
CREATE TABLE approval_effects (
    approval     uuid PRIMARY KEY,
    verdict      text NOT NULL CHECK (verdict = 'approved'),
    effective_at timestamptz NOT NULL,
    applied_at   timestamptz NOT NULL,
    FOREIGN KEY (approval, verdict) REFERENCES approval_decisions (approval, verdict),
    FOREIGN KEY (approval, effective_at) REFERENCES approvals (id, effective_at),
    CHECK (applied_at >= effective_at)
);
CREATE INDEX approvals_by_effect ON approvals (effective_at);
-- Roles as dated facts: the latest row of a person and role decides. A row names the approval that
-- it came from, which must be about that person and have taken effect.
CREATE TABLE user_roles (
    user_id    uuid NOT NULL REFERENCES users,
    role       text NOT NULL CHECK (role IN ('cashier', 'outlet_lead', 'agent_clerk', 'operator',
                   'operator_lead', 'auditor', 'regulator', 'admin')),
    written_at timestamptz NOT NULL,
    held       boolean NOT NULL,
    written_by uuid REFERENCES users,
    approval   uuid REFERENCES approval_effects,
    PRIMARY KEY (user_id, role, written_at),
    FOREIGN KEY (approval, user_id) REFERENCES approvals (id, concerns)
);
CREATE VIEW roles_held WITH (security_invoker = true) AS
SELECT user_id, role
  FROM (SELECT DISTINCT ON (user_id, role) user_id, role, held
          FROM user_roles ORDER BY user_id, role, written_at DESC) latest
 WHERE held;
