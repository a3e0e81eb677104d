//! Series → picture: one drawing, as SVG for a page and as PNG for a mail.
//!
//! A [`Chart`] says what is shown; [`svg`] draws it, [`png`] paints that very
//! drawing, [`words`] says the same to someone who sees no pictures, and
//! [`sparkline`] draws it with plain characters. Nothing here knows of the
//! store or of messages.
//!
//! What is not known must never look like a low value: a missing period is a
//! hatched gap, a running one an outline, one of which only a part is
//! accounted for is pale. Colours are of middle brightness on no background,
//! so that one picture reads on light and on dark.

mod draw;
mod paint;
mod plane;
mod spark;
mod words;

pub use draw::svg;
pub use paint::png;
pub use spark::{LEVELS, MISSING, sparkline};
pub use words::words;

/// A period is shown as partial below this share.
const WHOLE: f64 = 0.995;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// How the series is drawn.
    pub style: Style,
    /// The periods, oldest first.
    pub points: Vec<Point>,
    /// The unit of the values; empty for none.
    pub unit: String,
    /// Levels that mean something: a bound, a baseline.
    pub limits: Vec<Limit>,
    /// Known dates.
    pub marks: Vec<Mark>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Bars from zero, so that their lengths may be compared: counts.
    Bars,
    /// A line that breaks where a value is missing: levels, and series of many periods.
    Line,
}

/// One period.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What it is called: `2026-03`, `2025-W50`.
    pub label: String,
    /// Its value; `None` is missing.
    pub value: Option<f64>,
    /// The least and the most it can be, where that is known.
    pub range: Option<(f64, f64)>,
    /// Whether the period is over; one that is not is provisional.
    pub is_final: bool,
    /// The share of it that is accounted for, 0 to 1.
    pub coverage: f64,
}

/// A level that means something.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Where.
    pub value: f64,
    /// What it is called: `at most 0.75`.
    pub label: String,
}

/// A known date.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The index of its period.
    pub at: usize,
    /// What it is called.
    pub label: String,
}

/// A picture's size in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

impl Size {
    /// What a mail shows: readable when it is scaled down to a telephone.
    pub const MAIL: Self = Self { width: 400.0, height: 170.0 };
    /// What a page or a report shows.
    pub const PAGE: Self = Self { width: 900.0, height: 260.0 };
}

impl Point {
    /// A period that is over and wholly accounted for.
    pub fn new(label: impl Into<String>, value: Option<f64>) -> Self {
        Self { label: label.into(), value, range: None, is_final: true, coverage: 1.0 }
    }

    /// Its value, where it is a number.
    pub fn known(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests;
