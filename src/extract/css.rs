//! `value = { css = "…", attr = "…" }`: a figure in the HTML of an item.

use scraper::Selector;

use super::field::of_field;
use super::source::Source;
use super::{Figure, FigureReader, RuleError};
use crate::format::expression;
use crate::format::page::{self, Page};

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
    /// Where it is invalid, too long or too deep, with the column.
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
/// Where the HTML is beyond a bound, as a sentence.
pub fn texts(html: &str, selector: &Selector, attribute: Option<&str>) -> Result<Vec<String>, String> {
    let page = Page::whole(html)?;
    let texts = page.select(selector).filter_map(|element| match attribute {
        Some(name) => element.value().attr(name).map(str::to_owned),
        None => Some(page::text(element)),
    });
    Ok(texts.collect())
}

fn compile(selector: &str) -> Result<Selector, RuleError> {
    expression::selector(selector).map_err(|(message, column)| RuleError { key: "value", message, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, selector: &str, attribute: Option<&str>, expected: &[&str]) {
        assert_eq!(texts(html, &compile(selector).unwrap(), attribute).unwrap(), expected, "{selector}");
    }

    #[test]
    fn texts_and_attributes() {
        check("<ul><li>tanks <b>12</b></li><li>guns</li></ul>", "li", None, &["tanks 12", "guns"]);
        check("<tr><td class=n>12</td></tr>", "td.n", None, &["12"]);
        check("<TD>7</td>", "td", None, &["7"]);
        check("<time datetime='2026-01-01'>x</time>", "time", Some("datetime"), &["2026-01-01"]);
        check("<p>x", "li", None, &[]);
    }

    /// Once read as 1213, which nobody had written.
    #[test]
    fn figures_on_two_lines_stay_two() {
        check("<td>12<br>13</td>", "td", None, &["12\n13"]);
        check("<div><p>12</p><p>13</p><script>14</script></div>", "div", None, &["12\n13"]);
    }

    #[test]
    fn deep_documents_are_refused() {
        let deep = "<div>".repeat(100_000);
        assert!(texts(&deep, &compile("li").unwrap(), None).unwrap_err().contains("nested deeper than 512"));
    }
}
