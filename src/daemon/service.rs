//! The service manager: readiness, status, watchdog (sd_notify(3)). Without one, nothing happens.

use std::time::Duration;

use sd_notify::NotifyState;

/// Tells the manager that the configuration is loaded and the store is open.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Tells the manager the picture.
pub fn status(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// Feeds the watchdog: a cycle of the main loop is complete.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// Tells the manager that the end has begun.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How often the watchdog wants to be fed, when there is one: in half its time.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

fn tell(states: &[NotifyState<'_>]) {
    // Nobody to tell is no failure: outside systemd there is no socket.
    let _ = sd_notify::notify(states);
}
