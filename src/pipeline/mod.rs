//! Document → stored facts.
//!
//! [`read`](read::read) is pure: bytes to outcomes. [`record`](record::record)
//! is one transaction: items, observations, transitions and notifications
//! commit together or not at all. [`sweep`](sweep::sweep) lets time pass
//! without a document. The daemon, `run --once`, `run --replay` and [`replay`] go
//! through the same functions, so that a replay equals what was live.

pub mod accounts;
pub mod by_hand;
pub mod components;
pub mod decide;
pub mod deliveries;
pub mod digest;
pub mod duplicates;
pub mod events;
pub mod extractors;
mod falls;
pub mod feeds;
pub mod freshness;
pub mod grades;
pub mod guards;
pub mod judge;
pub mod likelihood;
pub mod measures;
pub mod notices;
pub mod observability;
pub mod read;
pub mod readings;
pub mod record;
pub mod replay;
pub mod said;
pub mod schedules;
pub mod score;
pub mod silences;
pub mod sweep;
pub mod uplink;
pub mod vintages;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::time::{PeriodLength, Span};

/// From where a question is asked: rules see only what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The moment the question is about: what is over, due or late.
    pub at: Timestamp,
    /// Only what was recorded by then is seen.
    pub known: Timestamp,
}

impl AsOf {
    /// The present: asked now, with all that is known now.
    pub fn now(now: Timestamp) -> Self {
        Self { at: now, known: now }
    }
}

/// What one transaction brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects {
    /// Items that were new or changed.
    pub items_new: u32,
    /// Vintages recorded.
    pub observations: u32,
    /// Changes of scenarios.
    pub transitions: u32,
    /// Messages queued.
    pub notifications: u32,
    /// When time alone may change something again.
    pub wake: Option<Timestamp>,
}

impl Effects {
    /// Adds what another step brought about.
    pub fn add(&mut self, other: Self) {
        self.items_new += other.items_new;
        self.observations += other.observations;
        self.transitions += other.transitions;
        self.notifications += other.notifications;
        self.wake = earliest(self.wake, other.wake);
    }
}

/// The earlier of two moments that may not come.
pub fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The first bytes of a digest in hexadecimal.
fn hex(bytes: &[u8], length: usize) -> String {
    bytes.iter().take(length).map(|byte| format!("{byte:02x}")).collect()
}

/// How many periods of a length lie between the beginning of a span and the period of the question, both included.
pub fn earlier_periods(length: PeriodLength, span: Span, as_of: AsOf, zone: &TimeZone) -> u32 {
    let days = crate::model::time::days_between(span.from, as_of.at, zone).max(0);
    let shortest = match length {
        PeriodLength::Day => 1,
        PeriodLength::Week => 7,
        PeriodLength::Month => 28,
        PeriodLength::Quarter => 90,
    };
    u32::try_from(days / shortest + 2).unwrap_or(u32::MAX)
}
