//! An indicator's value for one period.

use jiff::Timestamp;

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
    /// Whether the period is over and its values are in; else it is provisional.
    pub is_final: bool,
    /// From when its values are normally in: its end, and the learned delay of publication.
    pub settles_at: Timestamp,
    /// Whether the value accounts for the whole period: no time that nobody looked at, no part without its figure.
    pub is_whole: bool,
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

    /// How it stands, in one word.
    pub fn standing(&self) -> Standing {
        match (self.value, self.is_final, self.is_whole) {
            (None, ..) => Standing::Missing,
            (_, false, _) => Standing::Provisional,
            (_, true, false) => Standing::Partial,
            (_, true, true) => Standing::Final,
        }
    }

    /// Whether a guard doubts the value: it is shown, and decides nothing.
    pub fn is_doubtful(&self) -> bool {
        self.flags.iter().any(|flag| flag.bars_from_judgement())
    }
}

/// How a reading stands. A zero is none of these: it is a value, and stands as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The period is over, its values are in, and they account for all of it.
    Final,
    /// The period is over, and a part of it is not accounted for.
    Partial,
    /// The period runs, or its values are not yet in.
    Provisional,
    /// There is no value. That is not zero.
    Missing,
}

impl Standing {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Partial => "partial",
            Self::Provisional => "provisional",
            Self::Missing => "missing",
        }
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
