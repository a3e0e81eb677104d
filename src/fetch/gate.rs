//! Politeness: so many requests at once, one per host, and a pause between two to one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Hosts remembered at once; idle ones are forgotten beyond this.
const HOSTS_KEPT: usize = 1024;

type HostTurn = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// Lets requests through, one per host at a time.
#[derive(Debug)]
pub struct Gate {
    all: Arc<Semaphore>,
    pause: Duration,
    hosts: Mutex<HashMap<String, HostTurn>>,
}

/// The right to send one request; given back when dropped.
#[derive(Debug)]
pub struct Pass {
    _all: Option<OwnedSemaphorePermit>,
    _host: OwnedMutexGuard<Option<Instant>>,
}

impl Gate {
    /// A gate for `concurrency` requests at once and `pause` between two to one host.
    pub fn new(concurrency: usize, pause: SignedDuration) -> Self {
        let pause = Duration::try_from(pause).unwrap_or_default();
        Self { all: Arc::new(Semaphore::new(concurrency.max(1))), pause, hosts: Mutex::default() }
    }

    /// Waits for the host's turn and for room.
    pub async fn enter(&self, host: &str) -> Pass {
        let turn = self.turn(host);
        // The host first: a request that waits for its host must not keep room from others.
        let mut last = turn.lock_owned().await;
        if let Some(at) = *last {
            tokio::time::sleep_until(at + self.pause).await;
        }
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        *last = Some(Instant::now());
        Pass { _all: all, _host: last }
    }

    fn turn(&self, host: &str) -> HostTurn {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_KEPT {
            hosts.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(hosts.entry(host.to_owned()).or_default())
    }
}
