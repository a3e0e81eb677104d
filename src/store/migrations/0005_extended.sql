-- What was known of coverage at any moment.

-- Each time a poll moved the end of a span on. Without it, a span seen as of a moment between two polls would reach up
-- to that moment, though nobody had looked since the poll before.
CREATE TABLE coverage_end (
    coverage INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (coverage, until)
) STRICT, WITHOUT ROWID;
INSERT INTO coverage_end SELECT id, until FROM coverage;
INSERT OR IGNORE INTO coverage_end SELECT id, learned FROM coverage;

-- Of the time before this step, the polls that are still kept tell the ends in between.
INSERT OR IGNORE INTO coverage_end
SELECT c.id, p.at FROM coverage c JOIN poll p ON p.feed = c.feed AND p.at BETWEEN c.learned AND c.until
WHERE p.status IN ('ok', 'unchanged');
