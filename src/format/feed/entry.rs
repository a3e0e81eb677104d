//! One entry of a feed while its elements come in, and what its item is made of in the end.

use std::borrow::Cow;

use url::Url;

use super::capture::Capture;
use super::names::Element;
use crate::format::draft::{self, Draft};
use crate::format::plan::Plan;
use crate::format::warnings::Warnings;
use crate::format::{dates, links};
use crate::model::geo::Polygon;
use crate::model::item::{Item, Person};

/// How many fields, links, authors and categories one item keeps.
const MOST: usize = 64;

/// How many polygons one item keeps.
const MOST_AREAS: usize = 1_000;

/// What an entry has said so far. The first of each wins; other vocabularies stand in for what is missing.
#[derive(Debug, Default)]
pub struct Entry {
    item: Item,
    guid: Option<String>,
    guid_is_link: bool,
    about: Option<String>,
    other_id: Option<String>,
    other_title: Option<String>,
    other_summary: Option<String>,
    other_authors: Vec<Person>,
    lat: Option<String>,
    lon: Option<String>,
    found: Vec<(String, String)>,
}

impl Entry {
    /// A new entry; RSS 1.0 names it by `rdf:about`.
    pub fn new(about: Option<String>, language: Option<&str>) -> Self {
        let item = Item { language: language.map(str::to_owned), ..Item::default() };
        Self { item, about, guid_is_link: true, ..Self::default() }
    }

    /// Takes an element's text.
    pub fn take(&mut self, capture: &Capture, base: Option<&Url>, warnings: &mut Warnings) {
        match capture.element {
            Element::Title => first(&mut self.item.title, capture.line()),
            Element::OtherTitle => first(&mut self.other_title, capture.line()),
            Element::Link => first(&mut self.item.link, links::resolve(capture.word(), base)),
            Element::Guid | Element::Id => first_word(&mut self.guid, capture),
            Element::OtherId => first_word(&mut self.other_id, capture),
            Element::Published => self.date(capture, true, warnings),
            Element::Updated => self.date(capture, false, warnings),
            Element::Author => self.author(draft::person(&capture.line().unwrap_or_default())),
            Element::OtherAuthor if self.other_authors.len() < MOST => {
                self.other_authors.push(draft::person(&capture.line().unwrap_or_default()));
            }
            Element::OtherAuthor => {}
            Element::Source | Element::Publisher => first(&mut self.item.publisher, capture.line()),
            Element::Language => self.item.language = Some(capture.word().into_owned()).filter(|word| !word.is_empty()),
            Element::Category => self.category(capture.line()),
            Element::Summary | Element::OtherSummary | Element::Content => self.body(capture, base),
            _ => self.spot(capture),
        }
    }

    fn body(&mut self, capture: &Capture, base: Option<&Url>) {
        let mut cited = Vec::new();
        let text = capture.block(&mut cited);
        cited.into_iter().for_each(|link| self.cite(link, base));
        match capture.element {
            Element::Summary => first(&mut self.item.summary, text),
            Element::Content => first(&mut self.item.content, text),
            _ => first(&mut self.other_summary, text),
        }
    }

    fn date(&mut self, capture: &Capture, is_publication: bool, warnings: &mut Warnings) {
        let word = capture.word();
        let date = dates::read(&word);
        if date.is_none() && !word.is_empty() {
            let shown = crate::model::text::one_line(&word, 60);
            warnings.say(format!("a date that cannot be read was left out: `{shown}`"));
        }
        let member = if is_publication { &mut self.item.published } else { &mut self.item.updated };
        *member = member.or(date);
    }

    fn spot(&mut self, capture: &Capture) {
        let word = capture.word();
        match capture.element {
            Element::Lat => first_word(&mut self.lat, capture),
            Element::Lon => first_word(&mut self.lon, capture),
            Element::Point => {
                let mut degrees = word.split([' ', ',', '\n', '\t']).filter(|part| !part.is_empty());
                first(&mut self.lat, degrees.next().map(str::to_owned));
                first(&mut self.lon, degrees.next().map(str::to_owned));
            }
            Element::Polygon if self.item.area.len() < MOST_AREAS => self.item.area.extend(ring(&word)),
            Element::Box if self.item.area.len() < MOST_AREAS => self.item.area.extend(box_ring(&word)),
            _ => {}
        }
    }

    /// Takes an author; who says nothing is no author.
    pub fn author(&mut self, person: Person) {
        if person != Person::default() && self.item.authors.len() < MOST {
            self.item.authors.push(person);
        }
    }

    /// Takes the title of the feed that the entry was taken from.
    pub fn publisher(&mut self, title: Option<String>) {
        first(&mut self.item.publisher, title);
    }

    /// Takes a category.
    pub fn category(&mut self, term: Option<String>) {
        if let Some(term) = term.filter(|term| !term.is_empty() && self.item.categories.len() < MOST) {
            self.item.categories.push(term);
        }
    }

    /// Whether the guid may stand in for a link.
    pub fn guid_is_link(&mut self, is_link: bool) {
        self.guid_is_link = is_link;
    }

    /// Takes the page's link.
    pub fn link(&mut self, link: &str, base: Option<&Url>) {
        first(&mut self.item.link, links::resolve(link, base));
    }

    /// Takes a link that the entry cites or carries.
    pub fn cite<'a>(&mut self, link: impl Into<Cow<'a, str>>, base: Option<&Url>) {
        let Some(link) = links::resolve(link, base) else { return };
        if self.item.links.len() < MOST && !self.item.links.contains(&link) {
            self.item.links.push(link);
        }
    }

    /// Takes the text of an element that has no meaning of its own.
    pub fn field(&mut self, name: String, value: String) {
        let is_known = self.item.fields.iter().any(|(known, _)| *known == name);
        if !is_known && !value.is_empty() && self.item.fields.len() < MOST {
            self.item.fields.push((name, value));
        }
    }

    /// Notes an element's text for the configured fields.
    pub fn found(&mut self, name: String, value: String) {
        self.found.push((name, value));
    }

    /// The item, with the configured fields over the format's own.
    pub fn finish(mut self, plan: &Plan, base: Option<Url>, warnings: &mut Warnings) -> Item {
        let mut item = self.item;
        first(&mut item.title, self.other_title);
        first(&mut item.summary, self.other_summary);
        if item.authors.is_empty() {
            self.other_authors.retain(|person| *person != Person::default());
            item.authors = self.other_authors;
        }
        let guid = self.guid.filter(|guid| !guid.is_empty());
        let permalink = guid.as_ref().filter(|guid| self.guid_is_link && links::is_page(guid)).cloned();
        let about = self.about.filter(|about| !about.is_empty());
        item.link = item.link.or(permalink).or_else(|| about.clone().filter(|about| links::is_page(about)));
        item.id = guid.or(about).or(self.other_id).unwrap_or_default();
        let found = self.found;
        let mut draft = Draft::of(item, base);
        draft.place(self.lat.as_deref(), self.lon.as_deref());
        plan.fill(&mut draft, warnings, |place| {
            found.iter().find(|(name, _)| name.eq_ignore_ascii_case(&place.written)).map(|(_, value)| value.clone())
        });
        draft.finish()
    }
}

/// Keeps the first word that says something.
fn first_word(member: &mut Option<String>, capture: &Capture) {
    first(member, Some(capture.word().into_owned()));
}

/// Keeps the first value that says something.
fn first(member: &mut Option<String>, value: Option<String>) {
    if member.is_none() {
        *member = value.filter(|value| !value.is_empty());
    }
}

/// GeoRSS writes latitude first; rings are kept as longitude and latitude.
fn ring(text: &str) -> Option<Polygon> {
    let degrees: Vec<f64> = text.split([' ', ',', '\n', '\t']).filter_map(draft::degrees).collect();
    let ring: Vec<[f64; 2]> =
        degrees.chunks_exact(2).filter_map(|pair| Some([*pair.get(1)?, *pair.first()?])).collect();
    (ring.len() >= 3).then(|| vec![ring])
}

/// `south west north east`.
fn box_ring(text: &str) -> Option<Polygon> {
    let degrees: Vec<f64> = text.split([' ', ',']).filter_map(draft::degrees).collect();
    let &[south, west, north, east] = degrees.as_slice() else { return None };
    Some(vec![vec![[west, south], [east, south], [east, north], [west, north]]])
}
