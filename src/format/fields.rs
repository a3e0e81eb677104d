//! Named fields: where each is found, and which fill an item's own members.

use serde_json_path::JsonPath;

use super::{FieldSource, OptionError, Options, dates, plain, selector};
use crate::model::geo::Point;
use crate::model::item::{Item, Person};

/// A compiled place to look at.
#[derive(Debug, Clone)]
pub enum Source {
    /// A column or a member.
    Name(String),
    /// A JSONPath relative to the element.
    Path(JsonPath),
    /// A CSS selector relative to the element, and an attribute.
    Css(Option<selector::Css>, Option<String>),
}

/// Named fields with the places whose texts, joined by a space, fill them.
#[derive(Debug, Clone, Default)]
pub struct Mapping(Vec<(String, Vec<Source>)>);

/// What the sources of a format's fields are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// CSS with an optional attribute.
    Css,
    /// JSONPath, or the bare name of a member.
    JsonPath,
    /// Column names.
    Columns,
    /// Not known before the document is: names, unless they look like a JSONPath.
    Unknown,
}

/// Compiles the configured fields; every one that is invalid is reported.
pub fn compile(options: &Options, language: Language) -> (Mapping, Vec<OptionError>) {
    let (mut mapping, mut errors) = (Mapping::default(), Vec::new());
    for (name, source) in &options.fields {
        let places = match source {
            FieldSource::One(place) => std::slice::from_ref(place),
            FieldSource::Joined(places) => places.as_slice(),
        };
        let mut compiled = Vec::new();
        for place in places {
            match compile_one(place, language) {
                Ok(source) => compiled.push(source),
                Err((message, column)) => errors.push(OptionError { option: name.clone(), message, column }),
            }
        }
        mapping.0.push((name.clone(), compiled));
    }
    (mapping, errors)
}

fn compile_one(place: &str, language: Language) -> Result<Source, (String, Option<usize>)> {
    match language {
        Language::Css => {
            let (css, attribute) = match place.rsplit_once('@') {
                Some((css, attribute)) => (css.trim(), Some(attribute.to_owned())),
                None => (place.trim(), None),
            };
            let css = if css.is_empty() { None } else { Some(selector::Css::new(css).map_err(|why| (why, None))?) };
            Ok(Source::Css(css, attribute))
        }
        Language::JsonPath | Language::Unknown if place.starts_with('$') => {
            selector::json_path(place).map(Source::Path)
        }
        _ => Ok(Source::Name(place.to_owned())),
    }
}

/// How the found text becomes plain: markup is read, what is plain already only tidied.
pub type Plain = fn(&str) -> String;

/// Fills an item's members and fields from the configured places.
pub fn fill(item: &mut Item, mapping: &Mapping, plain: Plain, look: impl Fn(&Source) -> Option<String>) {
    for (name, sources) in &mapping.0 {
        let parts: Vec<String> = sources.iter().filter_map(&look).collect();
        if parts.is_empty() {
            continue;
        }
        let text = parts.join(" ");
        if !set_member(item, name, &text, plain) {
            item.fields.retain(|(known, _)| known != name);
        }
        item.fields.push((name.clone(), text));
    }
    place_point(item);
}

/// Fills members that the configuration left open from fields of the same or a customary name.
pub fn fill_by_name(item: &mut Item) {
    const CUSTOMARY: [(&str, &[&str]); 6] = [
        ("id", &["id", "guid", "uuid"]),
        ("title", &["title", "name", "headline"]),
        ("link", &["link", "url", "source_url"]),
        ("published", &["published", "date", "datetime", "timestamp", "created_at", "time"]),
        ("lat", &["lat", "latitude"]),
        ("lon", &["lon", "lng", "long", "longitude"]),
    ];
    for (member, names) in CUSTOMARY {
        let is_open = match member {
            "id" => item.id.is_empty(),
            "title" => item.title.is_none(),
            "link" => item.link.is_none(),
            "published" => item.published.is_none(),
            _ => item.point.is_none() && item.field(member).is_none(),
        };
        let found = names.iter().find_map(|name| item.field(name).map(str::to_owned));
        if let Some(text) = found.filter(|_| is_open) {
            set_member(item, member, &text, plain::of_html);
            if matches!(member, "lat" | "lon") {
                item.fields.push((member.to_owned(), text));
            }
        }
    }
    place_point(item);
}

/// Sets a member of the item; `false` where the name is not a member's.
fn set_member(item: &mut Item, name: &str, text: &str, plain: Plain) -> bool {
    let plain_text = || Some(plain(text)).filter(|text| !text.is_empty());
    match name {
        "id" => item.id = plain::tidy(text),
        "title" => item.title = plain_text(),
        "link" => item.link = Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        "summary" => item.summary = plain_text(),
        "content" => item.content = plain_text(),
        "published" => item.published = dates::read(text),
        "updated" => item.updated = dates::read(text),
        "author" => item.authors = vec![Person { name: plain_text(), ..Person::default() }],
        "publisher" => item.publisher = plain_text(),
        _ => return false,
    }
    true
}

fn place_point(item: &mut Item) {
    let figure = |name: &str| item.field(name).and_then(|text| text.trim().parse().ok());
    if let (Some(lat), Some(lon)) = (figure("lat"), figure("lon")) {
        item.point = item.point.or_else(|| Point::new(lat, lon));
    }
}
