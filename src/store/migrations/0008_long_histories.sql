-- Histories that grow for decades, and the times at which nothing watched.

-- Of each key and of each indicator the newest vintage is found without a look at the others.
DROP INDEX observation_by_key;
CREATE INDEX observation_by_key ON observation (indicator, key, recorded_at);
CREATE INDEX observation_by_arrival ON observation (indicator, recorded_at);

-- From the last sign of life to the next start: no clock ran on over it, so a replay has to know.
CREATE TABLE downtime (
    id    INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
