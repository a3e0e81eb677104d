//! Opening the file: the lock, the checks, the settings of each connection.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{Result, StoreError};
use super::marker::{self, Marker, beside};
use super::schema::{self, Age};
use super::{Reader, Store, backup, facts, integrity};

/// How long a short transaction of a command waits for the daemon's, and the other way round.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the store for `run`: takes the exclusive lock, makes the folder and the tables where they are missing, and
    /// brings an older schema up to date, after a copy of the file as it was.
    ///
    /// # Errors
    /// Another `run` on the same store, a lost, damaged, foreign or newer database, or what the file system says.
    pub fn open(path: &Path) -> Result<Self> {
        make_folder(path)?;
        let lock = take_lock(path)?;
        marker::check_presence(path)?;
        let marked = Marker::sequence(path);
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        // What is refused is left as it is: closing it would move its log into it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        integrity::check_quickly(&connection)?;
        let age = schema::age(&connection)?;
        match age {
            // The marker is made after the tables: a file without them has lost them, with the log that they were in.
            Age::Empty if marked.is_some() => return Err(StoreError::Lost(path.to_owned())),
            Age::Empty => {}
            Age::Older(_) | Age::Current => marker::check_sequence(path, marked, facts::sequence(&connection)?)?,
        }
        if let Age::Older(version) = age {
            backup::before_migration(&connection, path, version)?;
        }
        schema::migrate(&mut connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let marker = Marker::create(path)?;
        marker.note(facts::sequence(&connection)?);
        Ok(Self { connection, marker: Some(marker), _lock: Some(lock) })
    }

    /// Opens an existing store for one short transaction of a command, beside a running daemon.
    ///
    /// # Errors
    /// No store yet, one of another version, or one that cannot be written.
    pub fn join(path: &Path) -> Result<Self> {
        check_existence(path)?;
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        check_age(&connection, path)?;
        Ok(Self { connection, marker: Marker::find(path), _lock: None })
    }

    /// A store in memory, for replays that leave nothing behind and for tests.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn in_memory() -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        keep_plans(&connection)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, marker: None, _lock: None })
    }
}

impl Reader {
    /// Opens an existing store for reading.
    ///
    /// # Errors
    /// No store yet, one of another version, or one that cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = existing(path)?;
        check_age(&connection, path)?;
        Ok(Self { connection })
    }
}

/// Opens an existing file for reading, whatever its schema.
///
/// # Errors
/// No store yet, or one that cannot be read.
pub fn existing(path: &Path) -> Result<Connection> {
    check_existence(path)?;
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn check_existence(path: &Path) -> Result<()> {
    marker::check_presence(path)?;
    if path.exists() { Ok(()) } else { Err(StoreError::Absent(path.to_owned())) }
}

/// Only `run` migrates: it has the store to itself.
fn check_age(connection: &Connection, path: &Path) -> Result<()> {
    match schema::age(connection)? {
        Age::Current => Ok(()),
        Age::Empty if Marker::sequence(path).is_some() => Err(StoreError::Lost(path.to_owned())),
        Age::Empty => Err(StoreError::Absent(path.to_owned())),
        Age::Older(version) => Err(StoreError::Older(version)),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    keep_plans(&connection)?;
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        // WAL lets readers read while the writer writes; FULL makes a commit survive a power cut.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
    }
    // The schema's own text is trusted no more than data: a planted view or trigger cannot call functions.
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Statements that stay prepared: more than there are in `store`. With fewer, one evaluation pushes out what the next
/// one needs, and parsing takes longer than running.
const STATEMENTS: usize = 256;

/// A prepared statement stays prepared: this SQLite otherwise plans it anew for every new parameter, which took longer
/// than running it (60,000 items in one poll: 120,000 times).
fn keep_plans(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|source| StoreError::File {
        doing: "cannot make the folder",
        path: folder.to_owned(),
        source,
    })
}

/// The lock is a file of its own: locking the database itself would disturb SQLite's locks.
fn take_lock(path: &Path) -> Result<File> {
    let lock_path = beside(path, ".lock");
    let failed = |source| StoreError::File { doing: "cannot lock", path: lock_path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
