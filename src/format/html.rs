//! HTML pages: items by CSS selector, or the whole page as one item; and plain text.

use scraper::{ElementRef, Html};

use super::fields::{self, Mapping, Source};
use super::selector::Css;
use super::{FormatError, MAX_ITEMS, plain};
use crate::model::item::{Item, Parsed};

/// Elements nested deeper than this are refused before the parser, whose time grows with the square of the depth.
const MAX_DEPTH: usize = 512;

/// Whether a text begins like an HTML page.
pub fn recognise(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(1024).collect();
    let lower = head.to_lowercase();
    lower.starts_with("<!doctype html")
        || lower.contains("<html")
        || lower.contains("<body")
        || lower.starts_with("<head")
}

/// Reads a page.
///
/// # Errors
/// A page that is nested too deeply.
pub fn read(text: &str, items: Option<&Css>, mapping: &Mapping, base: Option<&str>) -> Result<Parsed, FormatError> {
    let depth = depth(text);
    if depth > MAX_DEPTH {
        return Err(FormatError::new(format!("the page is nested deeper than the limit of {MAX_DEPTH}")));
    }
    let mut parsed = Parsed::default();
    parsed.header.format = "html".to_owned();
    let page = Html::parse_document(text);
    let title = Css::new("title").ok().and_then(|css| page.select(css.selector()).next());
    parsed.header.title = title.map(|title| plain::tidy(&title.text().collect::<String>()));
    let Some(css) = items else {
        let mut item =
            Item { title: parsed.header.title.clone(), content: Some(plain::of_html(text)), ..Item::default() };
        item.raw = Some(text.to_owned());
        fill(&mut item, page.root_element(), mapping);
        parsed.items.push(item);
        return Ok(parsed);
    };
    for element in page.select(css.selector()).take(MAX_ITEMS) {
        let raw = element.html();
        let mut item = Item { content: Some(plain::of_html(&raw)), ..Item::default() };
        item.links = links(element, base);
        item.raw = Some(raw);
        fill(&mut item, element, mapping);
        item.link = item.link.map(|link| resolve(&link, base));
        parsed.items.push(item);
    }
    if parsed.items.is_empty() {
        parsed.warnings.push("`items` selects nothing on this page".to_owned());
    }
    Ok(parsed)
}

fn fill(item: &mut Item, element: ElementRef<'_>, mapping: &Mapping) {
    fields::fill(item, mapping, plain::tidy, |source| match source {
        Source::Css(css, attribute) => {
            let found = match css {
                None => element,
                Some(css) => element.select(css.selector()).next()?,
            };
            match attribute {
                Some(attribute) => found.value().attr(attribute).map(str::to_owned),
                // Its markup: what fills a member is made plain there, and a field keeps its lines.
                None => Some(plain::of_html(&found.inner_html())),
            }
        }
        Source::Name(_) | Source::Path(_) => None,
    });
}

fn links(element: ElementRef<'_>, base: Option<&str>) -> Vec<String> {
    let anchors = element.descendants().filter_map(ElementRef::wrap).filter(|found| found.value().name() == "a");
    anchors.filter_map(|anchor| anchor.value().attr("href")).take(50).map(|link| resolve(link, base)).collect()
}

fn resolve(link: &str, base: Option<&str>) -> String {
    let joined = base.and_then(|base| url::Url::parse(base).ok()).and_then(|base| base.join(link).ok());
    joined.map_or_else(|| link.to_owned(), String::from)
}

/// The deepest nesting of tags, void and self-closing ones left out: an upper bound of the tree's depth.
fn depth(text: &str) -> usize {
    const VOID: [&str; 13] =
        ["br", "img", "meta", "link", "input", "hr", "source", "area", "base", "col", "embed", "track", "wbr"];
    // These close themselves when the next one opens.
    const OPTIONAL: [&str; 8] = ["p", "li", "td", "th", "tr", "option", "dt", "dd"];
    let (mut depth, mut most) = (0_usize, 0);
    for part in text.split('<').skip(1) {
        let name: String = part.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || VOID.contains(&name.as_str()) || OPTIONAL.contains(&name.as_str()) {
            continue;
        }
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !part.split('>').next().unwrap_or_default().ends_with('/') {
            depth += 1;
            most = most.max(depth);
        }
    }
    most
}

/// Reads plain text: one item.
pub fn read_text(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    parsed.header.format = "text".to_owned();
    parsed.items.push(Item { content: Some(plain::tidy(text)), raw: Some(text.to_owned()), ..Item::default() });
    parsed
}
