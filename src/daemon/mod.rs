//! The only place that spawns: the event loop, due feeds, the outbox, reload, the service manager.
//!
//! `run`, `run --once` and `run --replay` are three ways to let time pass over
//! the same steps of [`engine`].

mod alarm;
pub mod engine;
mod gather;
mod lanes;
mod live;
mod look;
mod nudge;
mod outbox;
mod passes;
mod pulse;
mod refusals;
mod report;
mod service;
mod uplink;
mod writer;

use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Steady;

pub use engine::Engine;
pub use gather::Gatherer;
pub use live::run;
pub use nudge::nudge;
pub use outbox::{Outbox, next_try};
pub use passes::{Post, Replay, once, replay, send_due};
pub use report::{Report, Reporter, Totals};
pub use service::patiently;

/// Where the present comes from: the system's clock, or a simulated one that stands still during a step.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's, which never runs backwards.
    System(Arc<Steady>),
    /// Simulated.
    At(Timestamp),
}

impl Clock {
    /// The system's clock, giving nothing earlier than what is on record.
    pub fn system(recorded: Option<Timestamp>) -> Self {
        Self::System(Arc::new(Steady::start(recorded)))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(steady) => steady.now(),
            Self::At(now) => *now,
        }
    }
}
