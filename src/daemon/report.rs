//! What the steps of a run tell, and what they add up to.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::alert::Transition;
use crate::model::name::Name;
use crate::pipeline::Effects;

/// What a step has to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// A feed was polled.
    Polled {
        /// The feed.
        feed: Name,
        /// When.
        at: Timestamp,
        /// `ok`, `unchanged` or the health it came to.
        status: &'static str,
        /// Items that were new or changed.
        items_new: u32,
        /// Vintages recorded.
        observations: u32,
        /// What went wrong, or had to be repaired.
        notes: Vec<String>,
    },
    /// A scenario changed.
    Decided(Box<Transition>),
    /// A message was taken.
    Sent {
        /// To whom.
        recipient: String,
        /// What kind.
        kind: &'static str,
        /// Its identity.
        message_id: String,
    },
    /// A message was not taken.
    NotSent {
        /// To whom.
        recipient: String,
        /// Why, and what follows.
        why: String,
    },
}

/// Where reports go.
pub type Reporter = Arc<dyn Fn(Report) + Send + Sync>;

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Feeds that were asked.
    pub polled: u32,
    /// Of these, unchanged.
    pub unchanged: u32,
    /// Of these, failed.
    pub failed: u32,
    /// What was recorded.
    pub effects: Effects,
    /// Messages taken.
    pub sent: u32,
    /// Time spent on each step.
    pub spent: Spent,
}

/// Time spent on each step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Waiting for documents.
    pub fetch: Duration,
    /// Bytes to items.
    pub parse: Duration,
    /// Items to outcomes.
    pub extract: Duration,
    /// Recording and judging.
    pub store: Duration,
    /// Letting time pass.
    pub judge: Duration,
    /// Delivering.
    pub send: Duration,
}

impl Totals {
    /// Adds what another step has done.
    pub fn add(&mut self, other: Self) {
        self.polled += other.polled;
        self.unchanged += other.unchanged;
        self.failed += other.failed;
        self.sent += other.sent;
        self.effects.add(other.effects);
        self.spent.fetch += other.spent.fetch;
        self.spent.parse += other.spent.parse;
        self.spent.extract += other.spent.extract;
        self.spent.store += other.spent.store;
        self.spent.judge += other.spent.judge;
        self.spent.send += other.spent.send;
    }
}
