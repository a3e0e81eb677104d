//! `parts = 'pattern'`: figures that should add up to the value. Where they do not, one of them is wrong, and nobody
//! here knows which: the value is marked and not mended.

use super::RuleError;
use super::numbers::figure_at;
use super::pattern::Pattern;
use super::source::Source;
use super::text::fold::Folded;
use crate::model::quantity::Quantity;

/// So many parts are added; a list that is longer is none.
const MOST_PARTS: usize = 200;

/// The pattern of the parts.
#[derive(Debug)]
pub(super) struct Parts {
    pattern: Pattern,
}

impl Parts {
    /// Compiles the pattern.
    ///
    /// # Errors
    /// Where it is invalid.
    pub(super) fn new(pattern: &str) -> Result<Self, RuleError> {
        let pattern = Pattern::for_value(pattern).map_err(|error| RuleError { key: "parts", ..error })?;
        Ok(Self { pattern })
    }

    /// Why the parts contradict a value; `None` where they do not, or cannot be told.
    pub(super) fn contradiction(&self, source: &Source<'_>, value: &Quantity) -> Option<String> {
        let text = source.text();
        let folded = Folded::for_patterns(&text);
        let parts: Vec<_> = self.pattern.parts(&folded, &text).take(MOST_PARTS).collect();
        let figures = parts.iter().map(|part| figure_at(&text, part, source.comma(&text)).reading.quantity());
        // A part that states no figure leaves the sum open.
        let figures: Vec<Quantity> = figures.collect::<Option<_>>()?;
        let is_open = figures.iter().any(|figure| figure.low.is_none() || figure.high.is_none());
        if figures.is_empty() || is_open {
            return None;
        }
        let (low, high): (f64, f64) = figures.iter().fold((0.0, 0.0), |(low, high), figure| {
            (low + figure.low.unwrap_or(figure.value), high + figure.high.unwrap_or(figure.value))
        });
        let is_above = value.low.is_some_and(|least| least > high);
        let is_below = value.high.is_some_and(|most| most < low);
        let sum: f64 = figures.iter().map(|figure| figure.value).sum();
        (is_above || is_below)
            .then(|| format!("its {} parts add up to {sum} and not to {}", figures.len(), value.value))
    }
}
