//! Rules → compiled rules: every pattern, path and selector that is wrong is named.

use regex::{Regex, RegexBuilder};
use scraper::Selector;
use serde_json_path::JsonPath;

use super::words::Phrase;
use super::{RuleError, Rules, Test, ValueRule};
use crate::model::observation::Status;

/// The compiled size of one pattern.
const PATTERN_SIZE: usize = 4 << 20;

/// Rules, ready to be used.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    pub all: Vec<(String, Phrase)>,
    pub any: Vec<(String, Phrase)>,
    pub none: Vec<(String, Phrase)>,
    pub tests: Vec<Option<Regex>>,
    pub value: Option<Value>,
    pub date: Option<Regex>,
    pub amount: Option<Regex>,
    pub status: Vec<(Status, Vec<Phrase>)>,
    pub place: Vec<Phrase>,
}

/// Where the figure is.
#[derive(Debug, Clone)]
pub enum Value {
    Regex(Regex),
    Field(String),
    JsonPath(JsonPath),
    Css(Css, Option<String>),
    Area,
}

/// A CSS selector with its text: the compiled one cannot be shown.
#[derive(Clone)]
pub struct Css(pub Selector, String);

impl std::fmt::Debug for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.1)
    }
}

/// Compiles rules.
pub fn compile(rules: &Rules) -> Result<Compiled, Vec<RuleError>> {
    let mut errors = Vec::new();
    let mut compiled = Compiled::default();
    if let Some(matching) = &rules.matching {
        for (words, into) in [
            (&matching.all, &mut compiled.all),
            (&matching.any, &mut compiled.any),
            (&matching.none, &mut compiled.none),
        ] {
            for word in words {
                match Phrase::new(word) {
                    Some(phrase) => into.push((word.clone(), phrase)),
                    None => errors.push(wrong("match", format!("`{word}` holds no word"))),
                }
            }
        }
    }
    for filter in &rules.filters {
        let test = match &filter.test {
            Test::Matches(pattern) => pattern_of("where", pattern, &mut errors),
            Test::OneOf(_) | Test::Equals(_) | Test::Above(_) | Test::Below(_) => None,
        };
        compiled.tests.push(test);
    }
    compiled.value = rules.value.as_ref().and_then(|value| value_of(value, &mut errors));
    compiled.date = rules.date.as_ref().and_then(|pattern| pattern_of("date", pattern, &mut errors));
    compiled.amount = rules.amount.as_ref().and_then(|pattern| pattern_of("amount", pattern, &mut errors));
    for (status, words) in &rules.status {
        compiled.status.push((*status, words.iter().filter_map(|word| Phrase::new(word)).collect()));
    }
    compiled.place = rules.near.iter().flat_map(|place| &place.names).filter_map(|name| Phrase::new(name)).collect();
    if errors.is_empty() { Ok(compiled) } else { Err(errors) }
}

fn wrong(key: &'static str, message: String) -> RuleError {
    RuleError { key, message, column: None }
}

fn pattern_of(key: &'static str, pattern: &str, errors: &mut Vec<RuleError>) -> Option<Regex> {
    match RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build() {
        Ok(regex) => Some(regex),
        Err(error) => {
            let column = regex_syntax_column(&error);
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            errors.push(RuleError { key, message: format!("the pattern cannot be used: {reason}"), column });
            None
        }
    }
}

/// The column of the caret line in the builder's message.
fn regex_syntax_column(error: &regex::Error) -> Option<usize> {
    let text = error.to_string();
    let caret = text.lines().find(|line| line.trim_start().starts_with('^'))?;
    // The pattern is shown indented by four.
    caret.find('^').and_then(|at| at.checked_sub(4)).map(|at| at + 1)
}

fn value_of(value: &ValueRule, errors: &mut Vec<RuleError>) -> Option<Value> {
    match value {
        ValueRule::Regex(pattern) => pattern_of("value", pattern, errors).map(Value::Regex),
        ValueRule::Field(field) => Some(Value::Field(field.clone())),
        ValueRule::JsonPath(path) => {
            let nesting = path.chars().filter(|c| matches!(c, '(' | '[')).count();
            if path.len() > 1024 || nesting > 64 {
                errors.push(wrong("value", "the JSONPath is longer or deeper than the limit".to_owned()));
                return None;
            }
            match JsonPath::parse(path) {
                Ok(path) => Some(Value::JsonPath(path)),
                Err(error) => {
                    let column = Some(error.position() + 1);
                    errors.push(RuleError {
                        key: "value",
                        message: format!("it is no JSONPath: {}", error.message()),
                        column,
                    });
                    None
                }
            }
        }
        ValueRule::Css(css, attribute) => match Selector::parse(css) {
            Ok(selector) => Some(Value::Css(Css(selector, css.clone()), attribute.clone())),
            Err(error) => {
                errors.push(wrong("value", format!("`{css}` is no CSS selector: {error}")));
                None
            }
        },
        ValueRule::Area(_) => Some(Value::Area),
    }
}
