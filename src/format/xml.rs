//! RSS 0.9x to 2.0, RDF and Atom 0.3 and 1.0: one streaming pass over repaired XML.
//!
//! No tree is built. Undefined entities are resolved from a table or kept as
//! written, bare ampersands and unmatched ends are repaired, a DTD is passed
//! over unread, and nothing outside the document is ever fetched.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{MAX_ITEMS, dates, entities, plain};
use crate::model::geo::Point;
use crate::model::item::{Header, Item, Parsed, Person};

/// Elements nested deeper than this are passed over.
const MAX_DEPTH: usize = 256;
/// A text longer than this is cut.
const MAX_TEXT: usize = 4 << 20;

/// Whether a text begins like a feed of this family.
pub fn recognise(text: &str) -> bool {
    let head: String = text.chars().take(4096).collect();
    let lower = head.to_lowercase();
    ["<rss", "<rdf:rdf", "<feed", "<channel", ":feed", "<rdf "].iter().any(|root| lower.contains(root))
}

/// Reads a feed.
pub fn read(text: &str, base: Option<&str>) -> Parsed {
    let start = text.find('<').unwrap_or(0);
    let mut reader = Reader::from_str(&text[start..]);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut feed = Feed::new(base);
    if start > 0 {
        feed.warn("something stands before the document; it was passed over");
    }
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => feed.open(&tag, false),
            Ok(Event::Empty(tag)) => feed.open(&tag, true),
            Ok(Event::End(tag)) => feed.close(local(tag.name().as_ref())),
            Ok(Event::Text(text)) => feed.text(&text),
            Ok(Event::CData(text)) => feed.text(&text),
            Ok(Event::GeneralRef(name)) => feed.reference(&name),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                feed.warn(&format!("the document is cut off or broken at byte {}: {error}", reader.buffer_position()));
                break;
            }
        }
        if feed.parsed.items.len() >= MAX_ITEMS {
            feed.warn(&format!("only the first {MAX_ITEMS} items were read"));
            break;
        }
    }
    feed.finish()
}

/// An element that is open.
struct Open {
    /// Its name with a known prefix (`dc:date`), lower case.
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
}

impl Open {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

struct Feed {
    parsed: Parsed,
    base: Option<url::Url>,
    open: Vec<Open>,
    item: Option<Item>,
    person: Option<Person>,
    is_permalink: bool,
    skipped: usize,
    /// How deep within markup that belongs to a text (Atom's xhtml) we are.
    markup: usize,
}

impl Feed {
    fn new(base: Option<&str>) -> Self {
        Self {
            parsed: Parsed::default(),
            base: base.and_then(|base| url::Url::parse(base).ok()),
            open: Vec::new(),
            item: None,
            person: None,
            is_permalink: true,
            skipped: 0,
            markup: 0,
        }
    }

    fn warn(&mut self, warning: &str) {
        if !self.parsed.warnings.iter().any(|known| known == warning) && self.parsed.warnings.len() < 50 {
            self.parsed.warnings.push(warning.to_owned());
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        if self.open.len() >= MAX_DEPTH {
            self.skipped += usize::from(!is_empty);
            self.warn("elements nested deeper than 256 were passed over");
            return;
        }
        let raw = tag.name().as_ref().to_lowercase();
        if self.is_in_text() {
            // Markup inside a text is text with tags: it is made plain with the rest.
            self.text(&format!("<{raw}>"));
            self.markup += usize::from(!is_empty);
            return;
        }
        let name = known_name(&raw);
        let attributes = tag
            .html_attributes()
            .with_checks(false)
            .flatten()
            .map(|attribute| {
                let key = attribute.key.as_ref().to_lowercase();
                (key, entities::decode(&attribute.value))
            })
            .collect();
        let element = Open { name, text: String::new(), attributes };
        self.begin(&element);
        if is_empty {
            self.end(element);
        } else {
            self.open.push(element);
        }
    }

    /// Whether the innermost open element is one whose content is all text.
    fn is_in_text(&self) -> bool {
        let is_text = |open: &Open| {
            matches!(
                open.name.as_str(),
                "title" | "summary" | "content" | "subtitle" | "tagline" | "description" | "content:encoded" | "info"
            )
        };
        self.open.last().is_some_and(is_text)
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.markup > 0 {
            self.markup -= 1;
            self.text(&format!("</{name}>"));
            return;
        }
        let matches = |open: &Open| local(&open.name) == name.to_lowercase();
        let Some(place) = self.open.iter().rposition(matches) else { return };
        if place + 1 < self.open.len() {
            self.warn("an element was left open; it was closed with the one around it");
        }
        while self.open.len() > place {
            if let Some(element) = self.open.pop() {
                self.end(element);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut()
            && open.text.len() + text.len() <= MAX_TEXT
        {
            open.text.push_str(text);
        }
    }

    fn reference(&mut self, name: &str) {
        match entities::character(name) {
            Some(c) => self.text(c.encode_utf8(&mut [0; 4])),
            None => {
                self.warn(&format!(
                    "the entity &{}; is not defined; it was kept as written",
                    crate::model::text::one_line(name, 20)
                ));
                self.text(&format!("&{name};"));
            }
        }
    }

    fn begin(&mut self, element: &Open) {
        match element.name.as_str() {
            "rss" => {
                let version = element.attribute("version").unwrap_or("2.0").replace('.', "");
                self.parsed.header.format =
                    if version.starts_with('2') { "rss20".to_owned() } else { format!("rss{version}") };
            }
            "rdf:rdf" | "rdf" => self.parsed.header.format = "rdf".to_owned(),
            "feed" => {
                let is_old = element
                    .attributes
                    .iter()
                    .any(|(key, value)| key.starts_with("xmlns") && value.contains("purl.org/atom"));
                self.parsed.header.format = if is_old { "atom03" } else { "atom10" }.to_owned();
                self.parsed.header.language = element.attribute("xml:lang").map(str::to_owned);
            }
            "item" | "entry" => {
                self.item = Some(Item::default());
                self.is_permalink = true;
            }
            "author" | "contributor" => self.person = Some(Person::default()),
            "enclosure" | "media:content" => {
                if let (Some(item), Some(url)) = (self.item.as_mut(), element.attribute("url")) {
                    item.links.push(url.to_owned());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, element: Open) {
        let name = element.name.as_str();
        if matches!(name, "item" | "entry") {
            if let Some(item) = self.item.take() {
                self.parsed.items.push(self.finished(item));
            }
            return;
        }
        if let Some(person) = self.person.as_mut() {
            let text = Some(plain::of_html(&element.text)).filter(|text| !text.is_empty());
            match name {
                "name" => person.name = text,
                "email" => person.email = text,
                "uri" | "url" => person.url = text,
                "author" | "contributor" => {
                    let person = self.person.take().unwrap_or_default();
                    self.add_person(if person == Person::default() { named(&element.text) } else { Some(person) });
                }
                _ => {}
            }
            return;
        }
        let inside_other = self.open.iter().any(|open| matches!(open.name.as_str(), "image" | "textinput" | "source"));
        if inside_other && name != "source" {
            return;
        }
        match self.item.take() {
            Some(mut item) => {
                self.item_member(&mut item, &element);
                self.item = Some(item);
            }
            None => self.header_member(&element),
        }
    }

    fn add_person(&mut self, person: Option<Person>) {
        let Some(person) = person else { return };
        match self.item.as_mut() {
            Some(item) => item.authors.push(person),
            None => self.parsed.header.authors.push(person),
        }
    }

    fn item_member(&mut self, item: &mut Item, element: &Open) {
        let text = element.text.trim();
        match element.name.as_str() {
            "title" if item.title.is_none() => item.title = some(text_of(element)),
            "guid" | "id" => {
                self.is_permalink = element.attribute("ispermalink").is_none_or(|value| value != "false");
                item.id = plain::tidy(&entities::decode(text));
                if self.is_permalink && element.name == "guid" && item.link.is_none() && item.id.starts_with("http") {
                    item.link = Some(item.id.clone());
                }
            }
            "link" => self.link(item, element),
            "pubdate" | "published" | "issued" | "dcterms:issued" | "dcterms:created" | "created" => {
                item.published = dates::read(text).or(item.published);
            }
            "updated" | "modified" | "dc:date" | "dcterms:modified" => {
                item.updated = dates::read(text).or(item.updated)
            }
            "description" | "summary" => item.summary = some(text_of(element)),
            "content" | "content:encoded" => item.content = some(text_of(element)),
            "dc:creator" => item.authors.extend(named(text)),
            "category" => item.categories.extend(some(plain::of_html(element.attribute("term").unwrap_or(text)))),
            "source" => item.publisher = some(plain::of_html(text)),
            "dc:language" => item.language = some(text.to_owned()),
            "georss:point" | "gml:pos" | "gml:point" => item.point = two_figures(text).or(item.point),
            "geo:lat" | "geo:long" | "geo:lon" => {
                item.fields.push((element.name.replace("geo:long", "geo:lon").replace("geo:", ""), text.to_owned()));
            }
            _ => {}
        }
    }

    fn link(&mut self, item: &mut Item, element: &Open) {
        let address = element.attribute("href").map_or_else(|| entities::decode(element.text.trim()), str::to_owned);
        let Some(address) = some(self.resolve(&address)) else { return };
        let is_main = element.attribute("rel").is_none_or(|rel| rel == "alternate");
        let from_guid = item.link.as_ref().is_some_and(|link| *link == item.id);
        if is_main && (item.link.is_none() || from_guid) { item.link = Some(address) } else { item.links.push(address) }
    }

    fn resolve(&self, address: &str) -> String {
        match &self.base {
            Some(base) if !address.is_empty() => base.join(address).map_or_else(|_| address.to_owned(), String::from),
            _ => address.to_owned(),
        }
    }

    fn header_member(&mut self, element: &Open) {
        let text = text_of(element);
        let header: &mut Header = &mut self.parsed.header;
        match element.name.as_str() {
            "title" if header.title.is_none() => header.title = some(text),
            "description" | "subtitle" | "tagline" => header.description = some(text),
            "link" if header.link.is_none() && element.attribute("rel").is_none_or(|rel| rel == "alternate") => {
                header.link =
                    some(element.attribute("href").map_or_else(|| element.text.trim().to_owned(), str::to_owned));
                if self.base.is_none() {
                    self.base = self.parsed.header.link.as_deref().and_then(|link| url::Url::parse(link).ok());
                }
            }
            "id" => header.id = some(text),
            "language" | "dc:language" => header.language = some(text),
            "lastbuilddate" | "updated" | "modified" | "pubdate" | "dc:date" => {
                header.updated = header.updated.or(dates::read(&text))
            }
            "ttl" => header.ttl_minutes = text.parse().ok(),
            _ => {}
        }
    }

    fn finished(&self, mut item: Item) -> Item {
        let figure = |name: &str| item.field(name).and_then(|text| text.parse().ok());
        if let (Some(lat), Some(lon)) = (figure("lat"), figure("lon")) {
            item.point = item.point.or_else(|| Point::new(lat, lon));
        }
        if item.content.is_none() {
            item.content = item.summary.clone();
        }
        item
    }

    fn finish(mut self) -> Parsed {
        if !self.open.is_empty() {
            self.warn("the document ends before its elements are closed");
        }
        while let Some(element) = self.open.pop() {
            self.end(element);
        }
        self.parsed
    }
}

/// The name without its prefix, or with it where the prefix tells two elements apart.
fn known_name(raw: &str) -> String {
    const KEPT: [&str; 8] = ["dc:", "dcterms:", "content:", "georss:", "geo:", "gml:", "media:", "rdf:"];
    if KEPT.iter().any(|prefix| raw.starts_with(prefix)) || raw.starts_with("itunes:") {
        return raw.to_owned();
    }
    local(raw).to_owned()
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn text_of(element: &Open) -> String {
    if element.attribute("mode") == Some("base64") {
        return String::new();
    }
    // What is declared as text holds no markup: a bracket there is a bracket.
    let is_text = element.attribute("type").is_some_and(|kind| kind == "text" || kind == "text/plain");
    if is_text { plain::tidy(&element.text) } else { plain::of_html(&element.text) }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// `Name (mail)`, `mail (Name)`, or one of them.
fn named(text: &str) -> Option<Person> {
    let text = plain::of_html(text);
    let (outer, inner) = match text.split_once('(') {
        Some((outer, inner)) => (outer.trim().to_owned(), some(inner.trim_end_matches(')').trim().to_owned())),
        None => (text, None),
    };
    let outer = some(outer);
    let is_mail = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('@'));
    let (name, email) = if is_mail(&outer) { (inner, outer) } else { (outer, inner) };
    (name.is_some() || email.is_some()).then_some(Person { name, email, url: None })
}

fn two_figures(text: &str) -> Option<Point> {
    let mut figures = text.split([' ', ',']).filter(|part| !part.is_empty()).map(str::parse::<f64>);
    Point::new(figures.next()?.ok()?, figures.next()?.ok()?)
}
