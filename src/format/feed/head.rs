//! What a feed says of itself, and which kind of feed it is.

use url::Url;

use super::capture::Capture;
use super::names::Element;
use super::scope::Scope;
use crate::format::xml::{Tag, split_name};
use crate::format::{dates, draft, links};
use crate::model::item::{Header, Person};

/// How far into a document its root is looked for, in bytes: warnings and blanks may stand before it.
const PROLOGUE: usize = 64 * 1024;

/// The names that a feed's root may have; items alone are a feed too.
const ROOTS: [&str; 6] = ["rss", "rdf", "feed", "channel", "item", "entry"];

/// Where a feed begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// The offset of its start tag.
    pub offset: usize,
    /// How many bytes before it belong to no XML prologue.
    pub garbage: usize,
    /// Whether it is Atom.
    pub is_atom: bool,
}

/// Finds the root element of a feed in the first part of a text.
pub fn find_root(text: &str) -> Option<Root> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find('<').map(|at| at + from).filter(|at| *at < PROLOGUE) {
        let rest = text.get(at + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            from = comment.find("-->").map_or(at + 1, |end| at + 4 + end + 3);
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(rest.len());
        let (_, local) = split_name(rest.get(..end)?);
        if ROOTS.iter().any(|root| root.eq_ignore_ascii_case(local)) {
            let is_atom = local.eq_ignore_ascii_case("feed") || local.eq_ignore_ascii_case("entry");
            return Some(Root { offset: at, garbage: garbage(text.get(..at)?), is_atom });
        }
        from = at + 1;
    }
    None
}

/// Bytes before the first `<?xml`, or all of them where text stands that is no prologue.
fn garbage(before: &str) -> usize {
    let start = before.find("<?xml").unwrap_or(0);
    let leading = before.get(..start).unwrap_or_default();
    if !leading.is_empty() {
        return leading.len();
    }
    let first = before.trim_start();
    if first.is_empty() || first.starts_with("<?") || first.starts_with("<!") { 0 } else { before.len() }
}

/// What the feed has said of itself so far.
#[derive(Debug, Default)]
pub struct Head {
    header: Header,
    link: Option<String>,
    base: Option<Url>,
    other_title: Option<String>,
    other_description: Option<String>,
    other_authors: Vec<Person>,
    published: Option<jiff::Timestamp>,
    about: Option<String>,
}

impl Head {
    /// Takes the root element: it says which format this is.
    pub fn root(&mut self, tag: &Tag<'_>, scope: &Scope) {
        if !self.header.format.is_empty() {
            return;
        }
        self.header.format = format_of(tag);
        self.header.language = scope.language().map(str::to_owned);
    }

    /// Takes a channel; without a root it is one.
    pub fn channel(&mut self, tag: &Tag<'_>) {
        if self.header.format.is_empty() {
            self.header.format = "rss20".to_owned();
        }
        self.about = tag.attribute("rdf:about").map(|about| about.into_owned());
    }

    /// Whether text follows Atom's rules.
    pub fn is_atom(&self) -> bool {
        self.header.format.starts_with("atom")
    }

    /// Takes the page of the feed.
    pub fn link(&mut self, link: &str, base: Option<&Url>) {
        if self.link.is_none() {
            self.link = links::resolve(link, base);
            self.base = self.link.as_deref().and_then(links::base);
        }
    }

    /// The page of the feed as a base for links.
    pub fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    /// Takes an author.
    pub fn author(&mut self, person: Person) {
        if person != Person::default() {
            self.header.authors.push(person);
        }
    }

    /// Takes an element's text.
    pub fn take(&mut self, capture: &Capture, base: Option<&Url>) {
        let header = &mut self.header;
        match capture.element {
            Element::Title => first(&mut header.title, capture.line()),
            Element::OtherTitle => first(&mut self.other_title, capture.line()),
            Element::Link => self.link(&capture.word(), base),
            Element::Id => first(&mut header.id, Some(capture.word().into_owned())),
            Element::Summary => first(&mut header.description, capture.block(&mut Vec::new())),
            Element::OtherSummary => first(&mut self.other_description, capture.block(&mut Vec::new())),
            Element::Language => header.language = Some(capture.word().into_owned()).filter(|word| !word.is_empty()),
            Element::Ttl => header.ttl_minutes = capture.word().parse().ok(),
            Element::Updated => header.updated = header.updated.or_else(|| dates::read(&capture.word())),
            Element::Published => self.published = self.published.or_else(|| dates::read(&capture.word())),
            Element::Author => self.author(draft::person(&capture.line().unwrap_or_default())),
            Element::OtherAuthor => self.other_authors.push(draft::person(&capture.line().unwrap_or_default())),
            _ => {}
        }
    }

    /// The header.
    pub fn finish(self) -> Header {
        let mut header = self.header;
        first(&mut header.title, self.other_title);
        first(&mut header.description, self.other_description);
        first(&mut header.id, self.about);
        if header.authors.is_empty() {
            header.authors = self.other_authors.into_iter().filter(|person| *person != Person::default()).collect();
        }
        if header.format.is_empty() {
            header.format = "rss20".to_owned();
        }
        header.updated = header.updated.or(self.published);
        let id_as_link = || header.id.clone().filter(|id| links::is_page(id));
        header.link = self.link.or_else(id_as_link);
        header
    }
}

/// Takes a part of a person, or the whole in one line.
pub fn take_person(person: &mut Person, capture: &Capture) {
    match capture.element {
        Element::Name => person.name = capture.line(),
        Element::Email => person.email = capture.line(),
        Element::Uri => person.url = capture.line(),
        Element::Author if *person == Person::default() => {
            *person = capture.line().map(|line| draft::person(&line)).unwrap_or_default();
        }
        _ => {}
    }
}

fn first(member: &mut Option<String>, value: Option<String>) {
    if member.is_none() {
        *member = value.filter(|value| !value.is_empty());
    }
}

/// The name of the format, by the root's name, namespace and version.
fn format_of(tag: &Tag<'_>) -> String {
    let (prefix, local) = split_name(tag.name());
    let version = tag.attribute("version").unwrap_or_default();
    let local = local.to_ascii_lowercase();
    if local == "rdf" {
        return "rdf".to_owned();
    }
    if local == "feed" {
        let key = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let is_03 = tag.attribute(&key).is_some_and(|address| address.contains("purl.org/atom"));
        return if is_03 || version.starts_with("0.3") { "atom03" } else { "atom10" }.to_owned();
    }
    match version.trim() {
        "0.90" | "0.9" => "rss090",
        "0.91" => "rss091",
        "0.92" => "rss092",
        "0.93" => "rss093",
        "0.94" => "rss094",
        _ => "rss20",
    }
    .to_owned()
}
