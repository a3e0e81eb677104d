//! Which spans of time a feed's successful polls account for, as known at a moment.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::error::Result;
use super::{Change, View};
use crate::model::name::Name;
use crate::model::time::{Span, from_millis, millis};

impl View<'_> {
    /// The spans within `within` that polls recorded by `as_of` account for, ascending; they may overlap.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn coverage(&self, feed: &Name, within: Span, as_of: Timestamp) -> Result<Vec<Span>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT since, (SELECT max(e.until) FROM coverage_end e WHERE e.coverage = c.id AND e.until <= ?2) AS end \
             FROM coverage c WHERE feed = ?1 AND learned <= ?2 AND until >= ?3 AND since <= ?4 AND end >= ?3 ORDER BY since",
        )?;
        let rows = statement.query_map(
            params![feed.to_string(), millis(as_of), millis(within.from), millis(within.to)],
            |row| {
                let (since, until): (i64, i64) = (row.get(0)?, row.get(1)?);
                Ok(Span::new(from_millis(since), from_millis(until)))
            },
        )?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Every span that polls account for, each with the poll that began it, in the order of those polls.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn coverage_rows(&self, feed: &Name) -> Result<Vec<(Span, Timestamp)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT since, until, learned FROM coverage WHERE feed = ?1 ORDER BY learned, id")?;
        let rows = statement.query_map([feed.to_string()], |row| {
            let span = Span::new(from_millis(row.get(0)?), from_millis(row.get(1)?));
            Ok((span, from_millis(row.get(2)?)))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Until when polls recorded by `as_of` account for a feed.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn covered_until(&self, feed: &Name, as_of: Timestamp) -> Result<Option<Timestamp>> {
        // Asked now, the newest end answers; only the past has to be searched for.
        let mut newest = self.connection.prepare_cached("SELECT max(until) FROM coverage WHERE feed = ?1")?;
        let newest: Option<i64> = newest.query_row([feed.to_string()], |row| row.get(0))?;
        if newest.is_none_or(|until| until <= millis(as_of)) {
            return Ok(newest.map(from_millis));
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT max((SELECT max(e.until) FROM coverage_end e WHERE e.coverage = c.id AND e.until <= ?2)) \
             FROM coverage c WHERE feed = ?1 AND learned <= ?2",
        )?;
        let until: Option<i64> = statement.query_row(params![feed.to_string(), millis(as_of)], |row| row.get(0))?;
        Ok(until.map(from_millis))
    }
}

impl Change<'_> {
    /// Notes that a poll at `now` accounts for everything since `since`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn cover(&self, feed: &Name, since: Timestamp, now: Timestamp) -> Result<()> {
        let (feed, since, now) = (feed.to_string(), millis(since), millis(now));
        let following: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT id FROM coverage WHERE feed = ?1 AND since <= ?2 AND until >= ?2 ORDER BY until DESC LIMIT 1",
            )?
            .query_row(params![feed, since], |row| row.get(0))
            .optional()?;
        let id = match following {
            Some(id) => {
                self.connection
                    .prepare_cached("UPDATE coverage SET until = max(until, ?2) WHERE id = ?1")?
                    .execute(params![id, now])?;
                id
            }
            None => {
                self.connection
                    .prepare_cached("INSERT INTO coverage (feed, since, until, learned) VALUES (?1, ?2, ?3, ?3)")?
                    .execute(params![feed, since, now])?;
                self.connection.last_insert_rowid()
            }
        };
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO coverage_end (coverage, until) VALUES (?1, ?2)")?
            .execute(params![id, now])?;
        Ok(())
    }
}
