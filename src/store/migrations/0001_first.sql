-- The first schema. All times are milliseconds since 1970 UTC; all dates are ISO 8601 text.
-- Later changes are further numbered migrations; this file never changes again.

-- How each feed stands between two polls.
CREATE TABLE feed (
    name          TEXT PRIMARY KEY,
    health        TEXT NOT NULL,
    since         INTEGER NOT NULL,
    last_poll     INTEGER,
    last_success  INTEGER,
    next_poll     INTEGER,
    last_error    TEXT,
    failures      INTEGER NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    body_hash     TEXT,
    covers_from   INTEGER,
    moved_to      TEXT,
    told_broken   INTEGER
) STRICT, WITHOUT ROWID;

-- The last polls of each feed, for people.
CREATE TABLE poll (
    id        INTEGER PRIMARY KEY,
    feed      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    status    TEXT NOT NULL,
    items_new INTEGER NOT NULL,
    took_ms   INTEGER NOT NULL,
    error     TEXT
) STRICT;
CREATE INDEX poll_by_feed ON poll (feed, id);

-- What successful polls account for. `until` grows with each poll that follows without a gap;
-- `learned` is the poll that established `since`, so that a span can be seen as of any moment.
CREATE TABLE coverage (
    id      INTEGER PRIMARY KEY,
    feed    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    learned INTEGER NOT NULL
) STRICT;
CREATE INDEX coverage_by_feed ON coverage (feed, until);

-- Fetched entries: every revision beside the other.
CREATE TABLE item (
    feed        TEXT NOT NULL,
    id          TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    hash        TEXT NOT NULL,
    recipe      TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    published   INTEGER,
    title       TEXT,
    link        TEXT,
    body        TEXT NOT NULL,
    PRIMARY KEY (feed, id, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_time ON item (recorded_at);

-- Every vintage of every value, for ever. `event_time` is when it happened, `recorded_at` when we
-- learned it, `effective_at` when rules may use it (later for a running total that fell).
CREATE TABLE observation (
    id             INTEGER PRIMARY KEY,
    indicator      TEXT NOT NULL,
    key            TEXT NOT NULL,
    event_time     INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    effective_at   INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('quantity', 'report', 'statement')),
    value          REAL,
    low            REAL,
    high           REAL,
    bound          TEXT,
    lat            REAL,
    lon            REAL,
    error_km       REAL,
    place          TEXT,
    expected_from  TEXT,
    expected_to    TEXT,
    currency       TEXT,
    role           TEXT,
    status         TEXT,
    feed           TEXT,
    source         TEXT NOT NULL,
    item_id        TEXT,
    item_revision  INTEGER,
    item_title     TEXT,
    item_link      TEXT,
    method         TEXT,
    evidence       TEXT NOT NULL,
    evidence_from  INTEGER NOT NULL,
    evidence_to    INTEGER NOT NULL,
    grade          TEXT NOT NULL,
    flags          TEXT NOT NULL,
    supersedes     INTEGER REFERENCES observation (id),
    author         TEXT,
    withdrawn      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX observation_by_key ON observation (indicator, key, effective_at);
CREATE INDEX observation_by_time ON observation (indicator, event_time);
CREATE TRIGGER observation_is_never_changed BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'an observation is never overwritten: a correction is a new vintage'); END;
CREATE TRIGGER observation_is_never_removed BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'an observation is never removed'); END;

-- How each extractor has fared since it was last changed.
CREATE TABLE extractor (
    indicator   TEXT NOT NULL,
    feed        TEXT NOT NULL,
    method      TEXT NOT NULL,
    since       INTEGER NOT NULL,
    tried       INTEGER NOT NULL,
    matched     INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    misses      INTEGER NOT NULL,
    last_match  INTEGER,
    told_broken INTEGER,
    PRIMARY KEY (indicator, feed, method)
) STRICT, WITHOUT ROWID;

-- Where each scenario stands.
CREATE TABLE scenario (
    name          TEXT PRIMARY KEY,
    phase         TEXT NOT NULL,
    since         INTEGER NOT NULL,
    accrued       INTEGER NOT NULL,
    running_since INTEGER,
    releases      INTEGER NOT NULL,
    last_release  INTEGER,
    blind         INTEGER,
    met           INTEGER NOT NULL,
    alert         INTEGER,
    last_told     INTEGER
) STRICT, WITHOUT ROWID;

-- What each condition has to remember: its latch (hysteresis), its own hold, and what was last told of it.
CREATE TABLE condition (
    scenario      TEXT NOT NULL,
    key           TEXT NOT NULL,
    latched       INTEGER NOT NULL,
    accrued       INTEGER NOT NULL,
    running_since INTEGER,
    releases      INTEGER NOT NULL,
    last_release  INTEGER,
    told          TEXT,
    PRIMARY KEY (scenario, key)
) STRICT, WITHOUT ROWID;

-- One activation of one scenario.
CREATE TABLE alert (
    id           INTEGER PRIMARY KEY,
    scenario     TEXT NOT NULL,
    path         TEXT NOT NULL,
    opened       INTEGER NOT NULL,
    resolved     INTEGER,
    resolution   TEXT,
    acknowledged INTEGER
) STRICT;
CREATE INDEX alert_by_scenario ON alert (scenario, id);

-- Every change of every scenario with its frozen account.
CREATE TABLE transition (
    id         INTEGER PRIMARY KEY,
    scenario   TEXT NOT NULL,
    alert      INTEGER REFERENCES alert (id),
    at         INTEGER NOT NULL,
    from_phase TEXT NOT NULL,
    to_phase   TEXT NOT NULL,
    blind      INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    account    TEXT NOT NULL
) STRICT;
CREATE INDEX transition_by_scenario ON transition (scenario, id);
CREATE INDEX transition_by_alert ON transition (alert);
CREATE TRIGGER transition_is_never_changed BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'a transition explains itself for ever'); END;
CREATE TRIGGER transition_is_never_removed BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'a transition explains itself for ever'); END;

-- The outbox: one message to one recipient. `message_id` is fixed here, before the first try.
CREATE TABLE notification (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    message_id    TEXT NOT NULL UNIQUE,
    created       INTEGER NOT NULL,
    alert         INTEGER REFERENCES alert (id),
    watch         TEXT,
    thread        TEXT,
    content       TEXT NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    next_try      INTEGER,
    claimed_until INTEGER,
    last_error    TEXT,
    sent          INTEGER
) STRICT;
CREATE INDEX notification_by_state ON notification (state, next_try);
CREATE INDEX notification_by_thread ON notification (thread, recipient, id);

-- Single facts: when the daemon was last alive, this installation's name for messages.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
