-- What each report and statement shows of where it has its knowledge from: whom it names, what it links to, and its
-- text as a set of marks (`sketch`: ascending 32-bit numbers, little-endian). It stays when the item is forgotten.
CREATE TABLE provenance (
    observation INTEGER PRIMARY KEY REFERENCES observation (id),
    shown       TEXT NOT NULL,
    shingling   TEXT NOT NULL,
    sketch      BLOB NOT NULL
) STRICT;
