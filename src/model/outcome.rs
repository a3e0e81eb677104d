//! The four outcomes of an extraction.
//!
//! *No match is not zero*: only [`Outcome::Value`] and [`Outcome::StatedZero`]
//! become observations.

use jiff::Timestamp;

use super::observation::{Evidence, Value};

/// What an extractor made of one item.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A value with its evidence.
    Value(Finding),
    /// The source states that there was none ("no attacks were recorded").
    StatedZero(Finding),
    /// Nothing here for this extractor, and why.
    NoMatch {
        /// The first test that failed, as a sentence fragment.
        why: String,
    },
    /// The extractor should have read this and could not.
    Error {
        /// What went wrong, as a sentence fragment.
        why: String,
    },
}

impl Outcome {
    /// The word used in output: `value`, `stated_zero`, `no_match` or `error`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Value(_) => "value",
            Self::StatedZero(_) => "stated_zero",
            Self::NoMatch { .. } => "no_match",
            Self::Error { .. } => "error",
        }
    }

    /// The finding, when this outcome becomes an observation.
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Value(finding) | Self::StatedZero(finding) => Some(finding),
            Self::NoMatch { .. } | Self::Error { .. } => None,
        }
    }
}

/// A value found in an item, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was found.
    pub value: Value,
    /// When it happened, when the text or a field says so; else the item's own time serves.
    pub event_time: Option<Timestamp>,
    /// The text it rests on.
    pub evidence: Evidence,
}
