-- How often each feed brings something new, and when its window last held nothing that was known.
ALTER TABLE feed ADD COLUMN newest_item INTEGER;
ALTER TABLE feed ADD COLUMN longest_wait INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN overflowed INTEGER;
