//! Expressions of the configuration, checked and compiled once. Limited before they reach a recursive parser.

use scraper::Selector;
use serde_json_path::JsonPath;

/// The longest expression.
const MAX_LENGTH: usize = 1024;
/// The deepest nesting of brackets within one.
const MAX_NESTING: usize = 32;

/// A compiled CSS selector with its text: `Selector` itself is neither shown nor compared.
#[derive(Clone)]
pub struct Css {
    text: String,
    selector: Selector,
}

impl std::fmt::Debug for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl Css {
    /// Compiles a selector.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        within_limits(text)?;
        let selector = Selector::parse(text).map_err(|error| format!("`{text}` is no CSS selector: {error}"))?;
        Ok(Self { text: text.to_owned(), selector })
    }

    /// The compiled selector.
    pub fn selector(&self) -> &Selector {
        &self.selector
    }
}

/// Compiles a JSONPath (RFC 9535).
///
/// # Errors
/// What is wrong with it, and where, in characters from 1.
pub fn json_path(text: &str) -> Result<JsonPath, (String, Option<usize>)> {
    within_limits(text).map_err(|why| (why, None))?;
    JsonPath::parse(text)
        .map_err(|error| (format!("`{text}` is no JSONPath: {}", error.message()), Some(error.position() + 1)))
}

fn within_limits(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(format!("it is nested deeper than the limit of {MAX_NESTING}"));
        }
    }
    if text.len() > MAX_LENGTH {
        return Err(format!("it is longer than the limit of {MAX_LENGTH} bytes"));
    }
    Ok(())
}
