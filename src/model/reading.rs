//! An indicator's value for one period.

use super::observation::Flag;
use super::time::{Period, Span};

/// An indicator's value for one period, with how much of the period is accounted for.
///
/// Zero is not missing: a period that polls account for and in which nothing
/// happened has the value 0 and its coverage; a period that no poll accounts
/// for has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The period.
    pub period: Period,
    /// Its instants in the watch's zone.
    pub span: Span,
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// The least it can be.
    pub low: Option<f64>,
    /// The most it can be.
    pub high: Option<f64>,
    /// Whether the period is over; a running one is provisional.
    pub is_final: bool,
    /// The share of the elapsed period that successful polls account for, 0 to 1.
    pub coverage: f64,
    /// Guards that fired on any of its values.
    pub flags: Vec<Flag>,
    /// The rows it was computed from.
    pub vintages: Vec<i64>,
    /// Which feed it was taken from, when the indicator has several.
    pub feed: Option<String>,
}

impl Reading {
    /// Whether the period has no value.
    pub fn is_missing(&self) -> bool {
        self.value.is_none()
    }
}

/// How recent an indicator's newest value is, by its own cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Freshness {
    /// Newer than its cadence asks for.
    Fresh,
    /// The next value may come any moment.
    Due,
    /// The next value should have come.
    Overdue,
    /// Nothing has come for so long that nothing may be concluded.
    Dead,
}

impl Freshness {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Dead => "dead",
        }
    }
}
