-- SPDX-License-Identifier: EUPL-1.2
-- Times are milliseconds since 1970-01-01 UTC. States and outcomes are numbers, the ranks of the types in view/*.rs.
-- Rows are only ever added, except: cases.root and cases.opened (derived from joins and records), states and outcomes
-- (derived from receipts and decisions), and the closing of dead letters.

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- A message of a source, whatever it held.
CREATE TABLE messages (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,
    message     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    received    INTEGER NOT NULL,
    day         TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    parts       INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    correlation TEXT,
    causation   TEXT,
    traceparent TEXT,
    replay_of   INTEGER REFERENCES messages (id),
    state       INTEGER NOT NULL,
    UNIQUE (message, source)
);
CREATE INDEX messages_by_day ON messages (day, source, state) WHERE replay_of IS NULL;
CREATE INDEX messages_by_time ON messages (received);
CREATE INDEX messages_by_causation ON messages (causation) WHERE causation IS NOT NULL;
CREATE INDEX messages_by_replay ON messages (replay_of) WHERE replay_of IS NOT NULL;

-- The source sent a message again, after the stream had forgotten it.
CREATE TABLE repeats (
    message  INTEGER NOT NULL REFERENCES messages (id),
    sequence INTEGER NOT NULL,
    day      TEXT NOT NULL,
    PRIMARY KEY (message, sequence)
) WITHOUT ROWID;
CREATE INDEX repeats_by_day ON repeats (day);

-- A case begins with one record. When it is joined, root names the case that it became part of.
CREATE TABLE cases (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    case_type TEXT NOT NULL,
    subject   TEXT NOT NULL,
    opened    INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    root      INTEGER NOT NULL REFERENCES cases (id)
);
CREATE INDEX cases_by_root ON cases (root);
CREATE INDEX cases_by_opened ON cases (opened) WHERE root = id;

-- One canonical document of a message, or the reason why there is none. home is the case that it was filed in; it never
-- changes: what a join put together, taking the join back takes apart.
CREATE TABLE records (
    id             INTEGER PRIMARY KEY,
    message        INTEGER NOT NULL REFERENCES messages (id),
    part           INTEGER NOT NULL,
    rules          TEXT NOT NULL,
    schema         TEXT,
    mapping        TEXT,
    mapping_digest TEXT,
    filtered_by    TEXT,
    home           INTEGER REFERENCES cases (id),
    UNIQUE (message, part)
);
CREATE INDEX records_by_home ON records (home) WHERE home IS NOT NULL;

-- The canonical document as JSON, or the original body of a dead letter; claim is the reference (JSON) to where it lies
-- in the document store when it is too large to stand here.
CREATE TABLE bodies (
    record INTEGER PRIMARY KEY REFERENCES records (id),
    body   BLOB NOT NULL,
    claim  TEXT
);

-- Why cases became one. undone is for the split.
CREATE TABLE joins (
    elder   INTEGER NOT NULL REFERENCES cases (id),
    younger INTEGER NOT NULL REFERENCES cases (id),
    at      INTEGER NOT NULL,
    record  INTEGER NOT NULL REFERENCES records (id),
    undone  INTEGER,
    PRIMARY KEY (younger, elder, at)
) WITHOUT ROWID;
CREATE INDEX joins_by_elder ON joins (elder);

-- Exact keys and the case that each one was first seen in.
CREATE TABLE keys (
    value  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    system TEXT NOT NULL,
    home   INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (value, kind, system)
) WITHOUT ROWID;

-- All keys of every record, the weak ones too.
CREATE TABLE record_keys (
    record   INTEGER NOT NULL REFERENCES records (id),
    position INTEGER NOT NULL,
    value    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    system   TEXT NOT NULL,
    exact    INTEGER NOT NULL,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;
CREATE INDEX record_keys_by_value ON record_keys (value, kind, system);

CREATE TABLE entries (
    record     INTEGER NOT NULL REFERENCES records (id),
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    entry_type TEXT NOT NULL,
    title      TEXT NOT NULL,
    stated     TEXT,
    at         INTEGER NOT NULL,
    direction  TEXT NOT NULL,
    channel    TEXT NOT NULL,
    partner    TEXT,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;

-- entry is NULL for what came with the message but belongs to no entry.
CREATE TABLE documents (
    record     INTEGER NOT NULL REFERENCES records (id),
    position   INTEGER NOT NULL,
    entry      INTEGER,
    sha256     TEXT NOT NULL,
    size       INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    name       TEXT,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;

CREATE TABLE participants (
    record     INTEGER NOT NULL REFERENCES records (id),
    position   INTEGER NOT NULL,
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    identifier TEXT,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    delivery    TEXT PRIMARY KEY,
    message     INTEGER NOT NULL REFERENCES messages (id),
    record      INTEGER NOT NULL REFERENCES records (id),
    day         TEXT NOT NULL,
    position    INTEGER NOT NULL,
    recipient   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    route       TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    mapping     TEXT NOT NULL,
    outcome     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX deliveries_by_message ON deliveries (message, outcome);
CREATE INDEX deliveries_by_day ON deliveries (day, recipient, outcome);

-- Receipts as they came, also those whose delivery is not known yet.
CREATE TABLE receipts (
    delivery  TEXT NOT NULL,
    connector TEXT NOT NULL,
    outcome   INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    reference TEXT,
    class     TEXT,
    code      TEXT,
    text      TEXT,
    pointer   TEXT,
    PRIMARY KEY (delivery, connector, outcome)
) WITHOUT ROWID;
CREATE INDEX receipts_by_connector ON receipts (connector, outcome, at);

-- delivery is NULL for what the hub could not process.
CREATE TABLE dead_letters (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    message    INTEGER NOT NULL REFERENCES messages (id),
    record     INTEGER NOT NULL REFERENCES records (id),
    delivery   TEXT REFERENCES deliveries (delivery),
    received   INTEGER NOT NULL,
    code       TEXT NOT NULL,
    stage      TEXT,
    rejection  TEXT NOT NULL,
    headers    TEXT NOT NULL,
    state      INTEGER NOT NULL,
    closed     INTEGER,
    closed_by  TEXT,
    reason     TEXT,
    settled_by INTEGER REFERENCES messages (id)
);
CREATE INDEX dead_letters_by_message ON dead_letters (message);
CREATE INDEX dead_letters_by_state ON dead_letters (state, received);

-- That somebody had a dead letter replayed; message is the id of the new message, of the same source.
CREATE TABLE replays (
    dead_letter INTEGER NOT NULL REFERENCES dead_letters (id),
    message     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    asked_by    TEXT NOT NULL,
    PRIMARY KEY (dead_letter, message)
) WITHOUT ROWID;
CREATE INDEX replays_by_message ON replays (message);
