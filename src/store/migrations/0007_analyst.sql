-- The analyst in the loop, rules as they were, probabilities as they were shown.

-- What analysts did about alerts, scenarios and feeds: never changed, never removed. The newest silence of one
-- scope (scenario and feed; neither is everything) replaces the one before.
CREATE TABLE act (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    author   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('ack', 'silence', 'drill')),
    alert    INTEGER REFERENCES alert (id),
    scenario TEXT,
    feed     TEXT,
    until    INTEGER,
    reason   TEXT
) STRICT;
CREATE INDEX act_by_alert ON act (alert);
CREATE TRIGGER act_is_never_changed BEFORE UPDATE ON act
BEGIN SELECT RAISE(ABORT, 'what an analyst did is never changed: a later act replaces it'); END;
CREATE TRIGGER act_is_never_removed BEFORE DELETE ON act
BEGIN SELECT RAISE(ABORT, 'what an analyst did is never removed'); END;

-- The silence that holds a message back; its state is `held` meanwhile.
ALTER TABLE notification ADD COLUMN held INTEGER REFERENCES act (id);

-- `phase`, `escalated`, `went_blind`, `sees_again`, `rule_changed`; earlier rows do not tell.
ALTER TABLE transition ADD COLUMN change TEXT;

-- By which rule each scenario was judged from when on, in words.
CREATE TABLE rule (
    id       INTEGER PRIMARY KEY,
    scenario TEXT NOT NULL,
    at       INTEGER NOT NULL,
    words    TEXT NOT NULL
) STRICT;
CREATE INDEX rule_by_scenario ON rule (scenario, id);

-- Probabilities as they were shown: a row whenever one changes, and one a day.
CREATE TABLE probability (
    id          INTEGER PRIMARY KEY,
    scenario    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    log_odds    REAL NOT NULL,
    probability REAL NOT NULL,
    blind       INTEGER NOT NULL
) STRICT;
CREATE INDEX probability_by_scenario ON probability (scenario, at);
