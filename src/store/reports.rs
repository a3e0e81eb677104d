//! Reports and statements with what stays the same through their revisions, and what they show of their origins.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::error::Result;
use super::{View, provenance, rows};
use crate::model::event::Reported;
use crate::model::name::Name;
use crate::model::time::{Span, from_millis, millis};

impl View<'_> {
    /// The newest vintage of each key that rules may use at `as_of`, with an event time within the span; by event time.
    /// Withdrawn ones are among them, marked as such.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn reports(&self, indicator: &Name, as_of: Timestamp, span: Span) -> Result<Vec<Reported>> {
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT o.*, (SELECT min(f.id) FROM observation f WHERE f.indicator = o.indicator AND f.key = o.key) \
                 AS first, p.shown, p.shingling, p.sketch \
                 FROM observation o LEFT JOIN provenance p ON p.observation = o.id \
                 WHERE indicator = ?1 AND event_time >= ?3 AND event_time < ?4 AND o.id = ",
            newest_as_of!("?2"),
            " ORDER BY event_time, o.id"
        ))?;
        // Looked up once: of each row it costs more than the cells.
        let (first, shown) = (statement.column_index("first")?, statement.column_index("shown")?);
        let mut rows =
            statement.query(params![indicator.to_string(), millis(as_of), millis(span.from), millis(span.to)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Reported {
                observation: rows::read(row)?,
                first: row.get(first)?,
                shown: provenance::read(row, shown)?.unwrap_or_default(),
            });
        }
        Ok(found)
    }

    /// The last event time within a span before which nothing was reported for longer than `pause`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn last_pause(
        &self,
        indicator: &Name,
        as_of: Timestamp,
        span: Span,
        pause: SignedDuration,
    ) -> Result<Option<Timestamp>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT max(event_time) FROM (SELECT event_time, lag(event_time) OVER (ORDER BY event_time) AS before \
             FROM observation WHERE indicator = ?1 AND event_time >= ?3 AND event_time <= ?4 AND effective_at <= ?2) \
             WHERE event_time - before > ?5",
        )?;
        let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        let found: Option<i64> = statement.query_row(
            params![indicator.to_string(), millis(as_of), millis(span.from), millis(span.to), pause],
            |row| row.get(0),
        )?;
        Ok(found.map(from_millis))
    }
}
