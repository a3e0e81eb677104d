//! HTML: each node that a selector finds is an item, or the whole page is one.

use scraper::{ElementRef, Selector};

use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::page::{self, Page};
use super::plan::{Expression, Plan};
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, plain};
use crate::model::item::{Header, Item, Parsed};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "html",
    doc: "HTML: `items` is a CSS selector; without it the page is one item",
    language: Language::Selector,
    is_feed: false,
    recognise: is_page,
    read,
};

/// How many links of one item are kept.
const LINKS: usize = 64;

/// Whether a text is an HTML page or a piece of one: its first element is HTML's.
pub fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    let mut is_declared = false;
    while let Some(inner) = rest.strip_prefix("<!").or_else(|| rest.strip_prefix("<?")) {
        let end = if inner.starts_with("--") { "-->" } else { ">" };
        let (content, after) = inner.split_once(end).unwrap_or((inner, ""));
        is_declared |= declares_html(content);
        rest = after.trim_start();
    }
    let Some(inner) = rest.strip_prefix('<') else { return is_declared };
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    let after = inner.get(name.len()..).unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "html" | "head" | "body" => true,
        "rss" | "rdf" | "feed" => false,
        _ if is_declared => true,
        // `<link>` and `<title>` begin a feed's channel as well as a page's head.
        "link" | "title" | "source" | "summary" | "image" => false,
        // A program's warning before a feed begins like a page.
        name => plain::role(name).is_some() && !after.starts_with(':') && super::feed::find_root(text).is_none(),
    }
}

/// Whether a declaration is HTML's document type.
fn declares_html(declaration: &str) -> bool {
    let mut words = declaration.split_whitespace();
    let is = |word: Option<&str>, name: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(name));
    is(words.next(), "doctype") && is(words.next(), "html")
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let mut warnings = Warnings::default();
    let page = Page::parse(&input.text, input.room, &mut warnings);
    let base = page.base(input.base.as_ref());
    let header = Header {
        format: FORMAT.word.to_owned(),
        encoding: input.label.clone(),
        title: page.title(),
        // Where the page came from is known better than what it calls itself.
        link: input.base.as_ref().map(ToString::to_string).or_else(|| page.canonical()),
        language: page.language(),
        description: page.meta("description"),
        ..Header::default()
    };
    let mut reader = Reader { plan, base, identities: Identities::default(), warnings };
    let mut shelf = Shelf::new(input.room);
    match plan.items.as_ref().and_then(|items| items.selector.as_ref()) {
        Some(selector) => reader.items(&page, selector, &mut shelf),
        None => shelf.push(reader.whole(&page, &header)),
    }
    Ok(shelf.into_parsed(header, reader.warnings))
}

/// What the items of a page have in common.
struct Reader<'p> {
    plan: &'p Plan,
    base: Option<url::Url>,
    identities: Identities,
    warnings: Warnings,
}

impl Reader<'_> {
    fn items(&mut self, page: &Page, selector: &Selector, shelf: &mut Shelf) {
        for node in page.select(selector) {
            shelf.push(self.item(node));
            if shelf.is_full() {
                break;
            }
        }
        if shelf.len() == 0 {
            self.warnings.say("`items` finds nothing in the page");
        }
    }

    fn item(&mut self, node: ElementRef<'_>) -> Item {
        let mut draft = Draft::new(self.base.clone());
        // Where the text is said to be somewhere, all the rest around it is none.
        if !self.plan.names("content") {
            draft.item.content = Some(page::text(node)).filter(|text| !text.is_empty());
        }
        self.plan.fill(&mut draft, &mut self.warnings, |place| find(node, place));
        if draft.item.link.is_none() && !self.plan.has_fields() {
            let first = page::links(node).next();
            draft.item.link = first.and_then(|link| super::links::resolve(&link, self.base.as_ref()));
        }
        let cited = page::links(node).filter_map(|link| super::links::resolve(&link, self.base.as_ref()));
        draft.item.links = cited.take(LINKS).collect();
        draft.item.raw = Some(node.html());
        let mut item = draft.finish();
        let hash = |item: &Item| identity::hash(item.content.as_deref());
        self.identities.settle_by(&mut item, hash, &mut self.warnings);
        item
    }

    /// The page as one item: the same item however its text changes, where its address is known.
    fn whole(&mut self, page: &Page, header: &Header) -> Item {
        let mut draft = Draft::new(self.base.clone());
        draft.item.title.clone_from(&header.title);
        draft.item.link.clone_from(&header.link);
        draft.item.language.clone_from(&header.language);
        draft.item.content = Some(page.text()).filter(|text| !text.is_empty());
        draft.item.published = page.meta("article:published_time").and_then(|text| super::dates::read(&text));
        draft.item.updated = page.meta("article:modified_time").and_then(|text| super::dates::read(&text));
        if let Some(root) = page.root() {
            let cited = page::links(root).filter_map(|link| super::links::resolve(&link, self.base.as_ref()));
            draft.item.links = cited.take(LINKS).collect();
            draft.item.raw = Some(root.html());
            self.plan.fill(&mut draft, &mut self.warnings, |place| find(root, place));
        }
        let mut item = draft.finish();
        self.identities.settle(&mut item, &mut self.warnings);
        item
    }
}

/// The text or attribute at a place of a node: the first match within it, or the node itself.
fn find(node: ElementRef<'_>, place: &Expression) -> Option<String> {
    let found = match &place.selector {
        Some(selector) => node.select(selector).next()?,
        None if place.attribute.is_some() => node,
        None => return None,
    };
    match &place.attribute {
        Some(name) => found.value().attr(name).map(str::to_owned),
        None => Some(page::text(found)),
    }
}
