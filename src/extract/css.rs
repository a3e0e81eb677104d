//! `value = { css = "…", attr = "…" }`: a figure in the HTML of an item.

use scraper::{Html, Selector};

use super::field::of_field;
use super::source::Source;
use super::text::nesting;
use super::{Figure, FigureReader, RuleError};

/// The selector parser recurses on its input, so that length and depth are bounded before.
const LONGEST: usize = 1024;
const DEEPEST: usize = 32;

/// A fragment nests no deeper, and is no longer, in bytes.
const DEEPEST_HTML: usize = 256;
const LONGEST_HTML: usize = 4 * 1024 * 1024;

/// A selector into the fragment of an item.
#[derive(Debug, Clone)]
pub(super) struct CssReader {
    selector: Selector,
    shown: String,
    attribute: Option<String>,
}

impl CssReader {
    /// Compiles a selector.
    ///
    /// # Errors
    /// Where it is invalid, too long or too deep.
    pub(super) fn new(selector: &str, attribute: Option<&str>) -> Result<Self, RuleError> {
        let attribute = attribute.map(str::to_owned);
        Ok(Self { selector: compile(selector)?, shown: selector.to_owned(), attribute })
    }
}

impl FigureReader for CssReader {
    fn read(&self, source: &Source<'_>) -> Figure {
        let Some(raw) = source.item.raw.as_deref() else {
            return Figure::error("the item carries no HTML to look into");
        };
        let found = match texts(raw, &self.selector, self.attribute.as_deref()) {
            Ok(found) => found,
            Err(why) => return Figure::error(why),
        };
        let name = format!("`{}`", self.shown);
        match found.split_first() {
            None => Figure::no_match(format!("{name} selects nothing")),
            Some((first, rest)) if rest.iter().all(|text| text == first) => of_field(first, &name, source),
            Some(_) => Figure::no_match(format!("{name} selects {} texts that differ", found.len())),
        }
    }
}

/// The text, or an attribute, of each element that a selector selects, in document order.
///
/// # Errors
/// Where the selector is invalid, or the HTML is beyond the limits.
pub fn select(html: &str, selector: &str, attribute: Option<&str>) -> Result<Vec<String>, RuleError> {
    let selector = compile(selector)?;
    texts(html, &selector, attribute).map_err(|message| RuleError { key: "value", message, column: None })
}

fn texts(html: &str, selector: &Selector, attribute: Option<&str>) -> Result<Vec<String>, String> {
    if html.len() > LONGEST_HTML {
        return Err(format!("the HTML has {} bytes; at most {LONGEST_HTML} are read", html.len()));
    }
    if nesting::html_beyond(html, DEEPEST_HTML) {
        return Err(format!("the HTML is nested more than {DEEPEST_HTML} deep"));
    }
    let document = Html::parse_fragment(&in_table(html));
    let elements = document.select(selector);
    let texts = elements.filter_map(|element| match attribute {
        Some(name) => element.value().attr(name).map(str::to_owned),
        None => Some(element.text().collect::<String>()),
    });
    Ok(texts.map(|text| text.trim().to_owned()).collect())
}

/// Rows and cells are dropped by the parser where no table is around them.
fn in_table(html: &str) -> String {
    let start = html.trim_start().to_ascii_lowercase();
    let begins = |name: &str| {
        let rest = start.strip_prefix('<').and_then(|tag| tag.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii_alphanumeric()))
    };
    match () {
        () if begins("tr") => format!("<table><tbody>{html}</tbody></table>"),
        () if begins("td") || begins("th") => format!("<table><tbody><tr>{html}</tr></tbody></table>"),
        () => html.to_owned(),
    }
}

fn compile(selector: &str) -> Result<Selector, RuleError> {
    let error = |message, column| RuleError { key: "value", message, column };
    if selector.len() > LONGEST {
        return Err(error(format!("the selector has {} bytes; expected at most {LONGEST}", selector.len()), None));
    }
    if let Some(column) = nesting::beyond(selector, DEEPEST) {
        return Err(error(format!("the selector is nested more than {DEEPEST} deep"), Some(column)));
    }
    Selector::parse(selector).map_err(|reason| error(format!("the selector `{selector}` is invalid: {reason}"), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, selector: &str, attribute: Option<&str>, expected: &[&str]) {
        assert_eq!(select(html, selector, attribute).unwrap(), expected, "{selector}");
    }

    #[test]
    fn texts_and_attributes() {
        check("<ul><li>tanks <b>12</b></li><li>guns</li></ul>", "li", None, &["tanks 12", "guns"]);
        check("<tr><td class=n>12</td></tr>", "td.n", None, &["12"]);
        check("<td>7</td>", "td", None, &["7"]);
        check("<time datetime='2026-01-01'>x</time>", "time", Some("datetime"), &["2026-01-01"]);
        check("<p>x", "li", None, &[]);
    }

    #[test]
    fn expressions_and_documents_are_bounded() {
        for selector in ["li[", "", "::", &":not(".repeat(150), &"a ".repeat(1_000)] {
            assert!(select("<p>", selector, None).is_err(), "{selector}");
        }
        let deep = "<ul><li>".repeat(100_000);
        assert!(select(&deep, "li", None).unwrap_err().message.contains("nested"));
    }
}
