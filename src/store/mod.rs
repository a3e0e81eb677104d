//! The SQLite file: schema, migrations, as-of views, outbox rows.
//!
//! Observations are append-only with two clocks: `event_time`, when it
//! happened, and `recorded_at`, when we learned it. Every question is asked
//! *as of* a moment, so that a decision can be explained and repeated from
//! what was known then. SQL lives here and nowhere else; no thread is started
//! here and no clock is read.

/// Of the key of `o`, the number of the newest vintage that was known and usable at a parameter: the one way in which
/// history is seen as of a moment. Rules may use nothing before it is recorded; that the query says so keeps a look at
/// the past from going through all that came later.
macro_rules! newest_as_of {
    ($as_of:literal) => {
        concat!(
            "(SELECT n.id FROM observation n WHERE n.indicator = o.indicator AND n.key = o.key AND n.recorded_at <= ",
            $as_of,
            " AND n.effective_at <= ",
            $as_of,
            " ORDER BY n.recorded_at DESC, n.id DESC LIMIT 1)"
        )
    };
}

mod acts;
mod alerts;
mod backup;
mod courses;
mod coverage;
mod deliveries;
mod error;
mod extractors;
mod facts;
mod feeds;
mod integrity;
mod items;
mod marker;
mod notes;
mod observations;
mod open;
mod outbox;
mod probabilities;
mod provenance;
mod reports;
mod retention;
mod rows;
mod scenarios;
mod schema;
mod wire;

use rusqlite::{Connection, TransactionBehavior};

pub use alerts::NewTransition;
pub use backup::{Copied, copy};
pub use courses::Vintage;
pub use deliveries::{Round, Waiting};
pub use error::{Result, StoreError};
pub use extractors::ExtractorRecord;
pub use feeds::PollRecord;
pub use integrity::examine;
pub use items::{ItemRow, KnownItem, StoredText};
pub use outbox::NewNotification;
pub use probabilities::ShownProbability;
pub use scenarios::{ConditionMemory, ScenarioMemory};

/// The store, open for reading and writing.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    /// Told of every commit; a store in memory has none.
    marker: Option<marker::Marker>,
    /// Held for as long as the store is open by `run`.
    _lock: Option<std::fs::File>,
}

/// The store, open for reading only.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// What can be asked of the store.
#[derive(Debug, Clone, Copy)]
pub struct View<'c> {
    connection: &'c Connection,
}

/// What can be asked and changed within one transaction.
#[derive(Debug, Clone, Copy)]
pub struct Change<'c> {
    view: View<'c>,
}

impl<'c> std::ops::Deref for Change<'c> {
    type Target = View<'c>;

    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

impl Store {
    /// Runs `work` in one transaction: all of it is stored, or nothing is.
    ///
    /// # Errors
    /// What `work` says, or what the database refuses at the end; nothing of it is stored then.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Change<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let done = work(&Change { view: View { connection: &transaction } })?;
        let sequence = facts::advance(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        if let Some(marker) = &self.marker {
            marker.note(sequence);
        }
        Ok(done)
    }

    /// Looks at the store as the writer sees it.
    pub fn view(&self) -> View<'_> {
        View { connection: &self.connection }
    }
}

impl Reader {
    /// Runs `work` on one unchanging picture of the store.
    ///
    /// # Errors
    /// What `work` says, or that no picture could be taken.
    pub fn read<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&View<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let transaction = self.connection.transaction().map_err(StoreError::from)?;
        work(&View { connection: &transaction })
    }
}
