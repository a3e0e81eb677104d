//! What the daemon does once a minute: it says that it is alive, and looks whether a command has written.

use std::path::PathBuf;

use jiff::Timestamp;

use super::engine::Engine;
use crate::store::{Store, StoreError};

/// What a look at the store showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Changes whenever someone else has written.
    pub foreign_commits: i64,
}

impl Engine {
    /// Remembers that this run is alive, and looks at the store.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn check_in(&self, now: Timestamp) -> anyhow::Result<Look> {
        let work = move |store: &mut Store| -> Result<Look, StoreError> {
            store.write(|change| change.set_alive(now))?;
            Ok(Look { foreign_commits: store.view().foreign_commits()? })
        };
        Ok(self.writer.with(work).await??)
    }

    /// Remembers where this run listens for nudges.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn listens_at(&self, path: Option<PathBuf>) -> anyhow::Result<()> {
        Ok(self.writer.with(move |store| store.write(|change| change.set_socket(path.as_deref()))).await??)
    }
}
