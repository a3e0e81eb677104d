//! The languages in which people point into documents: JSONPath (RFC 9535) and CSS selectors.
//!
//! The parsers of both recurse on their input and a stack overflow cannot be
//! caught, so that length and nesting are bounded before they see it.

use scraper::Selector;
use scraper::error::SelectorErrorKind;
use serde_json_path::JsonPath;

/// The longest expression, in bytes.
const LONGEST: usize = 1024;

/// How deep brackets and negations may nest in an expression.
const DEEPEST: usize = 32;

/// How deep filters may nest in one another: a parser that tries each in several ways takes several times as long for
/// every level.
const DEEPEST_FILTER: usize = 8;

/// What is wrong with an expression, as a sentence fragment, and where, in characters from 1.
pub type Invalid = (String, Option<usize>);

/// Compiles a JSONPath.
///
/// # Errors
/// Where it is invalid, too long or too deep.
pub fn path(written: &str) -> Result<JsonPath, Invalid> {
    within_limits(written)?;
    if let Some(column) = filters_deeper_than(written, DEEPEST_FILTER) {
        return Err((format!("filters are nested deeper than {DEEPEST_FILTER} levels"), Some(column)));
    }
    JsonPath::parse(written).map_err(|error| {
        let column = written.get(..error.position()).map(|before| before.chars().count() + 1);
        (format!("invalid JSONPath `{written}`: {}; expected RFC 9535", error.message()), column)
    })
}

/// Compiles a CSS selector.
///
/// # Errors
/// Where it is invalid, too long or too deep.
pub fn selector(written: &str) -> Result<Selector, Invalid> {
    within_limits(written)?;
    Selector::parse(written).map_err(|error| {
        let column = first_wrong_column(written);
        let why = match error {
            SelectorErrorKind::UnexpectedSelectorParseError(_) => "no such selector or pseudo-class".to_owned(),
            other => other.to_string().to_lowercase(),
        };
        (format!("invalid CSS selector `{written}`: {why}"), Some(column))
    })
}

/// The parser does not say where it stopped: the longest beginning that is a selector tells.
fn first_wrong_column(written: &str) -> usize {
    let ends = written.char_indices().map(|(at, _)| at).rev();
    let is_selector = |end: &usize| written.get(..*end).is_some_and(|start| Selector::parse(start).is_ok());
    let longest = ends.into_iter().find(is_selector).unwrap_or(0);
    written.get(..longest).map_or(1, |start| start.chars().count() + 1)
}

fn within_limits(written: &str) -> Result<(), Invalid> {
    if written.len() > LONGEST {
        return Err((format!("the expression has {} bytes; at most {LONGEST} are read", written.len()), None));
    }
    match deeper_than(written, DEEPEST) {
        Some(column) => Err((format!("the expression is nested deeper than {DEEPEST} levels"), Some(column))),
        None => Ok(()),
    }
}

/// The column, in characters from 1, where an expression nests deeper than `limit`; quoted parts do not count.
fn deeper_than(expression: &str, limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    unquoted(expression).find_map(|(column, c)| {
        match c {
            // A chain of negations recurses as brackets do.
            '(' | '[' | '{' | '!' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth > limit).then_some(column)
    })
}

/// The column, in characters from 1, where filters (`[?`) nest deeper than `limit`.
fn filters_deeper_than(expression: &str, limit: usize) -> Option<usize> {
    let mut open: Vec<bool> = Vec::new();
    unquoted(expression).find_map(|(column, c)| {
        match c {
            '[' => open.push(false),
            ']' => drop(open.pop()),
            '?' => open.iter_mut().last().into_iter().for_each(|is_filter| *is_filter = true),
            _ => {}
        }
        (open.iter().filter(|is_filter| **is_filter).count() > limit).then_some(column)
    })
}

/// The characters of an expression that stand outside of quotes, with their columns from 1.
fn unquoted(expression: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut is_escaped = false;
    expression.chars().enumerate().filter_map(move |(index, c)| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match (quote, c) {
            (Some(_), _) if was_escaped => {}
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, _) => return Some((index + 1, c)),
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_quotes_do_not_nest() {
        assert_eq!(deeper_than("$[?(@.a == '((((')]", 2), None);
        assert_eq!(deeper_than("$[?((@.a))]", 2), Some(5));
        assert_eq!(deeper_than(":not(:not(:not(a)))", 2), Some(15));
    }

    #[test]
    fn errors_name_the_column() {
        let cases = [("$.a[?", 6), ("a", 1), ("$.é[", 4), ("$[?@.a==]", 7)];
        for (written, column) in cases {
            assert_eq!(path(written).unwrap_err().1, Some(column), "{written}");
        }
        for (written, column) in [("li[", 3), ("ul > li:nope", 8), ("", 1), ("p::", 2)] {
            assert_eq!(selector(written).unwrap_err().1, Some(column), "{written}");
        }
    }

    #[test]
    fn filters_within_filters_are_few() {
        let nested = |levels: usize| format!("$.a{}{}", "[?@.b".repeat(levels), "]".repeat(levels));
        assert!(path(&nested(8)).is_ok());
        assert_eq!(path(&nested(9)).unwrap_err(), ("filters are nested deeper than 8 levels".to_owned(), Some(45)));
        assert!(path("$[?@.a][?@.a][?@.a][?@.a][?@.a][?@.a][?@.a][?@.a][?@.a]").is_ok(), "one after the other");
        assert!(path(&format!("$[?@.a == '{}']", "[?".repeat(20))).is_ok(), "in quotes");
        // What a fuzzer found: it took ever longer and was no path in the end.
        let open = format!("$.a{}", "[?@.b[?@.b > 1 && match(@.c".repeat(8));
        assert!(path(&open).unwrap_err().0.contains("nested"));
    }

    #[test]
    fn nothing_deep_reaches_a_parser() {
        let filter = format!("$[?{}@.a{}]", "(".repeat(5_000), ")".repeat(5_000));
        for (deep, part) in [
            (filter.as_str(), "bytes"),
            (&filter[..1000], "nested"),
            (&format!("$[?{}@.a]", "!".repeat(500)), "nested"),
        ] {
            assert!(path(deep).unwrap_err().0.contains(part), "{deep}");
        }
        let nots = ":not(".repeat(3_000);
        for (deep, part) in [(nots.as_str(), "bytes"), (&nots[..500], "nested")] {
            assert!(selector(deep).unwrap_err().0.contains(part), "{deep}");
        }
    }
}
