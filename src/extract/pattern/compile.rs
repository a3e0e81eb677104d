//! Regular expressions of the configuration: bounded, with the group that is meant.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use crate::extract::RuleError;
use crate::extract::text::fold::{Folded, fold_pattern};

/// What a pattern may compile to, in bytes; `\w{1,200}` already needs a megabyte.
const SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// What the automaton of a running pattern may grow to, in bytes.
const DFA_SIZE_LIMIT: usize = 1024 * 1024;

/// A pattern is no longer than this, in bytes.
const LONGEST: usize = 4 * 1024;

/// A compiled pattern and the group that it is about.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    group: usize,
    shown: String,
}

impl Pattern {
    /// A pattern for a figure: group `value`, else group 1, else the whole match.
    ///
    /// # Errors
    /// Where it is invalid or too large.
    pub(crate) fn for_value(pattern: &str) -> Result<Self, RuleError> {
        let (regex, group) = with_group("value", pattern, "value")?;
        Ok(Self { regex, group: group.unwrap_or(0), shown: pattern.to_owned() })
    }

    /// A pattern with a group of the name of its key (`date`, `amount`), or at least one group.
    ///
    /// # Errors
    /// Where it is invalid, too large, or has no group.
    pub(crate) fn for_group(key: &'static str, pattern: &str) -> Result<Self, RuleError> {
        let (regex, group) = with_group(key, pattern, key)?;
        let missing = || RuleError {
            key,
            message: format!("the pattern `{pattern}` has no group `{key}`; mark what is meant: `(?<{key}>…)`"),
            column: None,
        };
        Ok(Self { regex, group: group.ok_or_else(missing)?, shown: pattern.to_owned() })
    }

    /// A pattern that only has to occur.
    ///
    /// # Errors
    /// Where it is invalid or too large.
    pub(crate) fn for_test(key: &'static str, pattern: &str) -> Result<Self, RuleError> {
        Ok(Self { regex: build(key, pattern)?, group: 0, shown: pattern.to_owned() })
    }

    /// As the configuration wrote it.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether it occurs.
    pub(crate) fn occurs(&self, text: &str) -> bool {
        self.regex.is_match(Folded::for_patterns(text).as_str())
    }

    /// What it points at, match after match, in bytes of the source. A group that took no part in a match gives nothing.
    pub(crate) fn parts<'a>(&'a self, folded: &'a Folded, source: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let groups = self.regex.captures_iter(folded.as_str()).filter_map(|captures| captures.get(self.group));
        groups.map(|group| folded.source_range(source, group.range()))
    }
}

/// Compiles a pattern on folded text within the limits.
pub(super) fn build(key: &'static str, pattern: &str) -> Result<Regex, RuleError> {
    if pattern.len() > LONGEST {
        let message = format!("the pattern has {} bytes; expected at most {LONGEST}", pattern.len());
        return Err(RuleError { key, message, column: None });
    }
    let mut builder = RegexBuilder::new(&fold_pattern(pattern));
    builder
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(DFA_SIZE_LIMIT)
        .build()
        .map_err(|error| rule_error(key, pattern, &error))
}

fn with_group(key: &'static str, pattern: &str, name: &str) -> Result<(Regex, Option<usize>), RuleError> {
    let regex = build(key, pattern)?;
    let named = regex.capture_names().position(|group| group == Some(name));
    let first = (regex.captures_len() > 1).then_some(1);
    Ok((regex, named.or(first)))
}

fn rule_error(key: &'static str, pattern: &str, error: &regex::Error) -> RuleError {
    match error {
        regex::Error::CompiledTooBig(limit) => RuleError {
            key,
            message: format!(
                "the pattern `{pattern}` compiles to more than {} MiB; use smaller repetitions",
                limit / 1024 / 1024
            ),
            column: None,
        },
        regex::Error::Syntax(report) => {
            let (reason, column) = read_report(report);
            RuleError { key, message: format!("the pattern `{pattern}` is invalid: {reason}"), column }
        }
        _ => RuleError { key, message: format!("the pattern `{pattern}` is invalid: {error}"), column: None },
    }
}

/// Reason and column from the report of the regex crate: the pattern indented by four, a caret under the place.
fn read_report(report: &str) -> (String, Option<usize>) {
    let reason = report.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or(report.trim());
    let caret = report.lines().find(|line| line.contains('^') && line.trim().chars().all(|c| c == '^'));
    let column = caret.and_then(|line| line.find('^')).and_then(|at| at.checked_sub(3));
    (reason.to_owned(), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, message: &str, column: Option<usize>) {
        let error = Pattern::for_value(pattern).unwrap_err();
        assert!(error.message.contains(message), "{}", error.message);
        assert_eq!(error.column, column, "{pattern}");
    }

    #[test]
    fn errors_name_the_column() {
        check("(abc", "unclosed group", Some(1));
        check("ab[c", "unclosed character class", Some(3));
        check("а+*(б", "unclosed group", Some(4));
        check("\\p{Nothing}", "Unicode property not found", Some(1));
        check(r"(?:\w{1,999}){1,99}", "more than 4 MiB", None);
        check(&"a".repeat(5_000), "5000 bytes", None);
        check(&format!("{}{}", "(".repeat(300), ")".repeat(300)), "nest", Some(251));
    }

    #[test]
    fn a_pattern_for_dates_has_a_group() {
        let error = Pattern::for_group("date", r"on \d+ \w+").unwrap_err();
        assert!(error.message.contains("(?<date>…)"), "{}", error.message);
        assert!(Pattern::for_group("date", r"on (\d+ \w+)").is_ok());
    }

    #[test]
    fn apostrophes_are_equal_in_pattern_and_text() {
        let pattern = Pattern::for_value("(дев’ять) ракет").unwrap();
        let text = "збито девʼять ракет";
        let folded = Folded::for_patterns(text);
        let parts: Vec<&str> = pattern.parts(&folded, text).map(|part| &text[part]).collect();
        assert_eq!(parts, ["девʼять"]);
    }
}
