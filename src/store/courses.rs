//! Views on how values came in: the course of a total, the rhythm of arrivals, what a closed period first said.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::View;
use super::error::Result;
use crate::model::name::Name;
use crate::model::observation::{Flag, Observation};
use crate::model::time::{Span, from_millis, millis};

/// A vintage without its evidence: enough to tell how a value came to be what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Vintage {
    /// Which value it is a vintage of.
    pub key: String,
    /// When it happened.
    pub event_time: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// When rules may use it.
    pub effective_at: Timestamp,
    /// Its figure, one for a report; `None` where the value was withdrawn or is kept out of readings.
    pub value: Option<f64>,
}

impl View<'_> {
    /// Every vintage recorded at `as_of` with its event time in `[from, to)`, by event time: the course of a
    /// running total. Falls that have not yet persisted are in it.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn course(
        &self,
        indicator: &Name,
        as_of: Timestamp,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Observation>> {
        self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND recorded_at <= ?2 AND event_time >= ?3 \
             AND event_time < ?4 AND withdrawn = 0 ORDER BY event_time, recorded_at, id",
            params![indicator.to_string(), millis(as_of), millis(from), millis(to)],
        )
    }

    /// The last points of a running total's course before an instant, by event time.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn course_before(
        &self,
        indicator: &Name,
        feed: &Name,
        as_of: Timestamp,
        (before, limit): (Timestamp, u32),
    ) -> Result<Vec<Observation>> {
        let mut found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND feed = ?2 AND recorded_at <= ?3 AND event_time < ?4 \
             AND withdrawn = 0 ORDER BY event_time DESC, recorded_at DESC, id DESC LIMIT ?5",
            params![indicator.to_string(), feed.to_string(), millis(as_of), millis(before), limit],
        )?;
        found.reverse();
        Ok(found)
    }

    /// The last values of one feed before an instant, by event time, each as rules may use it at `as_of`.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn observations_before(
        &self,
        indicator: &Name,
        feed: &Name,
        as_of: Timestamp,
        (before, limit): (Timestamp, u32),
    ) -> Result<Vec<Observation>> {
        let mut found = self.select(
            concat!(
                "SELECT * FROM observation o WHERE indicator = ?1 AND feed = ?2 AND event_time < ?4 AND withdrawn = 0 \
                 AND o.id = ",
                newest_as_of!("?3"),
                " ORDER BY event_time DESC, id DESC LIMIT ?5"
            ),
            params![indicator.to_string(), feed.to_string(), millis(as_of), millis(before), limit],
        )?;
        found.reverse();
        Ok(found)
    }

    /// The newest vintage of one key at exactly one event time, effective or not, withdrawn or not.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn newest_vintage_at(&self, indicator: &Name, key: &str, event_time: Timestamp) -> Result<Option<Observation>> {
        let found = self.select(
            // A total has one key for its whole course: the time is what narrows it down.
            "SELECT * FROM observation WHERE indicator = ?1 AND event_time = ?3 AND +key = ?2 \
             ORDER BY +recorded_at DESC, id DESC LIMIT 1",
            params![indicator.to_string(), key, millis(event_time)],
        )?;
        Ok(found.into_iter().next())
    }

    /// The first vintage of one key recorded at or after an instant: what a period said when it was over.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn first_vintage_since(&self, indicator: &Name, key: &str, since: Timestamp) -> Result<Option<Observation>> {
        let found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND key = ?2 AND recorded_at >= ?3 AND withdrawn = 0 \
             ORDER BY recorded_at, id LIMIT 1",
            params![indicator.to_string(), key, millis(since)],
        )?;
        Ok(found.into_iter().next())
    }

    /// The same of one point of a total's course.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn first_point_since(
        &self,
        indicator: &Name,
        key: &str,
        (since, event_time): (Timestamp, Timestamp),
    ) -> Result<Option<Observation>> {
        let found = self.select(
            "SELECT * FROM observation WHERE indicator = ?1 AND event_time = ?4 AND +key = ?2 AND +recorded_at >= ?3 \
             AND withdrawn = 0 ORDER BY +recorded_at, id LIMIT 1",
            params![indicator.to_string(), key, millis(since), millis(event_time)],
        )?;
        Ok(found.into_iter().next())
    }

    /// The newest vintages of a feed's keys that fell and that rules may not use yet at `now`.
    ///
    /// # Errors
    /// As [`View::observations`].
    pub fn pending_falls(
        &self,
        indicator: &Name,
        feed: &Name,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<Vec<Observation>> {
        self.select(
            "SELECT * FROM observation o WHERE indicator = ?1 AND feed = ?2 AND recorded_at >= ?4 AND effective_at > ?3 \
             AND withdrawn = 0 AND id = (SELECT id FROM observation n WHERE n.indicator = o.indicator AND n.key = o.key \
                       ORDER BY n.recorded_at DESC, n.id DESC LIMIT 1)",
            params![indicator.to_string(), feed.to_string(), millis(now), millis(since)],
        )
    }

    /// When the run of falls began that a key's newest vintage belongs to.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn fell_since(&self, indicator: &Name, key: &str) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT min(recorded_at) FROM observation WHERE indicator = ?1 AND key = ?2 AND recorded_at > coalesce(\
             (SELECT max(recorded_at) FROM observation WHERE indicator = ?1 AND key = ?2 AND ' ' || flags || ' ' NOT LIKE ?3), -1)",
        )?;
        let pattern = format!("% {} %", Flag::Fell.word());
        let began: Option<i64> =
            statement.query_row(params![indicator.to_string(), key, pattern], |row| row.get(0)).optional()?.flatten();
        Ok(began.map(from_millis))
    }

    /// Every vintage of one feed recorded by `as_of` with its event time in `within`, by key and time of recording.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn vintages_between(
        &self,
        indicator: &Name,
        feed: &Name,
        as_of: Timestamp,
        within: Span,
    ) -> Result<Vec<Vintage>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, event_time, recorded_at, effective_at, coalesce(value, iif(kind = 'report', 1.0, NULL)), \
             withdrawn, flags FROM observation WHERE indicator = ?1 AND feed = ?2 AND recorded_at <= ?3 \
             AND event_time >= ?4 AND event_time < ?5 ORDER BY key, recorded_at, id",
        )?;
        let rows = statement.query_map(
            params![indicator.to_string(), feed.to_string(), millis(as_of), millis(within.from), millis(within.to)],
            |row| {
                let is_out: bool = row.get(5)?;
                let flags: String = row.get(6)?;
                let bars = flags.split(' ').filter_map(Flag::parse).any(Flag::bars_from_readings);
                Ok(Vintage {
                    key: row.get(0)?,
                    event_time: from_millis(row.get(1)?),
                    recorded_at: from_millis(row.get(2)?),
                    effective_at: from_millis(row.get(3)?),
                    value: row.get::<_, Option<f64>>(4)?.filter(|_| !is_out && !bars),
                })
            },
        )?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// When the first value of one feed was recorded.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn first_recorded(&self, indicator: &Name, feed: &Name) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT recorded_at FROM observation WHERE indicator = ?1 AND feed = ?2 ORDER BY recorded_at LIMIT 1",
        )?;
        let first: Option<i64> =
            statement.query_row(params![indicator.to_string(), feed.to_string()], |row| row.get(0)).optional()?;
        Ok(first.map(from_millis))
    }

    /// The last moments at which anything new was recorded of an indicator by `as_of`, newest first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn arrivals(&self, indicator: &Name, as_of: Timestamp, limit: u32) -> Result<Vec<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT recorded_at FROM observation WHERE indicator = ?1 AND recorded_at <= ?2 \
             ORDER BY recorded_at DESC LIMIT ?3",
        )?;
        let rows = statement
            .query_map(params![indicator.to_string(), millis(as_of), limit], |row| row.get(0).map(from_millis))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }
}
