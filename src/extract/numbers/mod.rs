//! The number grammar: figures as sources write them, in English, Ukrainian and Russian.
//!
//! A figure keeps what its source said of it: bound, range, unit. What looks
//! like a figure and is none (dates, designators, calibres, times, labels) is
//! named with the reason. *Ambiguous is no match, never a guess.*
//!
//! The conventions for words without a figure of their own (several, dozens,
//! nearly) are ours, as no standard has any; they stand in
//! `vague.rs` and `bound.rs`.

mod begin;
mod bound;
mod capture;
mod cardinal;
mod digits;
mod exclude;
mod magnitude;
mod measure;
mod plain;
mod range;
mod sentence;
mod unit;
mod vague;
mod zero;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::model::quantity::Quantity;

pub use plain::plain_figure;

pub(crate) use capture::{Captured, figure_at, only_figure};
pub(crate) use sentence::{Comma, scan};

/// What became of one figure of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A figure.
    Value(Quantity),
    /// The text states that there was none: `0 sorties`, `no attacks were recorded`.
    StatedZero,
    /// Something with digits that is no figure, or could be more than one.
    NoMatch {
        /// Why, as a sentence fragment.
        why: String,
        /// Whether it was plainly something else (a date, a calibre), so that a search may go on behind it.
        is_other: bool,
    },
}

/// One figure of a text, or what looked like one.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What became of it.
    pub reading: Reading,
    /// In `5 of 6` the 6: the figure is a part of it.
    pub of: Option<f64>,
    /// An ISO 4217 code, `%`, `km2`, `km2/d`, `km`, `m`, or a unit of time: `h`, `d`, `wk`, `mo`, `y`, `min`, `s`.
    pub unit: Option<String>,
    /// Where it stands, in characters of the text: with its bound, currency and unit.
    pub span: (usize, usize),
    /// The text of the span.
    pub text: String,
}

impl Found {
    /// The word of output: `value`, `stated_zero` or `no_match`.
    pub fn outcome(&self) -> &'static str {
        match self.reading {
            Reading::Value(_) => "value",
            Reading::StatedZero => "stated_zero",
            Reading::NoMatch { .. } => "no_match",
        }
    }

    /// The figure with its bounds; exactly 0 for a stated zero.
    pub fn quantity(&self) -> Option<Quantity> {
        self.reading.quantity()
    }

    /// Why it is no figure.
    pub fn why(&self) -> Option<&str> {
        self.reading.why()
    }
}

impl Reading {
    /// The figure with its bounds; exactly 0 for a stated zero.
    pub fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Value(quantity) => Some(*quantity),
            Self::StatedZero => Some(Quantity::exact(0.0)),
            Self::NoMatch { .. } => None,
        }
    }

    /// Why it is no figure.
    pub(crate) fn why(&self) -> Option<&str> {
        match self {
            Self::NoMatch { why, .. } => Some(why),
            Self::Value(_) | Self::StatedZero => None,
        }
    }

    /// Plainly something else than a figure.
    pub(crate) fn other(why: impl Into<String>) -> Self {
        Self::NoMatch { why: why.into(), is_other: true }
    }

    /// A figure that can be read in more than one way.
    pub(crate) fn unclear(why: impl Into<String>) -> Self {
        Self::NoMatch { why: why.into(), is_other: false }
    }
}

/// Reads every figure of a text in its order, and names what only looks like one.
///
/// Whether a single comma groups or divides follows from the letters of the
/// text, else from its language where that is known; a text without any figure
/// gives nothing.
pub fn read(text: &str, language: Option<&str>) -> Vec<Found> {
    let spots = scan(text, Comma::of(text, language));
    let ranges = spots.iter().map(|spot| spot.range.clone());
    let spans = in_characters(text, ranges.collect());
    spots.into_iter().zip(spans).map(|(spot, span)| spot.found(text, span)).collect()
}

/// Ascending ranges of bytes as ranges of characters, in one pass.
pub(crate) fn in_characters(text: &str, ranges: Vec<Range<usize>>) -> Vec<(usize, usize)> {
    let (mut byte, mut characters) = (0, 0);
    let mut count_to = |target: usize| {
        let stretch = text.get(byte..target).unwrap_or_default();
        characters += stretch.chars().count();
        byte = target.max(byte);
        characters
    };
    ranges.into_iter().map(|range| (count_to(range.start), count_to(range.end))).collect()
}
