//! The schema and how an older database becomes a current one.

use rusqlite::{Connection, TransactionBehavior};

use super::error::{Result, StoreError};

/// `Wflr`: marks a SQLite file as ours.
const APPLICATION_ID: i32 = 0x5766_6c72;

/// One step each, in the order of their numbers; `user_version` counts the steps that are done. A released one is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_feed_rhythm.sql"),
    include_str!("migrations/0003_outbox.sql"),
    include_str!("migrations/0004_by_hand.sql"),
    include_str!("migrations/0005_extended.sql"),
    include_str!("migrations/0006_provenance.sql"),
    include_str!("migrations/0007_analyst.sql"),
    include_str!("migrations/0008_long_histories.sql"),
    include_str!("migrations/0009_items_in_order.sql"),
];

/// The version of a database on which all steps are done.
pub const CURRENT: u32 = MIGRATIONS.len() as u32;

/// How the database at hand relates to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It has no tables yet.
    Empty,
    /// It needs the migrations from this one on.
    Older(u32),
    /// Nothing is to be done.
    Current,
}

/// Compares the database's version with ours.
///
/// # Errors
/// A file of another program, or of a newer version of this one.
pub fn age(connection: &Connection) -> Result<Age> {
    let id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 && id == 0 {
        return Ok(Age::Empty);
    }
    if id != APPLICATION_ID {
        return Err(StoreError::Foreign);
    }
    match version.cmp(&CURRENT) {
        std::cmp::Ordering::Less => Ok(Age::Older(version)),
        std::cmp::Ordering::Equal => Ok(Age::Current),
        std::cmp::Ordering::Greater => Err(StoreError::Newer { version, known: CURRENT }),
    }
}

/// Runs the missing migrations, all or none.
///
/// # Errors
/// What the database refuses; it is then as it was.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let done = match age(connection)? {
        Age::Current => return Ok(()),
        Age::Empty => 0,
        Age::Older(version) => version,
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(done as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", CURRENT)?;
    transaction.commit()?;
    Ok(())
}
