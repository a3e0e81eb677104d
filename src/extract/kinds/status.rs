//! What a text says has happened to an expected event.

use crate::extract::matching::patterns;
use crate::extract::text::fold::Folded;
use crate::extract::text::words::WordPattern;
use crate::extract::{RuleError, Rules};
use crate::model::observation::Status;

/// The words of each status.
#[derive(Debug)]
pub(super) struct StatusWords {
    words: Vec<(Status, Vec<WordPattern>)>,
}

/// A status and where its word stands, in bytes of the folded text.
type At = (Status, std::ops::Range<usize>);

impl StatusWords {
    /// Reads the words of the rule.
    ///
    /// # Errors
    /// Every word that is none.
    pub(super) fn new(rules: &Rules) -> Result<Self, Vec<RuleError>> {
        let compile = |(status, words): &(Status, Vec<String>)| Ok((*status, patterns("status", words)?));
        Ok(Self { words: rules.status.iter().map(compile).collect::<Result<_, Vec<RuleError>>>()? })
    }

    /// Whether there are any words.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The status that a text states: what has happened outweighs what is announced.
    ///
    /// # Errors
    /// A sentence fragment, where it states two that exclude each other.
    pub(super) fn read(&self, text: &Folded) -> Result<Option<At>, String> {
        let stated: Vec<At> =
            self.words.iter().filter_map(|(status, words)| occurrence(text, words).map(|at| (*status, at))).collect();
        let weight = |status: Status| match status {
            Status::Announced => 0,
            Status::Confirmed => 1,
            Status::Delivered | Status::Delayed | Status::Cancelled => 2,
        };
        let Some(highest) = stated.iter().map(|(status, _)| weight(*status)).max() else { return Ok(None) };
        let mut strongest = stated.into_iter().filter(|(status, _)| weight(*status) == highest);
        match (strongest.next(), strongest.next()) {
            (Some((one, _)), Some((other, _))) => {
                Err(format!("the text says both {} and {}", one.word(), other.word()))
            }
            (found, _) => Ok(found),
        }
    }
}

/// The first occurrence of one of the words that is not negated.
fn occurrence(text: &Folded, words: &[WordPattern]) -> Option<std::ops::Range<usize>> {
    let first = words.iter().filter_map(|word| {
        let mut from = 0;
        while let Some(range) = word.find_from(text, from) {
            if !is_negated(text.as_str().get(..range.start).unwrap_or_default()) {
                return Some(range);
            }
            from = range.end;
        }
        None
    });
    first.min_by_key(|range| range.start)
}

/// Whether one of the two words before a word takes it back.
fn is_negated(before: &str) -> bool {
    let words = before.trim_end().rsplit(' ').take(2);
    words
        .into_iter()
        .any(|word| matches!(word, "not" | "never" | "no" | "не" | "без" | "without") || word.ends_with("n't"))
}
