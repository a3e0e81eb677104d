//! The service manager: readiness, status, watchdog (sd_notify(3)). Without one, nothing happens.
//!
//! Sending waits while nobody reads the other end, so a thread of its own
//! does it: a manager that is slow, or stuck, never holds up a poll or a mail.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::Duration;

use sd_notify::NotifyState;

/// Notices that may wait; what comes while so many do is dropped.
const QUEUE: usize = 16;

/// How often the manager is asked for more time during a long start, and for how much.
const PATIENCE: Duration = Duration::from_secs(10);
const MORE: Duration = Duration::from_secs(60);
/// Asked for so often at most, for three hours: a start that hangs ends at last.
const ASKED: usize = 1080;

/// Does a part of the start that may take long, such as bringing a large store up to date: until it is done the manager
/// is asked for more time than the unit gives (`EXTEND_TIMEOUT_USEC=` of sd_notify(3)).
pub fn patiently<T>(work: impl FnOnce() -> T) -> T {
    let more = u32::try_from(MORE.as_micros()).unwrap_or(u32::MAX);
    let ask = move || {
        let _ = sd_notify::notify(&[NotifyState::ExtendTimeoutUsec(more)]);
    };
    while_asking(PATIENCE, ask, work)
}

fn while_asking<T>(every: Duration, ask: impl Fn() + Send + 'static, work: impl FnOnce() -> T) -> T {
    let (working, ends) = channel::<()>();
    let asks = move || {
        for _ in 0..ASKED {
            match ends.recv_timeout(every) {
                Err(RecvTimeoutError::Timeout) => ask(),
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    };
    // Without the thread the unit's own time has to do.
    let _asking = std::thread::Builder::new().name("patience".to_owned()).spawn(asks);
    let done = work();
    drop(working);
    done
}

/// What the manager is told.
enum Notice {
    Ready(String),
    Status(String),
    Alive,
    Stopping,
}

/// The way to the service manager.
pub struct Manager {
    notices: SyncSender<Notice>,
    /// The picture that was told last: one that stays is not told again.
    told: String,
}

impl Manager {
    /// Starts the thread that tells; it ends with the last notice after this is dropped.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (notices, waiting) = sync_channel(QUEUE);
        std::thread::Builder::new().name("service".to_owned()).spawn(move || tell_all(&waiting))?;
        Ok(Self { notices, told: String::new() })
    }

    /// Tells the manager that the configuration is loaded and the store is open.
    pub fn ready(&mut self, picture: &str) {
        picture.clone_into(&mut self.told);
        self.tell(Notice::Ready(picture.to_owned()));
    }

    /// Tells the manager the picture, where it has changed.
    pub fn status(&mut self, picture: &str) {
        if self.told != picture && self.tell(Notice::Status(picture.to_owned())) {
            picture.clone_into(&mut self.told);
        }
    }

    /// Feeds the watchdog: a cycle of the main loop is complete.
    pub fn alive(&self) {
        if watchdog().is_some() {
            self.tell(Notice::Alive);
        }
    }

    /// Tells the manager that the end has begun.
    pub fn stopping(&self) {
        self.tell(Notice::Stopping);
    }

    fn tell(&self, notice: Notice) -> bool {
        self.notices.try_send(notice).is_ok()
    }
}

/// How often the watchdog is fed, when there is one: in a third of its time, so that the rest is left to one turn of the loop.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 3)
}

fn tell_all(waiting: &Receiver<Notice>) {
    for notice in waiting {
        // Nobody to tell is no failure: outside systemd there is no socket.
        let _ = match &notice {
            Notice::Ready(picture) => sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(picture)]),
            Notice::Status(picture) => sd_notify::notify(&[NotifyState::Status(picture)]),
            Notice::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
            Notice::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_start_asks_for_time_until_it_is_done() {
        let (asked, asks) = channel();
        let ask = move || {
            let _ = asked.send(());
        };
        let twice = || (asks.recv().is_ok(), asks.recv().is_ok());
        assert_eq!(while_asking(Duration::from_millis(1), ask, twice), (true, true));
        // The thread has ended, and what it asked with is gone.
        while asks.recv().is_ok() {}
    }
}
