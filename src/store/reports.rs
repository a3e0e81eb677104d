//! Reports with what stays the same through their revisions.

use jiff::Timestamp;
use rusqlite::params;

use super::error::Result;
use super::{View, rows};
use crate::model::event::Reported;
use crate::model::name::Name;
use crate::model::time::{Span, millis};

impl View<'_> {
    /// The newest vintage of each key that rules may use at `as_of`, with an event time within the span; by event time.
    /// Withdrawn ones are among them, marked as such.
    ///
    /// # Errors
    /// What the database refuses, or a row that this program cannot have written.
    pub fn reports(&self, indicator: &Name, as_of: Timestamp, span: Span) -> Result<Vec<Reported>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT o.*, (SELECT min(f.id) FROM observation f WHERE f.indicator = o.indicator AND f.key = o.key) AS first \
             FROM observation o WHERE indicator = ?1 AND event_time >= ?3 AND event_time < ?4 \
             AND id = (SELECT id FROM observation n WHERE n.indicator = o.indicator AND n.key = o.key \
                       AND n.effective_at <= ?2 ORDER BY n.recorded_at DESC, n.id DESC LIMIT 1) \
             ORDER BY event_time, id",
        )?;
        let mut rows =
            statement.query(params![indicator.to_string(), millis(as_of), millis(span.from), millis(span.to)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Reported { observation: rows::read(row)?, first: row.get("first")? });
        }
        Ok(found)
    }
}
