//! A page that an item links to: the text of what it is about. Not here: pages that are feeds themselves.

use jiff::Timestamp;
use scraper::Selector;

use super::expression::selector;
use super::input::Input;
use super::page::Page;
use super::warnings::Warnings;
use super::{FormatError, OptionError, Options, archive, dates, html, plain};
use crate::model::item::Document;

/// Reads the pages that the items of one feed link to.
#[derive(Debug, Clone, Default)]
pub struct PageReader {
    part: Option<Selector>,
}

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageText {
    /// Its text, without menus, headers and footers.
    pub text: String,
    /// The same part as HTML, where it is HTML.
    pub html: Option<String>,
    /// When it says it was published.
    pub published: Option<Timestamp>,
}

impl PageReader {
    /// A reader of the part that a selector names; without one, of the part that looks like the article.
    ///
    /// # Errors
    /// An invalid selector.
    pub fn new(part: Option<&str>) -> Result<Self, OptionError> {
        let compile = |written: &str| {
            let error = |(message, column)| OptionError { option: "follow".to_owned(), message, column };
            selector(written).map_err(error)
        };
        Ok(Self { part: part.map(compile).transpose()? })
    }

    /// Reads one page.
    ///
    /// # Errors
    /// Where it is no text, or holds no such part.
    pub fn read(&self, document: &Document) -> Result<PageText, FormatError> {
        let unpacked = archive::unpack(&document.body, &Options::default())?;
        let input = Input::new(&unpacked, document, None);
        let kind = document.content_type.as_deref().unwrap_or("no type");
        if unpacked.is_workbook || input.text.starts_with("%PDF-") || input.text.contains('\0') {
            return Err(FormatError::unreadable(format!("it is no text ({kind})")));
        }
        if !html::is_page(&input.text) {
            return Ok(PageText { text: plain::from_text(&input.text), ..PageText::default() });
        }
        let page = Page::parse(&input.text, input.room, &mut Warnings::default());
        let published = page.meta("article:published_time").and_then(|text| dates::read(&text));
        let (text, html) = match &self.part {
            Some(selector) => page
                .part(selector)
                .ok_or_else(|| FormatError::unreadable("`follow` finds nothing in it: its structure has changed"))?,
            None => page.article(),
        };
        if text.is_empty() {
            return Err(FormatError::unreadable(
                "it holds no text; it may be put together by a program in the browser",
            ));
        }
        Ok(PageText { text, html: Some(html), published })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: Option<&str>, body: &str, expected: Result<&str, &str>) {
        let document = Document { body: body.as_bytes().to_vec(), content_type: None, url: None };
        let read = PageReader::new(part).unwrap().read(&document).map(|page| page.text);
        match (read, expected) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected),
            (Err(error), Err(part)) => assert!(error.message.contains(part), "{error}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn what_a_page_is_about() {
        let around = |inside: &str| {
            format!(
                "<html><body><header>Site 100</header><nav><a>Ukraine aid</a></nav>{inside}\
                 <aside>Related: 200 convoys</aside><footer>300</footer></body></html>"
            )
        };
        check(None, &around("<main><h1>Title</h1><p>Text.</p><nav>Share</nav></main>"), Ok("Title\nText."));
        check(None, &around("<article><header>1 May</header><p>Text.</p></article>"), Ok("1 May\nText."));
        check(None, &around("<div><p>Text.</p></div>"), Ok("Text."));
        let teasers = "<main><article>One</article><article>Two, and longer</article></main>";
        check(None, &around(teasers), Ok("One\nTwo, and longer"));
        check(None, &around("<main>All<div itemprop='articleBody'>Body</div></main>"), Ok("Body"));
        check(
            Some(".body"),
            &around("<div class=body>Here</div><div class=body>and there</div>"),
            Ok("Here\nand there"),
        );
    }

    #[test]
    fn what_is_no_page_is_text_or_named() {
        check(None, "Plain words, 5 of them.", Ok("Plain words, 5 of them."));
        check(None, "%PDF-1.7 …", Err("no text"));
        check(None, "<html><body><script>x()</script></body></html>", Err("put together by a program"));
        check(Some(".gone"), "<html><body>x</body></html>", Err("`follow` finds nothing"));
    }
}
