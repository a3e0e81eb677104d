//! A page as a tree, within bounds: html5ever takes quadratic time on deep
//! nesting and multiplies misnested formatting, so that the tree is looked at
//! while it grows.

use std::borrow::Cow;

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::TendrilSink;
use scraper::{ElementRef, Html, HtmlTreeSink, Node, Selector};
use url::Url;

use crate::format::archive::MOST_UNPACKED;
use crate::format::links;
use crate::format::plain::{self, Flow, Role};
use crate::format::warnings::Warnings;

/// How many bytes are parsed between two looks at the tree.
const PIECE: usize = 4096;

/// How deep elements may nest: serialising and selecting are recursive.
const DEPTH: usize = 512;

/// What a node takes at most, in bytes, its name and the growth of the tree included.
const NODE: u64 = 128;

/// How long a tag may be, in bytes: a picture may be written into one.
const LONGEST_TAG: usize = 2 << 20;

/// How long a tag with many attributes may be, in bytes.
const MANY_ATTRIBUTES: usize = 128 << 10;

/// In a tag with many attributes one of so many bytes stands between two of them; in base64 it is one of 35.
const BLANKS: usize = 24;

/// Elements that stand beside what a page is about.
const ASIDES: [&str; 4] = ["nav", "aside", "footer", "form"];

/// A parsed page.
#[derive(Debug)]
pub struct Page {
    html: Html,
}

impl Page {
    /// Parses a page as far as the bounds allow, one of them so many bytes of memory; what is left out is a warning.
    pub fn parse(text: &str, room: u64, warnings: &mut Warnings) -> Self {
        let (page, passed) = Self::grown(text, room);
        warnings.extend(passed.map(|bound| format!("the page has {bound}; the rest of it was left out")));
        page
    }

    /// Parses a page or a piece of one whole.
    ///
    /// # Errors
    /// The bound that it passes, as a sentence.
    pub fn whole(text: &str) -> Result<Self, String> {
        match Self::grown(&in_table(text), MOST_UNPACKED) {
            (page, None) => Ok(page),
            (_, Some(bound)) => Err(format!("the HTML has {bound}")),
        }
    }

    /// The page, and the bound at which it was cut off.
    fn grown(text: &str, room: u64) -> (Self, Option<String>) {
        let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
        let mut rest = text;
        let mut passed = None;
        let mut still = Still::default();
        while !rest.is_empty() && passed.is_none() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
            parser.process(piece.into());
            rest = after;
            let html = parser.tokenizer.sink.sink.0.borrow();
            passed = bound_passed(&html, room / NODE).or_else(|| still.passed(&html, piece));
        }
        (Self { html: parser.finish() }, passed)
    }

    /// All elements that a selector finds, in document order.
    pub fn select<'a>(&'a self, selector: &'a Selector) -> impl Iterator<Item = ElementRef<'a>> {
        self.html.select(selector)
    }

    /// The `html` element.
    pub fn root(&self) -> Option<ElementRef<'_>> {
        self.html.tree.root().children().find_map(ElementRef::wrap)
    }

    /// The text of the page's body.
    pub fn text(&self) -> String {
        self.first("body").or_else(|| self.root()).map(text).unwrap_or_default()
    }

    /// The page's title on one line.
    pub fn title(&self) -> Option<String> {
        let title = self.first("title").map(|node| plain::line_from_text(&text(node)));
        title.filter(|title| !title.is_empty()).or_else(|| self.meta("og:title"))
    }

    /// The language that the page states.
    pub fn language(&self) -> Option<String> {
        self.root()?.value().attr("lang").map(|language| language.trim().to_owned()).filter(|tag| !tag.is_empty())
    }

    /// The content of the `meta` element of that name or property.
    pub fn meta(&self, name: &str) -> Option<String> {
        let is_named = |node: &ElementRef<'_>| {
            ["name", "property"].iter().any(|key| node.value().attr(key).is_some_and(|value| value == name))
        };
        let content = self.elements("meta").find(is_named)?.value().attr("content")?;
        Some(plain::line_from_text(content)).filter(|content| !content.is_empty())
    }

    /// The address that the page gives for itself.
    pub fn canonical(&self) -> Option<String> {
        let is_canonical = |node: &ElementRef<'_>| node.value().attr("rel") == Some("canonical");
        let href = self.elements("link").find(is_canonical)?.value().attr("href")?;
        links::resolve(href, None).filter(|link| links::is_page(link))
    }

    /// What the page's links are relative to: its `base` element, joined to where it came from.
    pub fn base(&self, document: Option<&Url>) -> Option<Url> {
        let href = self.first("base").and_then(|node| node.value().attr("href"));
        let own = href.and_then(|href| links::resolve(href, document)).and_then(|link| links::base(&link));
        own.or_else(|| document.cloned())
    }

    /// The text and HTML of every element that a selector finds; `None` where it finds nothing.
    pub fn part(&self, selector: &Selector) -> Option<(String, String)> {
        let parts: Vec<ElementRef<'_>> = self.select(selector).collect();
        let texts: Vec<String> = parts.iter().map(|part| text(*part)).filter(|text| !text.is_empty()).collect();
        (!parts.is_empty()).then(|| (texts.join("\n"), parts.iter().map(ElementRef::html).collect()))
    }

    /// The text and HTML of what the page is about: what it marks as such, without the menus and asides in it.
    ///
    /// Headlines of other articles stand beside this one; read with it they would be reports that nobody made.
    pub fn article(&self) -> (String, String) {
        let body = self.first("body").or_else(|| self.root());
        let Some(part) = self.marked().or(body) else { return Default::default() };
        let is_whole = body.is_some_and(|body| body.id() == part.id());
        let beside = |name: &str| ASIDES.contains(&name) || (is_whole && name == "header");
        (text_without(part, beside), part.html())
    }

    /// The element that the page marks as its article.
    fn marked(&self) -> Option<ElementRef<'_>> {
        let has = |node: &ElementRef<'_>, name: &str, value: &str| {
            node.value().attr(name).is_some_and(|words| words.split_whitespace().any(|word| word == value))
        };
        let body = self.all().find(|node| has(node, "itemprop", "articleBody"));
        let mut articles = self.elements("article");
        // Several articles are a list of them.
        let only = articles.next().filter(|_| articles.next().is_none());
        body.or(only).or_else(|| self.first("main")).or_else(|| self.all().find(|node| has(node, "role", "main")))
    }

    fn all(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.html.tree.nodes().filter_map(ElementRef::wrap)
    }

    fn first(&self, name: &str) -> Option<ElementRef<'_>> {
        self.elements(name).next()
    }

    fn elements(&self, name: &str) -> impl Iterator<Item = ElementRef<'_>> {
        self.all().filter(move |node| node.value().name() == name)
    }
}

/// Rows and cells are dropped by the parser where no table is around them.
fn in_table(html: &str) -> Cow<'_, str> {
    let name = html.trim_start().strip_prefix('<').unwrap_or_default();
    let begins = |tag: &str| {
        let rest = name
            .get(tag.len()..)
            .filter(|_| name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)));
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    match () {
        () if begins("tr") => format!("<table><tbody>{html}</tbody></table>").into(),
        () if begins("td") || begins("th") => format!("<table><tbody><tr>{html}</tr></tbody></table>").into(),
        () => html.into(),
    }
}

/// How long nothing was added to a tree: the parser is within one tag, each attribute of which it compares with all
/// before it. A picture written into an attribute is long too, but has no blanks.
#[derive(Default)]
struct Still {
    nodes: usize,
    newest: usize,
    bytes: usize,
    blanks: usize,
}

impl Still {
    /// The bound, where it is passed with one more piece of the text.
    fn passed(&mut self, html: &Html, piece: &str) -> Option<String> {
        let mut nodes = html.tree.nodes();
        let length = |node: NodeRef<'_, Node>| node.value().as_text().map_or(0, |text| text.len());
        let seen = (nodes.len(), nodes.next_back().map_or(0, length));
        if seen != (self.nodes, self.newest) {
            *self = Self { nodes: seen.0, newest: seen.1, ..Self::default() };
        }
        self.bytes += piece.len();
        self.blanks +=
            piece.bytes().filter(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'')).count();
        let has_many = self.bytes > MANY_ATTRIBUTES && self.blanks > self.bytes / BLANKS;
        (has_many || self.bytes > LONGEST_TAG).then(|| format!("a tag of more than {} bytes", self.bytes - piece.len()))
    }
}

/// Which bound the tree has passed, in words.
fn bound_passed(html: &Html, most: u64) -> Option<String> {
    let mut nodes = html.tree.nodes();
    if nodes.len() as u64 > most {
        return Some(format!("more than {most} nodes, the most by [http] max_body"));
    }
    let newest = nodes.next_back()?;
    (newest.ancestors().take(DEPTH + 1).count() > DEPTH).then(|| format!("elements nested deeper than {DEPTH}"))
}

/// The plain text of an element.
pub fn text(element: ElementRef<'_>) -> String {
    text_without(element, |_| false)
}

/// The plain text of an element without the elements of some names, walked without recursion.
fn text_without(element: ElementRef<'_>, beside: impl Fn(&str) -> bool) -> String {
    let mut flow = Flow::default();
    let (mut hidden, mut preformatted) = (0usize, 0usize);
    for edge in element.traverse() {
        let is_open = matches!(edge, Edge::Open(_));
        let (Edge::Open(node) | Edge::Close(node)) = edge;
        let is_beside = node.value().as_element().is_some_and(|element| beside(element.name()));
        match if is_beside { Some(Role::Hidden) } else { role_of(node) } {
            Some(Role::Hidden) if node.id() != element.id() => hidden = stepped(hidden, is_open),
            _ if hidden > 0 => {}
            Some(Role::Preformatted) => {
                flow.block();
                preformatted = stepped(preformatted, is_open);
            }
            Some(Role::Block) => flow.block(),
            Some(Role::Break) if is_open => flow.line_break(),
            Some(Role::Cell) => flow.space(),
            _ => {
                if let Node::Text(text) = node.value()
                    && is_open
                {
                    if preformatted > 0 { flow.lines(text) } else { flow.text(text) }
                }
            }
        }
    }
    flow.finish()
}

fn role_of(node: NodeRef<'_, Node>) -> Option<Role> {
    node.value().as_element().and_then(|element| plain::role(element.name()))
}

fn stepped(depth: usize, is_open: bool) -> usize {
    if is_open { depth + 1 } else { depth.saturating_sub(1) }
}

/// The addresses that an element links to, as written.
pub fn links(element: ElementRef<'_>) -> impl Iterator<Item = String> {
    element
        .descendants()
        .filter_map(|node| node.value().as_element())
        .filter(|element| element.name() == "a")
        .filter_map(|element| element.attr("href"))
        .filter(|href| !href.trim().is_empty() && !href.starts_with('#'))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> (String, Vec<String>) {
        let mut warnings = Warnings::default();
        let page = Page::parse(html, 16 << 20, &mut warnings);
        (page.text(), warnings.into_inner())
    }

    #[test]
    fn a_tag_of_very_many_attributes_ends_the_page() {
        let attributes: String = (0..60_000).map(|number| format!("a{number}=1 ")).collect();
        let (text, warnings) = read(&format!("<p>before</p><p {attributes}>after</p>"));
        assert_eq!(text, "before");
        assert!(warnings.iter().any(|warning| warning.contains("a tag of more than")), "{warnings:?}");
    }

    #[test]
    fn a_picture_in_an_attribute_does_not() {
        let picture = "iVBORw0KGgo/AAAADSUhEUgA+".repeat(30_000);
        let (text, warnings) = read(&format!("<p>before</p><img src='data:image/png;base64,{picture}'><p>after</p>"));
        assert_eq!((text.as_str(), warnings.len()), ("before\nafter", 0), "{warnings:?}");
    }
}
