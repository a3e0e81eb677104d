//! What can go wrong with the store, in sentences that say what to do.

use std::path::PathBuf;

/// Shorthand for the store's own results.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What went wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process runs on the same store.
    #[error("another watchfloor is running on {}; stop it first, or give this one a `[store] path` of its own", .0.display())]
    Locked(PathBuf),
    /// There is no store yet.
    #[error("there is no database at {} yet; `watchfloor run` makes one", .0.display())]
    Absent(PathBuf),
    /// There was a store, and it is gone.
    #[error(
        "there was a database at {path}, and now it is missing or empty: this is no first start, and nothing was changed. \
         Restore your last copy (docs/operations.md), or, to begin with an empty history on purpose, remove {path}.mark \
         and what is left of {path}-wal",
        path = .0.display()
    )]
    Lost(PathBuf),
    /// The store is older than what was committed to it.
    #[error(
        "the database at {} is {missing} commits behind its marker: the end of its write-ahead log was lost, or an older copy \
         was put in its place. Nothing was changed. To go on from what is there on purpose, remove {}.mark; values and \
         decisions of the missing commits are made again, and their messages may come a second time",
        .path.display(),
        .path.display()
    )]
    Behind {
        /// The database.
        path: PathBuf,
        /// How many commits are missing.
        missing: i64,
    },
    /// The file was written by an older version.
    #[error("the database is of the older schema {0}; start `watchfloor run` once to bring it up to date")]
    Older(u32),
    /// A copy would overwrite something.
    #[error("{} exists; a backup overwrites nothing, give it another name", .0.display())]
    Occupied(PathBuf),
    /// The file is another program's.
    #[error("the database is not watchfloor's; `[store] path` names another program's file, which is left as it is")]
    Foreign,
    /// The file was written by a newer version.
    #[error(
        "the database is of schema {version}, this program knows up to {known}; use the newer version that wrote it (nothing was changed)"
    )]
    Newer {
        /// The database's schema.
        version: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The file cannot be read as a database.
    #[error(
        "the database is damaged ({0}); it was left as it is. Restore your last copy, or save what can be read as docs/operations.md shows"
    )]
    Damaged(String),
    /// No room on the disk.
    #[error("the disk with the database is full; nothing was lost, it is tried again")]
    Full,
    /// The file or its folder may not be written.
    #[error("the database cannot be opened or written ({0}); check owner and mode of the file and its folder")]
    ReadOnly(String),
    /// Anything else SQLite says.
    #[error("the database refused: {0}")]
    Sqlite(rusqlite::Error),
    /// Anything the file system says.
    #[error("{doing} {}", .path.display())]
    File {
        /// What was being done, such as `cannot open`.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row that this program cannot have written.
    #[error("a row of table {table} cannot be read: {why}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, PermissionDenied, ReadOnly};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged(error.to_string()),
            Some(DiskFull) => Self::Full,
            Some(ReadOnly | PermissionDenied | CannotOpen) => Self::ReadOnly(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// Whether the sentence says which file it is about.
    pub fn names_its_file(&self) -> bool {
        matches!(
            self,
            Self::Locked(_)
                | Self::Absent(_)
                | Self::Lost(_)
                | Self::Behind { .. }
                | Self::Occupied(_)
                | Self::File { .. }
        )
    }

    /// Whether the same may succeed later without anyone doing anything to the database itself.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Full | Self::ReadOnly(_) | Self::Locked(_) => true,
            Self::File { source, .. } => matches!(
                source.kind(),
                std::io::ErrorKind::StorageFull
                    | std::io::ErrorKind::QuotaExceeded
                    | std::io::ErrorKind::ReadOnlyFilesystem
            ),
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    rusqlite::ErrorCode::DatabaseBusy
                        | rusqlite::ErrorCode::DatabaseLocked
                        | rusqlite::ErrorCode::SystemIoFailure
                )
            ),
            _ => false,
        }
    }
}
