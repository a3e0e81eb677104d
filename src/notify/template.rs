//! The built-in templates and how they are filled.
//!
//! Templates only lay out a [`Letter`]; words, limits and safety are its
//! business. They are compiled in, so a message can always be rendered, and
//! their work is bounded by fuel, so that no letter can keep a sender busy.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, context};

use super::letter::Letter;

/// Enough for the largest letter several times over, at a few instructions a character.
pub(super) const FUEL: u64 = 5_000_000;
/// Lines of prose are wrapped here: RFC 5322 section 2.1.1 asks for 78 at most.
const WIDTH: usize = 76;

/// A letter's text part and HTML part.
///
/// # Errors
/// A template that does not fit its letter, or used up its fuel.
pub(super) fn render(letter: &Letter, fuel: u64) -> Result<(String, String), Error> {
    // Parsing the templates takes longer than filling them.
    static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| environment(FUEL));
    let other;
    let environment = match (&*ENVIRONMENT, fuel) {
        (Ok(shared), FUEL) => shared,
        _ => {
            other = environment(fuel)?;
            &other
        }
    };
    let text = environment.get_template("letter.txt")?.render(context! { letter => Serde(letter) })?;
    let html = environment.get_template("letter.html")?.render(context! { letter => Serde(letter) })?;
    Ok((text, html))
}

fn environment(fuel: u64) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(fuel));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax()?);
    environment.set_formatter(write_value);
    environment.add_filter("wrap", |text: &str, indent: usize| wrap(text, indent));
    environment.add_filter("pad", |text: &str, width: usize| format!("{text:<width$}"));
    environment.add_filter("lpad", |text: &str, width: usize| format!("{text:>width$}"));
    environment.add_template("letter.txt", include_str!("templates/letter.txt"))?;
    environment.add_template("letter.html", include_str!("templates/letter.html"))?;
    Ok(environment)
}

/// Lines that hold only a tag leave no blank line behind.
fn syntax() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()
}

/// Writes a value, escaped in HTML.
///
/// The built-in escaping also turns `/` into a reference, which makes every
/// link unreadable in the source of a mail and trips simple link scanners.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Text as HTML text or as a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Prose in lines of at most [`WIDTH`] characters, all but the first indented; a longer word (a link) stays whole.
///
/// No line begins with `From `: some mail programs keep mail in files in which that begins the next message.
pub(super) fn wrap(text: &str, indent: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            wrapped.push(' ');
            column += 1;
        }
        if word == "From" && (wrapped.is_empty() || wrapped.ends_with('\n')) {
            wrapped.push(' ');
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_and_words_stay_whole() {
        let long = "x".repeat(90);
        let cases = [
            ("", 4, String::new()),
            ("a b", 0, "a b".to_owned()),
            (&format!("{} b", "a".repeat(75)), 0, format!("{}\nb", "a".repeat(75))),
            (&format!("{} b", "a".repeat(74)), 0, format!("{} b", "a".repeat(74))),
            ("From here", 0, " From here".to_owned()),
            (&format!("{} From", "a".repeat(74)), 0, format!("{}\n From", "a".repeat(74))),
            (&format!("a {long} b"), 2, format!("a\n  {long}\n  b")),
        ];
        for (text, indent, expected) in cases {
            assert_eq!(wrap(text, indent), expected, "{text}");
        }
    }

    #[test]
    fn html_is_escaped_for_text_and_attributes() {
        assert_eq!(escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
