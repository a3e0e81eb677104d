//! How feeds stand, and their last polls.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use super::error::Result;
use super::{Change, View};
use crate::model::feed::{FeedState, Health, Rhythm, Validators};
use crate::model::name::Name;
use crate::model::time::{from_millis, millis};

/// Polls kept for each feed.
const POLLS_KEPT: i64 = 200;

/// One poll, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollRecord {
    /// When.
    pub at: Timestamp,
    /// `ok`, `unchanged` or the health it came to.
    pub status: String,
    /// Items that were new or changed.
    pub items_new: u32,
    /// How long fetching took, in milliseconds.
    pub took_ms: u32,
    /// What went wrong.
    pub error: Option<String>,
}

impl View<'_> {
    /// How a feed stands; `None` when it was never asked.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn feed_state(&self, feed: &Name) -> Result<Option<FeedState>> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM feed WHERE name = ?1")?;
        Ok(statement.query_row([feed.to_string()], read_state).optional()?)
    }

    /// How a feed stood at a moment; `None` when it had not been asked by then.
    ///
    /// Health is kept for ever, polls for a while: what only they tell is left open for moments before them.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn feed_state_as_of(&self, feed: &Name, at: Timestamp) -> Result<Option<FeedState>> {
        let (name, at) = (feed.to_string(), millis(at));
        let mut statement = self.connection.prepare_cached(
            "SELECT health, at, error FROM feed_health WHERE feed = ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1",
        )?;
        let found = statement.query_row(params![name, at], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?))
        });
        let Some((health, since, last_error)) = found.optional()? else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT max(at), max(CASE WHEN status IN ('ok', 'unchanged') THEN at END) FROM poll WHERE feed = ?1 AND at <= ?2",
        )?;
        let (last_poll, last_success): (Option<i64>, Option<i64>) =
            statement.query_row(params![name, at], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(FeedState {
            health: Health::parse(&health).unwrap_or(Health::Error),
            last_poll: last_poll.map(from_millis),
            last_success: last_success.map(from_millis),
            last_error,
            ..FeedState::new(from_millis(since))
        }))
    }

    /// The last polls of a feed up to a moment, newest first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn polls(&self, feed: &Name, as_of: Timestamp, limit: u32) -> Result<Vec<PollRecord>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM poll WHERE feed = ?1 AND at <= ?2 ORDER BY id DESC LIMIT ?3")?;
        let rows = statement.query_map(params![feed.to_string(), millis(as_of), limit], |row| {
            Ok(PollRecord {
                at: from_millis(row.get("at")?),
                status: row.get("status")?,
                items_new: row.get("items_new")?,
                took_ms: row.get("took_ms")?,
                error: row.get("error")?,
            })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// How many of the last polls of a feed brought a new document since an instant.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn documents_since(&self, feed: &Name, since: Timestamp) -> Result<usize> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM poll WHERE feed = ?1 AND at >= ?2 AND status = 'ok'")?;
        let count: i64 = statement.query_row(params![feed.to_string(), millis(since)], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

fn read_state(row: &Row<'_>) -> rusqlite::Result<FeedState> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(from_millis));
    Ok(FeedState {
        health: Health::parse(&row.get::<_, String>("health")?).unwrap_or(Health::Error),
        since: from_millis(row.get("since")?),
        last_poll: time("last_poll")?,
        last_success: time("last_success")?,
        next_poll: time("next_poll")?,
        last_error: row.get("last_error")?,
        failures: row.get("failures")?,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
        body_hash: row.get("body_hash")?,
        covers_from: time("covers_from")?,
        moved_to: row.get("moved_to")?,
        told_broken: time("told_broken")?,
        rhythm: Rhythm {
            newest: time("newest_item")?,
            longest: SignedDuration::from_millis(row.get("longest_wait")?),
            waits: row.get("waits")?,
        },
        overflowed: time("overflowed")?,
    })
}

impl Change<'_> {
    /// Stores how a feed stands.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_feed_state(&self, feed: &Name, state: &FeedState) -> Result<()> {
        self.note_health(feed, state)?;
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO feed VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)",
            )?
            .execute(params![
                feed.to_string(),
                state.health.word(),
                millis(state.since),
                state.last_poll.map(millis),
                state.last_success.map(millis),
                state.next_poll.map(millis),
                state.last_error,
                state.failures,
                state.validators.etag,
                state.validators.last_modified,
                state.body_hash,
                state.covers_from.map(millis),
                state.moved_to,
                state.told_broken.map(millis),
                state.rhythm.newest.map(millis),
                i64::try_from(state.rhythm.longest.as_millis()).unwrap_or(i64::MAX),
                state.rhythm.waits,
                state.overflowed.map(millis),
            ])?;
        Ok(())
    }

    /// Keeps a change of a feed's health.
    fn note_health(&self, feed: &Name, state: &FeedState) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO feed_health (feed, at, health, error) SELECT ?1, ?2, ?3, ?4 \
                 WHERE ?3 IS NOT (SELECT health FROM feed_health WHERE feed = ?1 ORDER BY id DESC LIMIT 1)",
            )?
            .execute(params![
                feed.to_string(),
                millis(state.last_poll.unwrap_or(state.since)),
                state.health.word(),
                state.last_error,
            ])?;
        Ok(())
    }

    /// Adds a poll to the feed's last polls and drops the ones that are too old to show.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_poll(&self, feed: &Name, poll: &PollRecord) -> Result<()> {
        let feed = feed.to_string();
        self.connection
            .prepare_cached(
                "INSERT INTO poll (feed, at, status, items_new, took_ms, error) VALUES (?1,?2,?3,?4,?5,?6)",
            )?
            .execute(params![feed, millis(poll.at), poll.status, poll.items_new, poll.took_ms, poll.error])?;
        self.connection
            .prepare_cached(
                "DELETE FROM poll WHERE feed = ?1 AND id <= \
                 (SELECT id FROM poll WHERE feed = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute(params![feed, POLLS_KEPT])?;
        Ok(())
    }
}
