//! JSON Feed 1.0 and 1.1 (jsonfeed.org).

use serde_json::Value;

use super::draft::Draft;
use super::identity::Identities;
use super::input::Input;
use super::json::{self, Json};
use super::plan::Plan;
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, dates, links, plain};
use crate::model::item::{Header, Item, Parsed, Person};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "json-feed",
    doc: "JSON Feed 1.0 and 1.1",
    language: Language::Path,
    is_feed: true,
    recognise,
    read,
};

/// How far into a document its version is looked for, in bytes.
const PROLOGUE: usize = 4096;

fn recognise(text: &str) -> bool {
    let start = text.get(..text.floor_char_boundary(PROLOGUE)).unwrap_or_default();
    text.trim_start().starts_with('{') && start.contains("jsonfeed.org/version")
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let mut warnings = Warnings::default();
    let json = Json::parse(&input.text, input.room, &mut warnings)?;
    if json.root().get("items").is_none_or(|items| !items.is_array()) {
        return Err(FormatError::another("JSON Feed, without a list `items`", &input.text));
    }
    let source = Source { json: &json, plan, base: input.base.clone() };
    let header = source.header(input);
    let mut identities = Identities::default();
    let mut shelf = Shelf::new(input.room);
    for element in source.list(json.root(), "items") {
        let mut item = source.item(element, &mut warnings);
        identities.settle(&mut item, &mut warnings);
        shelf.push(item);
        if shelf.is_full() {
            break;
        }
    }
    Ok(shelf.into_parsed(header, warnings))
}

/// The document and what its links are relative to.
struct Source<'j> {
    json: &'j Json,
    plan: &'j Plan,
    base: Option<url::Url>,
}

impl<'j> Source<'j> {
    fn text(&self, value: &Value, name: &str) -> Option<String> {
        self.json.shown(value.get(name)?).filter(|text| !text.trim().is_empty())
    }

    fn line(&self, value: &Value, name: &str) -> Option<String> {
        self.text(value, name).map(|text| plain::line_from_text(&text))
    }

    fn link(&self, value: &Value, name: &str) -> Option<String> {
        links::resolve(&self.text(value, name)?, self.base.as_ref())
    }

    fn date(&self, value: &Value, name: &str) -> Option<jiff::Timestamp> {
        dates::read(&self.text(value, name)?)
    }

    fn list(&self, value: &'j Value, name: &str) -> impl Iterator<Item = &'j Value> {
        value.get(name).and_then(Value::as_array).into_iter().flatten()
    }

    fn header(&self, input: &Input<'_>) -> Header {
        let root = self.json.root();
        Header {
            format: "json1".to_owned(),
            encoding: input.label.clone(),
            title: self.line(root, "title"),
            link: self.link(root, "home_page_url"),
            id: self.text(root, "feed_url"),
            description: self.text(root, "description").map(|text| plain::from_text(&text)),
            language: self.text(root, "language"),
            authors: self.authors(root),
            ..Header::default()
        }
    }

    /// `authors` of 1.1, else `author` of 1.0.
    fn authors(&self, value: &'j Value) -> Vec<Person> {
        let several: Vec<&Value> = self.list(value, "authors").collect();
        let people = if several.is_empty() { value.get("author").into_iter().collect() } else { several };
        let person =
            |person: &Value| Person { name: self.line(person, "name"), email: None, url: self.text(person, "url") };
        people.into_iter().map(person).filter(|person| *person != Person::default()).collect()
    }

    fn item(&self, element: &'j Value, warnings: &mut Warnings) -> Item {
        let mut cited = Vec::new();
        let html = self.text(element, "content_html").map(|html| plain::from_html_with_links(&html, &mut cited));
        let item = Item {
            id: self.text(element, "id").unwrap_or_default(),
            title: self.line(element, "title"),
            link: self.link(element, "url").or_else(|| self.link(element, "external_url")),
            published: self.date(element, "date_published"),
            updated: self.date(element, "date_modified"),
            authors: self.authors(element),
            summary: self.text(element, "summary").map(|text| plain::from_text(&text)),
            content: html.or_else(|| self.text(element, "content_text").map(|text| plain::from_text(&text))),
            categories: self.list(element, "tags").filter_map(|tag| self.json.shown(tag)).collect(),
            language: self.text(element, "language"),
            links: self.links(element, cited),
            raw: Some(element.to_string()),
            ..Item::default()
        };
        let mut draft = Draft::of(item, self.base.clone());
        self.extensions(element, &mut draft);
        self.plan.fill(&mut draft, warnings, |place| json::find(self.json, element, place));
        draft.finish()
    }

    fn links(&self, element: &'j Value, cited: Vec<String>) -> Vec<String> {
        let attached = self.list(element, "attachments").filter_map(|attachment| self.link(attachment, "url"));
        let external = element.get("url").and_then(|_| self.link(element, "external_url"));
        let cited = cited.iter().filter_map(|link| links::resolve(link, self.base.as_ref()));
        attached.chain(external).chain(cited).collect()
    }

    /// Extensions begin with an underscore; those that are plain values become fields.
    fn extensions(&self, element: &Value, draft: &mut Draft) {
        for (name, value) in element.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with('_')) {
            if let Some(text) = self.json.shown(value) {
                draft.field(name, text);
            }
        }
    }
}
