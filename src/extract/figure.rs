//! What the ways to find a figure have in common.

use std::fmt::Debug;

use super::numbers::{Captured, Reading};
use super::source::Source;
use super::text::evidence;
use crate::model::observation::Evidence;
use crate::model::quantity::Quantity;

/// A way to find the figure of an item.
pub(crate) trait FigureReader: Debug + Send + Sync {
    /// Reads the figure of one item.
    fn read(&self, source: &Source<'_>) -> Figure;
}

/// What a way to find a figure came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Figure {
    /// A figure with its unit, if the text names one, and its evidence.
    Found { quantity: Quantity, unit: Option<String>, evidence: Evidence },
    /// None here, and why.
    NoMatch(String),
    /// There should have been one, and why there is none.
    Error(String),
}

impl Figure {
    /// What was captured in a text.
    pub(crate) fn of_text(text: &str, captured: Captured) -> Self {
        match captured.reading {
            Reading::NoMatch { why, .. } => Self::NoMatch(format!("the figure has no one reading: {why}")),
            Reading::Value(quantity) => Self::found(text, quantity, captured),
            Reading::StatedZero => Self::found(text, Quantity::exact(0.0), captured),
        }
    }

    /// A figure that was computed.
    pub(crate) fn value(quantity: Quantity, evidence: Evidence) -> Self {
        Self::Found { quantity, unit: None, evidence }
    }

    /// No figure, and why.
    pub(crate) fn no_match(why: impl Into<String>) -> Self {
        Self::NoMatch(why.into())
    }

    /// A figure that should have been there, and why it is not.
    pub(crate) fn error(why: impl Into<String>) -> Self {
        Self::Error(why.into())
    }

    fn found(text: &str, quantity: Quantity, captured: Captured) -> Self {
        Self::Found { quantity, unit: captured.unit, evidence: evidence::around(text, &captured.range) }
    }
}
