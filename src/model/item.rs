//! A fetched document and the items in it.

use jiff::Timestamp;

use super::geo::{Point, Polygon};

/// Bytes as they came, with what the transport said about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The body after transfer and content decoding.
    pub body: Vec<u8>,
    /// The `Content-Type` header's value, when there was one.
    pub content_type: Option<String>,
    /// Where the body came from, after redirects: the base of relative links.
    pub url: Option<String>,
}

/// A document read: what it says of itself, its items in document order, and what had to be repaired.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// What the document says of itself.
    pub header: Header,
    /// The items in document order.
    pub items: Vec<Item>,
    /// What was repaired, cut off or passed over, one sentence each.
    pub warnings: Vec<String>,
    /// At which limit the items were cut off, where not all of them were read: the warning that says so.
    pub cut: Option<String>,
}

/// What a feed document says of itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// The format that was found: `rss20`, `atom10`, `csv`, `json`, `html`, …
    pub format: String,
    /// The WHATWG label of the encoding that was used.
    pub encoding: String,
    /// The feed's title as plain text.
    pub title: Option<String>,
    /// The page the feed belongs to.
    pub link: Option<String>,
    /// The feed's own id.
    pub id: Option<String>,
    /// The feed's description or subtitle as plain text.
    pub description: Option<String>,
    /// The language tag it gives.
    pub language: Option<String>,
    /// When it says it was last changed.
    pub updated: Option<Timestamp>,
    /// Its authors, the first named first.
    pub authors: Vec<Person>,
    /// The feed's own `ttl`, in minutes (RSS 2.0).
    pub ttl_minutes: Option<u32>,
    /// Whether it holds events that repeat, so that its items depend on the moment at which it is read.
    pub repeats: bool,
}

/// A person or body named as author.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The name.
    pub name: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The home page.
    pub url: Option<String>,
}

impl Person {
    /// The name, else the address: how the person is shown.
    pub fn shown(&self) -> Option<&str> {
        self.name.as_deref().or(self.email.as_deref())
    }
}

/// One entry of a document: an RSS entry, a JSON element, a CSV row, an HTML node, a GeoJSON feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// Its identity within the feed: own id, else link, else a hash of its content. Never the title or text alone.
    pub id: String,
    /// The title as plain text.
    pub title: Option<String>,
    /// The page it stands for, absolute where a base was known.
    pub link: Option<String>,
    /// When it was published; an unreadable date is `None`, never now.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Its authors.
    pub authors: Vec<Person>,
    /// The publisher that the feed names for this item (RSS `source`); feeds of several publishers name one.
    pub publisher: Option<String>,
    /// A short description as plain text.
    pub summary: Option<String>,
    /// The whole content as plain text; the summary where there is no other.
    pub content: Option<String>,
    /// Category terms.
    pub categories: Vec<String>,
    /// The language tag.
    pub language: Option<String>,
    /// Where it happened, when the entry carries coordinates.
    pub point: Option<Point>,
    /// The polygons it covers (GeoJSON).
    pub area: Vec<Polygon>,
    /// Named fields as text: columns of a row, members of an element, configured selectors. In document order.
    pub fields: Vec<(String, String)>,
    /// Links and enclosures other than `link`: what the item cites or carries.
    pub links: Vec<String>,
    /// The element as written: JSON text or an HTML fragment, for extractors that look inside.
    pub raw: Option<String>,
    /// The text of the page it links to, where its feed follows links.
    pub page: Option<String>,
}

impl Item {
    /// The value of a named field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Title, newline, content, and the text of its page where the feed follows: what `match` and patterns read.
    pub fn text(&self) -> String {
        let content = self.content.as_deref().or(self.summary.as_deref());
        let parts: Vec<&str> = [self.title.as_deref(), content, self.page.as_deref()].into_iter().flatten().collect();
        parts.join("\n")
    }

    /// The item's own time: published, else updated.
    pub fn time(&self) -> Option<Timestamp> {
        self.published.or(self.updated)
    }
}
