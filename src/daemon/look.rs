//! What the daemon asks of its store beside the feeds: signs of life, looks at what commands wrote, news of the store.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::engine::Engine;
use crate::model::notification::{Message, StoreNotice};
use crate::pipeline::{notices, sweep};
use crate::store::{self, Store, StoreError};

/// What a look at the store showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Changes whenever someone else has written.
    pub foreign_commits: i64,
}

impl Engine {
    /// Remembers that this run is alive, and looks at the store. Where it `is_back` after the store refused, the time
    /// since the last sign of life counts as not watched.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn check_in(&self, now: Timestamp, is_back: bool) -> anyhow::Result<Look> {
        let plan = Arc::clone(&self.plan);
        let work = move |store: &mut Store| -> Result<Look, StoreError> {
            store.write(|change| if is_back { sweep::pass_over(change, &plan, now) } else { change.set_alive(now) })?;
            Ok(Look { foreign_commits: store.view().foreign_commits()? })
        };
        Ok(self.writer.with(work).await??)
    }

    /// Reads all of the store, beside everything else, and remembers what is damaged. Gives it, and whether recipients are
    /// told of it now, which is done once.
    ///
    /// # Errors
    /// A store that cannot be read, or refuses to be told.
    pub async fn examine(&self, now: Timestamp) -> anyhow::Result<Option<(String, bool)>> {
        let path = self.writer.with(|store| store.path().map(PathBuf::from)).await?;
        let Some(path) = path else { return Ok(None) };
        let damage = tokio::task::spawn_blocking(move || store::examine(&path)).await??;
        let (plan, found) = (Arc::clone(&self.plan), damage.clone());
        let work = move |store: &mut Store| store.write(|change| notices::examined(change, &plan, found, now));
        let is_news = self.writer.with(work).await??;
        Ok(damage.map(|damage| (damage, is_news)))
    }

    /// Remembers where this run listens for nudges.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn listens_at(&self, path: Option<PathBuf>) -> anyhow::Result<()> {
        Ok(self.writer.with(move |store| store.write(|change| change.set_socket(path.as_deref()))).await??)
    }

    /// What is told of a store that refuses, past the store.
    pub fn store_broken(&self, notice: &StoreNotice, now: Timestamp) -> Vec<Message> {
        notices::store_broken(&self.plan, notice, now)
    }

    /// Queues the news that the store takes everything again.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn store_recovered(&self, notice: StoreNotice, now: Timestamp) -> anyhow::Result<()> {
        let plan = Arc::clone(&self.plan);
        let work = move |store: &mut Store| {
            store.write(|change| notices::store_recovered(change, &plan, notice, now).map(drop))
        };
        Ok(self.writer.with(work).await??)
    }
}
