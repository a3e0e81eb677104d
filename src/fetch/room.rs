//! Room in memory for large documents: one poll at a time has it.
//!
//! A limit on each document is none on all that are read at once, and what is
//! made of a document takes a multiple of it. Small ones take no room.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

/// A document from this size on, in bytes, is large.
pub(super) const LARGE: usize = 256 << 10;

/// The room of one poll: given back before its next request, or when the last clone is dropped.
#[derive(Debug, Clone)]
pub(super) struct Room {
    all: Arc<Semaphore>,
    own: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl Room {
    /// Room for one large document at a time.
    pub(super) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(1)), own: Arc::default() }
    }

    /// What another poll takes of the same room.
    pub(super) fn of_another(&self) -> Self {
        Self { all: Arc::clone(&self.all), own: Arc::default() }
    }

    /// Gives it back: who has it may wait for nothing that another may hold who waits for it.
    pub(super) async fn give_back(&self) {
        *self.own.lock().await = None;
    }

    /// Waits until no other poll has a large document; at once where this one has the room already.
    pub(super) async fn take(&self) {
        let mut own = self.own.lock().await;
        if own.is_none() {
            // It is never closed; were it, the room would only be shared.
            *own = Arc::clone(&self.all).acquire_owned().await.ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn one_poll_at_a_time_has_it() {
        let first = Room::new();
        let second = first.of_another();
        first.take().await;
        first.clone().take().await;
        let waits =
            |room: Room| async move { tokio::time::timeout(Duration::from_millis(20), room.take()).await.is_err() };
        assert!(waits(second.clone()).await, "the other has it");
        drop(first);
        assert!(!waits(second).await, "it was given back");
    }
}
