-- The outbox learns to wait for a server as a whole, to fold a burst, and to give a retried message its days anew.

-- The scenario that a message is about: messages about one within a minute are folded into the newest.
ALTER TABLE notification ADD COLUMN about TEXT;
-- The message that stands for this one.
ALTER TABLE notification ADD COLUMN folded_into INTEGER;
-- From when on the days are counted after which it is given up, where that is not when it was decided.
ALTER TABLE notification ADD COLUMN counted_from INTEGER;
-- 1 where not this message but the whole server failed: it is due as soon as anything is.
ALTER TABLE notification ADD COLUMN waits_for_server INTEGER NOT NULL DEFAULT 0;

DROP INDEX notification_by_state;
CREATE INDEX notification_by_state ON notification (state, next_try, waits_for_server);
CREATE INDEX notification_by_about ON notification (about, recipient, id) WHERE about IS NOT NULL;
CREATE INDEX notification_by_fold ON notification (folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX notification_by_wait ON notification (id) WHERE waits_for_server = 1;
