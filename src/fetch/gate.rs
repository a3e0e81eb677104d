//! Politeness: how many requests are in flight, and when a host may be asked again. Not here: the requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as TurnMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// With fewer hosts than this, none is forgotten.
const FEW_HOSTS: usize = 256;

/// Lets requests through, one per host at a time.
#[derive(Debug)]
pub(super) struct Gate {
    permits: Arc<Semaphore>,
    hosts: Mutex<Hosts>,
    interval: Duration,
}

/// When a host's last request began.
type LastStart = Option<Instant>;

#[derive(Debug)]
struct Hosts {
    turns: HashMap<String, Arc<TurnMutex<LastStart>>>,
    /// At how many hosts the idle ones are dropped; twice what the last sweep left, so sweeping stays cheap.
    sweep_at: usize,
}

/// The right to have one request in flight; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _host: OwnedMutexGuard<LastStart>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(super) fn new(concurrency: usize, interval: Duration) -> Self {
        let permits = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let hosts = Hosts { turns: HashMap::new(), sweep_at: FEW_HOSTS };
        Self { permits: Arc::new(Semaphore::new(permits)), hosts: Mutex::new(hosts), interval }
    }

    /// Waits until a request to the host may begin.
    ///
    /// The host's turn comes first and the permit last: whoever waits for a
    /// slow host holds nothing that another host needs. A caller must give
    /// back one turn before it asks for the next, or two could wait for each
    /// other.
    pub(super) async fn enter(&self, host: &str) -> Turn {
        let mut last_start = self.turn(host).lock_owned().await;
        if let Some(last_start) = *last_start {
            tokio::time::sleep_until(last_start + self.interval).await;
        }
        // The semaphore is never closed; were it, politeness would still be kept by the host's turn.
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        *last_start = Some(Instant::now());
        Turn { _host: last_start, _permit: permit }
    }

    fn turn(&self, host: &str) -> Arc<TurnMutex<LastStart>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = hosts.turns.get(host) {
            return Arc::clone(turn);
        }
        if hosts.turns.len() >= hosts.sweep_at {
            hosts.sweep(self.interval);
        }
        Arc::clone(hosts.turns.entry(host.to_owned()).or_default())
    }
}

impl Hosts {
    /// Forgets the hosts that nobody waits for and that may be asked at once.
    fn sweep(&mut self, interval: Duration) {
        self.turns.retain(|_, turn| {
            let idle = Arc::strong_count(turn) == 1
                && turn.try_lock().is_ok_and(|last| last.is_none_or(|last| last.elapsed() >= interval));
            !idle
        });
        self.sweep_at = FEW_HOSTS.max(self.turns.len() * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn idle_hosts_are_forgotten() {
        let gate = Gate::new(4, Duration::ZERO);
        for number in 0..10_000 {
            drop(gate.enter(&format!("host-{number}")).await);
        }
        assert!(gate.hosts.lock().unwrap().turns.len() <= FEW_HOSTS);
    }

    #[tokio::test]
    async fn a_host_in_use_is_kept() {
        let gate = Gate::new(4, Duration::ZERO);
        let turn = gate.enter("busy").await;
        for number in 0..1_000 {
            drop(gate.enter(&format!("host-{number}")).await);
        }
        assert!(gate.hosts.lock().unwrap().turns.contains_key("busy"));
        drop(turn);
    }

    #[tokio::test]
    async fn one_request_a_host_and_so_many_overall() {
        let gate = Gate::new(2, Duration::ZERO);
        let first = gate.enter("a").await;
        let wait = Duration::from_millis(20);
        assert!(tokio::time::timeout(wait, gate.enter("a")).await.is_err(), "the host is busy");
        let second = gate.enter("b").await;
        assert!(tokio::time::timeout(wait, gate.enter("c")).await.is_err(), "both permits are out");
        drop((first, second));
        assert!(tokio::time::timeout(Duration::ZERO, gate.enter("c")).await.is_ok());
    }

    #[tokio::test]
    async fn requests_to_one_host_begin_an_interval_apart() {
        let interval = Duration::from_millis(40);
        let gate = Gate::new(8, interval);
        let begin = Instant::now();
        for _ in 0..3 {
            drop(gate.enter("a").await);
        }
        assert!(begin.elapsed() >= interval * 2);
        // No time at all is enough for a host that nobody has asked.
        assert!(tokio::time::timeout(Duration::ZERO, gate.enter("b")).await.is_ok());
    }
}
