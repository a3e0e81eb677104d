//! A file beside the database that remembers that there is one, and how far it had come.
//!
//! SQLite takes an empty file for a first start, and drops the end of a
//! damaged write-ahead log without a word. Both are seen here: every commit
//! raises a sequence within the database, and is then noted in the marker.
//! The marker is written after the commit and is not synced, so that a crash
//! can only leave it behind the database, never ahead of it: it raises no
//! false alarm.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::error::{Result, StoreError};

/// What the file begins with.
const WORD: &str = "watchfloor";
/// Digits of the sequence; the length never changes, so that a new one lies exactly over the old.
const DIGITS: usize = 20;

/// An open marker.
#[derive(Debug)]
pub struct Marker {
    file: File,
}

impl Marker {
    /// The marker of a database.
    pub fn path(database: &Path) -> PathBuf {
        beside(database, ".mark")
    }

    /// The sequence that was noted last; `None` without a marker, 0 for one that cannot be read.
    pub fn sequence(database: &Path) -> Option<i64> {
        let path = Self::path(database);
        if !path.exists() {
            return None;
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let digits = text.strip_prefix(WORD).map(str::trim).filter(|digits| digits.len() == DIGITS);
        Some(digits.and_then(|digits| digits.parse().ok()).unwrap_or(0))
    }

    /// Opens the marker of a database, making it where there is none.
    ///
    /// # Errors
    /// What the file system says.
    pub fn create(database: &Path) -> Result<Self> {
        let path = Self::path(database);
        match OpenOptions::new().create(true).truncate(false).write(true).open(&path) {
            Ok(file) => Ok(Self { file }),
            Err(source) => Err(StoreError::File { doing: "cannot write", path, source }),
        }
    }

    /// Opens the marker of a database where it is and may be written: a command of another user leaves it as it is.
    pub fn find(database: &Path) -> Option<Self> {
        OpenOptions::new().write(true).open(Self::path(database)).ok().map(|file| Self { file })
    }

    /// Notes a sequence that is committed.
    pub fn note(&self, sequence: i64) {
        // A marker that lags behind warns of less; that is no reason to fail what is committed.
        let _ = self.file.write_all_at(format!("{WORD} {sequence:0DIGITS$}\n").as_bytes(), 0);
    }
}

/// Refuses a database that is missing or empty although there was one.
///
/// # Errors
/// [`StoreError::Lost`].
pub fn check_presence(database: &Path) -> Result<()> {
    let is_empty = |path: &Path| std::fs::metadata(path).map_or(true, |data| data.len() == 0);
    let is_lost = is_empty(database) && (Marker::path(database).exists() || !is_empty(&beside(database, "-wal")));
    if is_lost { Err(StoreError::Lost(database.to_owned())) } else { Ok(()) }
}

/// Refuses a database that is behind what the marker said before it was opened.
///
/// # Errors
/// [`StoreError::Behind`].
pub fn check_sequence(database: &Path, marked: Option<i64>, sequence: i64) -> Result<()> {
    match marked {
        Some(marked) if marked > sequence => {
            Err(StoreError::Behind { path: database.to_owned(), missing: marked - sequence })
        }
        _ => Ok(()),
    }
}

/// A file beside the database whose name is the database's with something added.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
