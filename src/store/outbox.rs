//! The outbox: messages that were decided, and how far each has come.
//!
//! A message is sent at least once under one identity: its Message-ID is fixed
//! here, in the transaction of the decision, before the first try. What becomes
//! of it afterwards is in `deliveries`.

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::error::{Result, StoreError};
use super::{Change, View, wire};
use crate::model::act::Act;
use crate::model::notification::{Content, Delivery, Folded, Kind, Message, Notification, Thread};
use crate::model::time::{from_millis, millis};

/// The state of a queued message that a silence holds: no round of deliveries looks at it.
const HELD: &str = "held";
/// Earlier messages of a thread named in `References`.
const EARLIER_NAMED: u32 = 20;

/// A message to be queued.
#[derive(Debug, Clone, Copy)]
pub struct NewNotification<'a> {
    /// What kind of message it is.
    pub kind: Kind,
    /// To whom.
    pub recipient: &'a str,
    /// Its identity, without angle brackets.
    pub message_id: &'a str,
    /// The alert it belongs to.
    pub alert: Option<i64>,
    /// The id of its watch.
    pub watch: Option<&'a str>,
    /// The stable root of its thread, without angle brackets.
    pub thread: Option<&'a str>,
    /// The scenario it is about: what follows within a minute may be folded with it.
    pub about: Option<&'a str>,
    /// Before when it is not tried.
    pub not_before: Timestamp,
    /// What it says.
    pub content: &'a Content,
    /// The silence that holds it back.
    pub held: Option<&'a Act>,
}

impl View<'_> {
    /// Every notification, newest first.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn notifications(&self) -> Result<Vec<Notification>> {
        self.select_notifications("SELECT * FROM notification ORDER BY id DESC", [])
    }

    /// The notifications of one alert, oldest first.
    ///
    /// # Errors
    /// As [`View::notifications`].
    pub fn notifications_of(&self, alert: i64) -> Result<Vec<Notification>> {
        self.select_notifications("SELECT * FROM notification WHERE alert = ?1 ORDER BY id", [alert])
    }

    /// One notification by its number.
    ///
    /// # Errors
    /// As [`View::notifications`].
    pub fn notification(&self, id: i64) -> Result<Option<Notification>> {
        let found = self.select_notifications("SELECT * FROM notification WHERE id = ?1", [id])?;
        Ok(found.into_iter().next())
    }

    /// The notifications that silences hold, in the order in which they were decided.
    ///
    /// # Errors
    /// As [`View::notifications`].
    pub fn held_notifications(&self) -> Result<Vec<Notification>> {
        self.select_notifications("SELECT * FROM notification WHERE state = 'held' ORDER BY id", [])
    }

    /// How many notifications are in a state.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn count_notifications(&self, state: Delivery) -> Result<u32> {
        let mut statement = self.connection.prepare_cached("SELECT count(*) FROM notification WHERE state = ?1")?;
        Ok(statement.query_row([state.word()], |row| row.get(0))?)
    }

    /// When the next queued message is due, if any is.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn next_delivery(&self) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT min(CASE state WHEN 'queued' THEN next_try ELSE claimed_until END) FROM notification \
             WHERE state IN ('queued', 'sending')",
        )?;
        let next: Option<i64> = statement.query_row([], |row| row.get(0))?;
        Ok(next.map(from_millis))
    }

    /// When a message about a scenario was last decided for a recipient.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn last_told_about(&self, about: &str, recipient: &str) -> Result<Option<Timestamp>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT max(created) FROM notification WHERE about = ?1 AND recipient = ?2")?;
        let last: Option<i64> = statement.query_row([about, recipient], |row| row.get(0))?;
        Ok(last.map(from_millis))
    }

    pub(super) fn select_notifications(&self, sql: &str, parameters: impl Params) -> Result<Vec<Notification>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(self.read_notification(row)?);
        }
        Ok(found)
    }

    fn read_notification(&self, row: &Row<'_>) -> Result<Notification> {
        let unreadable = |why: String| StoreError::Row { table: "notification", why };
        let time = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(from_millis));
        let (id, recipient): (i64, String) = (row.get("id")?, row.get("recipient")?);
        let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
        let thread: Option<String> = row.get("thread")?;
        let earlier = match &thread {
            Some(root) => self.earlier_in_thread(root, &recipient, id)?,
            None => Vec::new(),
        };
        let message = Message {
            kind: Kind::parse(&kind).ok_or_else(|| unreadable(format!("`{kind}` is no kind")))?,
            message_id: row.get("message_id")?,
            created: from_millis(row.get("created")?),
            alert: row.get("alert")?,
            watch: row.get("watch")?,
            thread: Thread { root: thread, earlier },
            content: wire::read_content(&row.get::<_, String>("content")?)?,
            folded: self.folded_into(id)?,
            recipient,
        };
        Ok(Notification {
            id,
            message,
            state: match state.as_str() {
                HELD => Delivery::Queued,
                state => Delivery::parse(state).ok_or_else(|| unreadable(format!("`{state}` is no state")))?,
            },
            attempts: row.get("attempts")?,
            next_try: time("next_try")?,
            last_error: row.get("last_error")?,
            sent: time("sent")?,
            held: row.get("held")?,
        })
    }

    fn folded_into(&self, id: i64) -> Result<Vec<Folded>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT kind, created FROM notification WHERE folded_into = ?1 ORDER BY id")?;
        let rows = statement.query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let mut folded = Vec::new();
        for row in rows {
            let (kind, created) = row?;
            let kind = Kind::parse(&kind)
                .ok_or_else(|| StoreError::Row { table: "notification", why: format!("`{kind}` is no kind") })?;
            folded.push(Folded { kind, at: from_millis(created) });
        }
        Ok(folded)
    }

    /// Those that will never arrive are left out: nobody can answer them.
    fn earlier_in_thread(&self, root: &str, recipient: &str, before: i64) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT message_id FROM (SELECT id, message_id FROM notification WHERE thread = ?1 AND recipient = ?2 \
             AND id < ?3 AND state NOT IN ('refused', 'expired') ORDER BY id DESC LIMIT ?4) ORDER BY id",
        )?;
        let rows = statement.query_map(params![root, recipient, before, EARLIER_NAMED], |row| row.get(0))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Queues a message; one with the same Message-ID is queued only once.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn queue(&self, new: NewNotification<'_>, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO notification (kind, recipient, message_id, created, alert, watch, thread, about, content, \
                 state, attempts, next_try, held, last_error) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?13, 0, ?10, ?11, ?12) \
                 ON CONFLICT (message_id) DO NOTHING",
            )?
            .execute(params![
                new.kind.word(),
                new.recipient,
                new.message_id,
                millis(now),
                new.alert,
                new.watch,
                new.thread,
                new.about,
                wire::write_content(new.content),
                new.held.map_or(Some(new.not_before), |silence| silence.until).map(millis),
                new.held.map(|silence| silence.id),
                new.held.map(Act::holding_words),
                if new.held.is_some() { HELD } else { Delivery::Queued.word() },
            ])?;
        Ok(())
    }

    /// Another silence holds a message from now on.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn hold(&self, id: i64, silence: &Act) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE notification SET held = ?2, next_try = ?3, last_error = ?4 WHERE id = ?1")?
            .execute(params![id, silence.id, silence.until.map(millis), silence.holding_words()])?;
        Ok(())
    }

    /// Nothing holds a message any longer: it is sent now.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn let_go(&self, id: i64, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE notification SET state = 'queued', held = NULL, next_try = ?2, last_error = NULL WHERE id = ?1",
            )?
            .execute(params![id, millis(now)])?;
        Ok(())
    }
}
