-- What people add by hand; what retention and the view of feeds as of a moment rest on.

-- When an import wrote a value whose `recorded_at` is a moment of the past; NULL: at `recorded_at`.
ALTER TABLE observation ADD COLUMN entered_at INTEGER;

-- What people say of a value, a source or an alert. A correction is a new note that names the one it replaces.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY,
    subject    TEXT NOT NULL CHECK (subject IN ('value', 'source', 'alert')),
    target     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    author     TEXT NOT NULL,
    text       TEXT NOT NULL,
    supersedes INTEGER REFERENCES note (id)
) STRICT;
CREATE INDEX note_by_target ON note (subject, target, id);
CREATE TRIGGER note_is_never_changed BEFORE UPDATE ON note
BEGIN SELECT RAISE(ABORT, 'a note is never overwritten: a correction is a new note'); END;
CREATE TRIGGER note_is_never_removed BEFORE DELETE ON note
BEGIN SELECT RAISE(ABORT, 'a note is never removed'); END;

-- Items that the evidence of a decision was read from: retention leaves them alone.
CREATE TABLE item_kept (
    feed     TEXT NOT NULL,
    id       TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (feed, id, revision)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO item_kept
SELECT o.feed, o.item_id, o.item_revision
FROM transition t
JOIN json_each(t.account, '$.conditions') c
JOIN json_each(c.value, '$.vintages') v
JOIN observation o ON o.id = v.value
WHERE o.feed IS NOT NULL AND o.item_id IS NOT NULL AND o.item_revision IS NOT NULL;

-- Every change of every feed's health, so that it can be seen as of any moment.
CREATE TABLE feed_health (
    id     INTEGER PRIMARY KEY,
    feed   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    health TEXT NOT NULL,
    error  TEXT
) STRICT;
CREATE INDEX feed_health_by_feed ON feed_health (feed, at);
INSERT INTO feed_health (feed, at, health, error) SELECT name, since, health, last_error FROM feed;
