-- Items stand in the order in which they came, and their keys in an index of their own: a tree that is sorted by key and
-- holds the texts too is half empty, and each look at a key reads past texts.
CREATE TABLE item_in_order (
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
) STRICT;
INSERT INTO item_in_order SELECT * FROM item ORDER BY recorded_at, feed, id, revision;
DROP TABLE item;
ALTER TABLE item_in_order RENAME TO item;
-- In the order in which retention goes through them.
CREATE INDEX item_by_time ON item (recorded_at, feed, id, revision);
