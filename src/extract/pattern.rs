//! `value = 'pattern'`: the figure that a regular expression points at.
//!
//! The pattern runs on the stored text with its apostrophes made equal. Where
//! the same pattern fits with a negation in the place of its figure (`no
//! artillery sorties`), the source states that there was none.

mod compile;
mod negated;

use std::ops::Range;

use super::numbers::{Captured, Reading, figure_at};
use super::source::Source;
use super::text::fold::Folded;
use super::{Figure, FigureReader, RuleError};
use negated::Negated;

pub(crate) use compile::Pattern;

/// So many matches of a pattern are tried in one text; it bounds the time of a pattern that fits everywhere.
const MOST_MATCHES: usize = 64;

/// A pattern for a figure, and the patterns for none.
#[derive(Debug, Clone)]
pub(super) struct PatternReader {
    pattern: Pattern,
    negated: Option<Negated>,
}

impl PatternReader {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Where it is invalid or too large, with the column.
    pub(super) fn new(pattern: &str) -> Result<Self, RuleError> {
        Ok(Self { pattern: Pattern::for_value(pattern)?, negated: Negated::new(pattern) })
    }
}

impl FigureReader for PatternReader {
    fn read(&self, source: &Source<'_>) -> Figure {
        let text = source.text();
        let folded = Folded::for_patterns(&text);
        let mut other = None;
        for part in self.pattern.parts(&folded, &text).take(MOST_MATCHES) {
            let captured = figure_at(&text, &part, source.comma(&text));
            match captured.reading {
                // A date or a calibre that the pattern fits too: what is meant may stand behind it.
                Reading::NoMatch { is_other: true, why } => {
                    let shown = text.get(part).unwrap_or_default().to_owned();
                    other.get_or_insert(format!("`{}` is no count: {why}", shown.trim()));
                }
                _ => return Figure::of_text(&text, captured),
            }
        }
        if let Some(range) = self.negated.as_ref().and_then(|negated| negated.find(&folded, &text)) {
            return Figure::of_text(&text, Captured { reading: Reading::StatedZero, unit: None, range });
        }
        Figure::no_match(other.unwrap_or_else(|| format!("the pattern `{}` does not occur", self.pattern.shown())))
    }
}

/// Where the pattern points in a text, match after match, in bytes: group `value`, else group 1, else the match.
///
/// # Errors
/// Where the pattern is invalid or too large, with the column.
pub fn captures(text: &str, pattern: &str) -> Result<Vec<Range<usize>>, RuleError> {
    let pattern = Pattern::for_value(pattern)?;
    let folded = Folded::for_patterns(text);
    Ok(pattern.parts(&folded, text).collect())
}
