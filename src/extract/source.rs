//! What an extractor reads of an item: its text, or a field of it, and when and where it is.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::numbers::Comma;
use crate::model::item::Item;

/// So much of a text is read, in bytes: more is no report any more.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// An item with the field that is read instead of its text, if any, and the watch's zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) item: &'a Item,
    pub(crate) field: Option<&'a str>,
    pub(crate) zone: &'a TimeZone,
}

impl<'a> Source<'a> {
    /// The text that is read: title and content, or the field. A field that is missing reads as nothing.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        let text = match self.field {
            Some(name) => field(self.item, name).unwrap_or_default(),
            None => Cow::Owned(self.item.text()),
        };
        cut(text)
    }

    /// Why the field that is to be read instead of the text cannot be.
    pub(crate) fn missing(&self) -> Option<String> {
        let name = self.field?;
        field(self.item, name).is_none().then(|| no_field(self.item, name))
    }

    /// The day of the item in the watch's zone: what its relative dates are counted from.
    pub(crate) fn day(&self) -> Option<Date> {
        self.item.time().map(|time| self.zone.to_datetime(time).date())
    }

    /// What a comma does in a text of this item.
    pub(crate) fn comma(&self, text: &str) -> Comma {
        Comma::of(text, self.item.language.as_deref())
    }
}

/// A named field, else the member of the item that has this name.
pub(crate) fn field<'a>(item: &'a Item, name: &str) -> Option<Cow<'a, str>> {
    if let Some(value) = item.field(name) {
        return Some(Cow::Borrowed(value));
    }
    let borrowed = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
    match name {
        "id" => Some(Cow::Borrowed(item.id.as_str())),
        "title" => borrowed(&item.title),
        "summary" => borrowed(&item.summary),
        "content" => borrowed(&item.content),
        "link" => borrowed(&item.link),
        "publisher" => borrowed(&item.publisher),
        "language" => borrowed(&item.language),
        "author" => item.authors.first().and_then(|author| author.shown()).map(Cow::Borrowed),
        "categories" => (!item.categories.is_empty()).then(|| Cow::Owned(item.categories.join("\n"))),
        "published" => item.published.map(|time| Cow::Owned(time.to_string())),
        "updated" => item.updated.map(|time| Cow::Owned(time.to_string())),
        "lat" => item.point.map(|point| Cow::Owned(point.lat.to_string())),
        "lon" => item.point.map(|point| Cow::Owned(point.lon.to_string())),
        _ => None,
    }
}

/// Why a field cannot be read, with the names there are.
pub(crate) fn no_field(item: &Item, name: &str) -> String {
    let names: Vec<&str> = item.fields.iter().map(|(name, _)| name.as_str()).take(8).collect();
    match names.len() {
        0 => format!("the item has no field `{name}`"),
        8 => format!("the item has no field `{name}`; it has `{}`, …", names.join("`, `")),
        _ => format!("the item has no field `{name}`; it has `{}`", names.join("`, `")),
    }
}

fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let kept = text.floor_char_boundary(LONGEST_TEXT);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..kept).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(kept);
            Cow::Owned(text)
        }
    }
}
