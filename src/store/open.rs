//! Opening the file: the lock, the checks, the settings of each connection.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::{Result, StoreError};
use super::schema::{self, Age};
use super::{Reader, Store};

/// How long a short transaction of a command waits for the daemon's, and the other way round.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the store for `run`: takes the exclusive lock, makes the folder and the tables where they are missing.
    ///
    /// # Errors
    /// Another `run` on the same store, a damaged, foreign or newer database, or what the file system says.
    pub fn open(path: &Path) -> Result<Self> {
        make_folder(path)?;
        let lock = take_lock(path)?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        check_integrity(&connection)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, _lock: Some(lock) })
    }

    /// Opens an existing store for one short transaction of a command, beside a running daemon.
    ///
    /// # Errors
    /// No store yet, or as [`Store::open`] without the lock.
    pub fn join(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(StoreError::Absent(path.to_owned()));
        }
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, _lock: None })
    }

    /// A store in memory, for replays that leave nothing behind and for tests.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn in_memory() -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection, _lock: None })
    }
}

impl Reader {
    /// Opens an existing store for reading.
    ///
    /// # Errors
    /// No store yet, one of another version, or one that cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(StoreError::Absent(path.to_owned()));
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        match schema::age(&connection)? {
            Age::Current => Ok(Self { connection }),
            Age::Empty => Err(StoreError::Absent(path.to_owned())),
            // Reading never migrates; a writer does it at its next start.
            Age::Older(version) => Err(StoreError::Row {
                table: "sqlite_schema",
                why: format!("it is of the older schema {version}; start `watchfloor run` once to bring it up to date"),
            }),
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        // WAL lets readers read while the writer writes; FULL makes a commit survive a power cut.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
    }
    // The schema's own text is trusted no more than data: a planted view or trigger cannot call functions.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn check_integrity(connection: &Connection) -> Result<()> {
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::Damaged(answer)) }
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
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let failed = |source| StoreError::File { doing: "cannot lock", path: lock_path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
