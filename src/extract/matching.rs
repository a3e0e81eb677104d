//! `match = { all, any, none }`: whether an item is about what is asked for, and the words that show it.

use super::source::{Source, field, no_field};
use super::text::evidence;
use super::text::fold::Folded;
use super::text::words::WordPattern;
use super::{MatchRule, RuleError};
use crate::model::observation::Evidence;

/// The compiled words.
#[derive(Debug, Clone, Default)]
pub(super) struct Matching {
    all: Vec<WordPattern>,
    any: Vec<WordPattern>,
    none: Vec<WordPattern>,
    field: Option<String>,
}

impl Matching {
    /// Reads the words of a rule.
    ///
    /// # Errors
    /// Every word that is none.
    pub(super) fn new(rule: Option<&MatchRule>) -> Result<Self, Vec<RuleError>> {
        let Some(rule) = rule else { return Ok(Self::default()) };
        let [all, any, none] = [&rule.all, &rule.any, &rule.none].map(|words| patterns("match", words));
        match (all, any, none) {
            (Ok(all), Ok(any), Ok(none)) => Ok(Self { all, any, none, field: rule.field.clone() }),
            (all, any, none) => Err([all, any, none].into_iter().filter_map(Result::err).flatten().collect()),
        }
    }

    /// The words that match, as evidence; `None` where there is no rule.
    ///
    /// # Errors
    /// The first test that failed, as a sentence fragment.
    pub(super) fn find(&self, source: &Source<'_>) -> Result<Option<Evidence>, String> {
        if self.all.is_empty() && self.any.is_empty() && self.none.is_empty() {
            return Ok(None);
        }
        let text = match &self.field {
            Some(name) => field(source.item, name).ok_or_else(|| no_field(source.item, name))?,
            None => source.text(),
        };
        let folded = Folded::for_words(&text);
        if let Some(word) = self.all.iter().find(|word| word.find(&folded).is_none()) {
            return Err(format!("`{}` does not occur", word.shown()));
        }
        if let Some(word) = self.none.iter().find(|word| word.find(&folded).is_some()) {
            return Err(format!("`{}` occurs, which `none` rules out", word.shown()));
        }
        let shown = self.any.iter().find_map(|word| word.find(&folded));
        if shown.is_none() && !self.any.is_empty() {
            return Err(format!("none of {} occurs", listed(&self.any)));
        }
        let range = shown.or_else(|| self.all.iter().find_map(|word| word.find(&folded)));
        Ok(range.map(|range| evidence::around(&text, &folded.source_range(&text, range))))
    }
}

/// Reads words of a key.
///
/// # Errors
/// Every word that is none.
pub(super) fn patterns(key: &'static str, words: &[String]) -> Result<Vec<WordPattern>, Vec<RuleError>> {
    let (mut patterns, mut errors) = (Vec::new(), Vec::new());
    for word in words {
        match WordPattern::new(word) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => errors.push(RuleError { key, message, column: None }),
        }
    }
    if errors.is_empty() { Ok(patterns) } else { Err(errors) }
}

fn listed(words: &[WordPattern]) -> String {
    let shown: Vec<String> = words.iter().take(6).map(|word| format!("`{}`", word.shown())).collect();
    let more = if words.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
