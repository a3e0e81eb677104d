//! Single facts the store remembers about itself.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use super::{Change, View};
use crate::model::time::{Span, from_millis, millis};

/// The number of the last commit; 0 in a store that was never written to.
///
/// # Errors
/// What the database refuses.
pub fn sequence(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'sequence'")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Counts the commit that is about to be made; gives its number.
///
/// # Errors
/// What the database refuses.
pub fn advance(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO fact VALUES ('sequence', '1') \
         ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING CAST(value AS INTEGER)",
    )?;
    Ok(statement.query_row([], |row| row.get(0))?)
}
/// The fact that tells commands where to nudge the daemon.
const SOCKET: &str = "socket";

impl View<'_> {
    /// The number of the last commit: it rises with every change, whoever made it.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn sequence(&self) -> Result<i64> {
        sequence(self.connection)
    }

    /// When a `run` on this store was last known to be alive.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn last_alive(&self) -> Result<Option<Timestamp>> {
        Ok(self.fact("last_alive")?.and_then(|text| text.parse().ok()).map(from_millis))
    }

    /// Every stretch in which nothing watched, oldest first.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn downtimes(&self) -> Result<Vec<Span>> {
        let mut statement = self.connection.prepare_cached("SELECT since, until FROM downtime ORDER BY until, id")?;
        let rows = statement.query_map([], |row| Ok(Span::new(from_millis(row.get(0)?), from_millis(row.get(1)?))))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Since when the daemon's configuration is in force, and what it changed.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn configured(&self) -> Result<Option<(Timestamp, String)>> {
        let Some(fact) = self.fact("configured")? else { return Ok(None) };
        let parts = fact.split_once(' ').and_then(|(at, changes)| Some((from_millis(at.parse().ok()?), changes)));
        Ok(parts.map(|(at, changes)| (at, changes.to_owned())))
    }

    /// A fact by its name.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn fact(&self, name: &str) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM fact WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// A number that changes whenever another connection has committed: cheap to ask, for whoever waits for commands.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn foreign_commits(&self) -> Result<i64> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Where a running daemon listens for nudges; `None` where it does not.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn socket(&self) -> Result<Option<PathBuf>> {
        Ok(self.fact(SOCKET)?.filter(|path| !path.is_empty()).map(PathBuf::from))
    }

    /// The newest moment at which anything was recorded: a simulated run may not begin before it.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn latest_recorded(&self) -> Result<Option<Timestamp>> {
        let newest: Option<i64> = self.connection.query_row(
            "SELECT max(t) FROM (SELECT max(recorded_at) AS t FROM observation UNION ALL SELECT max(last_poll) FROM feed \
             UNION ALL SELECT max(at) FROM transition)",
            [],
            |row| row.get(0),
        )?;
        Ok(newest.map(from_millis))
    }
}

impl Change<'_> {
    /// Remembers that this process is alive.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_alive(&self, now: Timestamp) -> Result<()> {
        self.set_fact("last_alive", &millis(now).to_string())
    }

    /// Remembers a stretch in which nothing watched.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn add_downtime(&self, stretch: Span) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO downtime (since, until) VALUES (?1, ?2)")?
            .execute(params![millis(stretch.from), millis(stretch.to)])?;
        Ok(())
    }

    /// Remembers since when the daemon's configuration is in force, and what it changed.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_configured(&self, now: Timestamp, changes: &str) -> Result<()> {
        self.set_fact("configured", &format!("{} {changes}", millis(now)))
    }

    /// Remembers where this daemon listens for nudges: a command has no `$RUNTIME_DIRECTORY` of its own.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_socket(&self, path: Option<&Path>) -> Result<()> {
        self.set_fact(SOCKET, &path.map(|path| path.display().to_string()).unwrap_or_default())
    }

    /// Remembers a fact.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_fact(&self, name: &str, value: &str) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO fact VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?
            .execute(params![name, value])?;
        Ok(())
    }
}
