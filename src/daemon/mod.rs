//! The only place that spawns: the event loop, due feeds, the outbox, reload, the service manager.
//!
//! `run`, `run --once` and `run --replay` are three ways to let time pass over
//! the same steps of [`engine`].

pub mod engine;
mod live;
mod outbox;
mod passes;
mod service;
mod writer;

use jiff::Timestamp;

pub use engine::{Engine, Report, Totals};
pub use live::run;
pub use outbox::{Outbox, next_try};
pub use passes::{Replay, once, replay};

/// Where the present comes from: the system's clock, or a simulated one that stands still during a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's.
    System,
    /// Simulated.
    At(Timestamp),
}

impl Clock {
    /// What time it is.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => crate::clock::now(),
            Self::At(now) => now,
        }
    }
}
