//! Copies of the live file: taken in one step of SQLite's own, and read again before they count.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::error::{Result, StoreError};
use super::marker::beside;
use super::{facts, integrity, open, schema};

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// How large the file is.
    pub bytes: u64,
    /// How many vintages it holds.
    pub observations: u32,
    /// The sequence of its last commit.
    pub sequence: i64,
}

/// Copies a store to a file that does not exist yet, beside whoever writes to it, and checks the copy whole.
///
/// The copy is one file without a write-ahead log, of the same schema as the original, older ones included.
///
/// # Errors
/// A store that cannot be opened, a target that exists, no room, or a copy that does not pass the check; no target is
/// left behind then.
pub fn copy(database: &Path, target: &Path) -> Result<Copied> {
    let source = open::existing(database)?;
    // Taken first, so that two backups under one name cannot overwrite each other.
    if let Err(source) = OpenOptions::new().create_new(true).write(true).open(target) {
        return Err(match source.kind() {
            std::io::ErrorKind::AlreadyExists => StoreError::Occupied(target.to_owned()),
            _ => StoreError::File { doing: "cannot make", path: target.to_owned(), source },
        });
    }
    let copied = copy_over(&source, target);
    if copied.is_err() {
        let _ = std::fs::remove_file(target);
    }
    copied
}

/// Copies an open database beside itself before its schema is changed.
///
/// # Errors
/// As [`copy`]; an earlier copy of this name is of an attempt that changed nothing, and is replaced.
pub fn before_migration(connection: &Connection, database: &Path, version: u32) -> Result<PathBuf> {
    let target = beside(database, &format!(".schema-{version}"));
    copy_over(connection, &target)?;
    Ok(target)
}

/// Copies to a file beside the target, checks it, and puts it in the target's place.
fn copy_over(source: &Connection, target: &Path) -> Result<Copied> {
    let part = beside(target, ".part");
    let failed = |doing| {
        let path = target.to_owned();
        move |source| StoreError::File { doing, path, source }
    };
    if part.exists() {
        std::fs::remove_file(&part).map_err(failed("cannot replace what an earlier backup left beside"))?;
    }
    let copied = write_and_check(source, &part);
    match copied {
        Ok(copied) => {
            std::fs::rename(&part, target).map_err(failed("cannot put the copy in the place of"))?;
            Ok(copied)
        }
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

fn write_and_check(source: &Connection, part: &Path) -> Result<Copied> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(part, flags)?;
    // In one step: between two, a commit of another process would make it begin anew.
    let step = Backup::new(source, &mut copy)?.step(-1)?;
    if step != StepResult::Done {
        return Err(StoreError::Row { table: "sqlite_schema", why: format!("the copy stopped ({step:?}); try again") });
    }
    // The original's log does not belong to the copy; as one file it can be moved and read anywhere.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    integrity::check_whole(&copy)?;
    schema::age(&copy)?;
    let observations = copy.query_row("SELECT count(*) FROM observation", [], |row| row.get(0))?;
    let sequence = facts::sequence(&copy)?;
    drop(copy);
    let bytes = std::fs::metadata(part).map_or(0, |data| data.len());
    Ok(Copied { bytes, observations, sequence })
}
