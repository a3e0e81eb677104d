//! A figure as its source bounded it.

/// How a source bounded a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The figure itself.
    Exact,
    /// `over`, `понад`: the figure or more.
    AtLeast,
    /// `up to`, `не більше`: the figure or less.
    AtMost,
    /// `nearly`, `майже`: a little less than the figure.
    JustBelow,
    /// `about`, `близько`: near the figure on either side.
    Approx,
    /// `from a to b`.
    Range,
    /// `several hundred`, `десятки`: a customary range.
    Vague,
}

impl Bound {
    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::JustBelow => "just_below",
            Self::Approx => "approx",
            Self::Range => "range",
            Self::Vague => "vague",
        }
    }

    /// Reads [`Bound::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Exact, Self::AtLeast, Self::AtMost, Self::JustBelow, Self::Approx, Self::Range, Self::Vague];
        all.into_iter().find(|bound| bound.word() == word)
    }
}

/// A figure with the least and the most it can be.
///
/// `low` or `high` is `None` where the source leaves that side open
/// (`over 500` has no `high`). A comparison counts only when the whole range
/// is on one side of the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The figure itself, the middle of a range, or the customary value of a vague word.
    pub value: f64,
    /// The least it can be; `None` is open.
    pub low: Option<f64>,
    /// The most it can be; `None` is open.
    pub high: Option<f64>,
    /// How the source bounded it.
    pub bound: Bound,
}

impl Quantity {
    /// A figure stated without any bound.
    pub fn exact(value: f64) -> Self {
        Self { value, low: Some(value), high: Some(value), bound: Bound::Exact }
    }

    /// A range of which the middle stands for the whole.
    pub fn range(low: f64, high: f64) -> Self {
        Self { value: f64::midpoint(low, high), low: Some(low), high: Some(high), bound: Bound::Range }
    }

    /// The same figure in another unit.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            low: self.low.map(|low| low * factor),
            high: self.high.map(|high| high * factor),
            bound: self.bound,
        }
    }
}
