//! How each extractor has fared: tries, matches, and since when it has found nothing.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::error::Result;
use super::{Change, View};
use crate::model::name::Name;
use crate::model::time::{from_millis, millis};

/// How one extractor has fared since it was last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractorRecord {
    /// Since when it is as it is.
    pub since: Timestamp,
    /// Items it was tried on.
    pub tried: u32,
    /// Items that gave a value or a stated zero.
    pub matched: u32,
    /// Items on which it failed.
    pub failed: u32,
    /// Documents with new items in a row in which nothing matched.
    pub misses: u32,
    /// When it last found something.
    pub last_match: Option<Timestamp>,
    /// Since when people have been told that it is broken.
    pub told_broken: Option<Timestamp>,
}

impl ExtractorRecord {
    /// One that was never tried.
    pub fn new(now: Timestamp) -> Self {
        Self { since: now, tried: 0, matched: 0, failed: 0, misses: 0, last_match: None, told_broken: None }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ExtractorRecord> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|at| at.map(from_millis));
    Ok(ExtractorRecord {
        since: from_millis(row.get("since")?),
        tried: row.get("tried")?,
        matched: row.get("matched")?,
        failed: row.get("failed")?,
        misses: row.get("misses")?,
        last_match: time("last_match")?,
        told_broken: time("told_broken")?,
    })
}

impl View<'_> {
    /// How an extractor has fared; `None` when it was never tried.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn extractor(&self, indicator: &Name, feed: &Name, method: &str) -> Result<Option<ExtractorRecord>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM extractor WHERE indicator = ?1 AND feed = ?2 AND method = ?3")?;
        Ok(statement.query_row(params![indicator.to_string(), feed.to_string(), method], read).optional()?)
    }

    /// Whether any way to read an indicator from a feed has been tried.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn has_extractor(&self, indicator: &Name, feed: &Name) -> Result<bool> {
        let mut statement =
            self.connection.prepare_cached("SELECT 1 FROM extractor WHERE indicator = ?1 AND feed = ?2")?;
        Ok(statement.exists(params![indicator.to_string(), feed.to_string()])?)
    }
}

impl Change<'_> {
    /// Stores how an extractor has fared.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_extractor(&self, indicator: &Name, feed: &Name, method: &str, record: &ExtractorRecord) -> Result<()> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO extractor VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
            .execute(params![
                indicator.to_string(),
                feed.to_string(),
                method,
                millis(record.since),
                record.tried,
                record.matched,
                record.failed,
                record.misses,
                record.last_match.map(millis),
                record.told_broken.map(millis),
            ])?;
        Ok(())
    }
}
