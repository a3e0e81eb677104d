//! Whether the file is whole: quickly before it is used, and all of it beside whoever uses it.

use std::path::Path;

use rusqlite::Connection;

use super::error::{Result, StoreError};
use super::{Change, Store, View, open};

/// The fact that says what is damaged; empty, or absent, where nothing is.
const DAMAGE: &str = "damage";

/// Reads every page, index and reference of a live store, beside whoever writes to it; gives what is damaged.
///
/// # Errors
/// A store that cannot be read for another reason than damage.
pub fn examine(database: &Path) -> Result<Option<String>> {
    match open::existing(database).and_then(|connection| check_whole(&connection)) {
        Ok(()) => Ok(None),
        Err(StoreError::Damaged(what)) => Ok(Some(what)),
        Err(error) => Err(error),
    }
}

/// Reads every page, and does not compare the indices with their tables: an index that lies is not seen.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(super) fn check_quickly(connection: &Connection) -> Result<()> {
    passes(connection, "PRAGMA quick_check(1)")
}

/// Reads every page, index and reference.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(super) fn check_whole(connection: &Connection) -> Result<()> {
    passes(connection, "PRAGMA integrity_check(1)")?;
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let dangling: Option<String> = statement.query_map([], |row| row.get(0))?.next().transpose()?;
    match dangling {
        None => Ok(()),
        Some(table) => Err(StoreError::Damaged(format!("a row of table {table} refers to a row that is not there"))),
    }
}

fn passes(connection: &Connection, check: &str) -> Result<()> {
    let answer: String = connection.query_row(check, [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::Damaged(answer.replace('\n', " "))) }
}

impl Store {
    /// Where the file is; `None` for a store in memory.
    pub fn path(&self) -> Option<&Path> {
        self.connection.path().filter(|path| !path.is_empty()).map(Path::new)
    }
}

impl View<'_> {
    /// What the last whole check found damaged.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn damage(&self) -> Result<Option<String>> {
        Ok(self.fact(DAMAGE)?.filter(|what| !what.is_empty()))
    }
}

impl Change<'_> {
    /// Remembers what a whole check found.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_damage(&self, damage: Option<&str>) -> Result<()> {
        if self.damage()?.as_deref() == damage { Ok(()) } else { self.set_fact(DAMAGE, damage.unwrap_or_default()) }
    }
}
