//! The nudge: an empty datagram by which a command tells a running daemon that the store has changed.
//!
//! It says nothing; the store is the truth, and a nudge that is lost only
//! means that the change is noticed within a minute.

use std::os::unix::net::UnixDatagram as Sender;
use std::path::{Path, PathBuf};

use tokio::net::UnixDatagram;

use crate::store::{Store, StoreError};

/// The daemon's ear. Its file is removed when it is dropped.
pub struct Bell {
    listening: Option<(UnixDatagram, PathBuf)>,
}

impl Bell {
    /// Listens at a path; where that cannot be done, nudges are missed and the log says so.
    pub fn hang(path: Option<&Path>) -> Self {
        let Some(path) = path else { return Self { listening: None } };
        // One that was left behind by a daemon that was killed: we hold the store's lock, nobody else listens there.
        let _ = std::fs::remove_file(path);
        match UnixDatagram::bind(path) {
            Ok(socket) => Self { listening: Some((socket, path.to_owned())) },
            Err(error) => {
                tracing::warn!(
                    "cannot listen at {} ({error}): what commands write is noticed within a minute instead of at once",
                    path.display()
                );
                Self { listening: None }
            }
        }
    }

    /// Where it listens.
    pub fn path(&self) -> Option<&Path> {
        self.listening.as_ref().map(|(_, path)| path.as_path())
    }

    /// Waits for a nudge; for ever where it does not listen.
    pub async fn rings(&self) {
        let Some((socket, _)) = &self.listening else { return std::future::pending().await };
        if socket.recv(&mut [0]).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        if let Some(path) = self.path() {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Nudges the daemon that runs on a store; tells whether one heard it.
///
/// # Errors
/// What the store refuses.
pub fn nudge(store: &Store) -> Result<bool, StoreError> {
    let Some(path) = store.view().socket()? else { return Ok(false) };
    let nudged = Sender::unbound().and_then(|sender| {
        sender.set_nonblocking(true)?;
        sender.send_to(&[0], path)
    });
    // A daemon whose queue is full is about to look anyway; any other failure means that nobody listens.
    Ok(nudged.map_or_else(|error| error.kind() == std::io::ErrorKind::WouldBlock, |_| true))
}
