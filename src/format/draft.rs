//! An item while it is being put together from named values.

use url::Url;

use super::warnings::Warnings;
use super::{dates, links, plain};
use crate::model::geo::Point;
use crate::model::item::{Item, Person};
use crate::model::text::one_line;

/// How many characters of an unreadable value a warning shows.
const SHOWN: usize = 60;

/// An item, the base of its links, and half a point.
#[derive(Debug, Default)]
pub struct Draft {
    /// The item so far.
    pub item: Item,
    /// What relative links are joined to.
    pub base: Option<Url>,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl Draft {
    /// An empty item whose links are relative to a base.
    pub fn new(base: Option<Url>) -> Self {
        Self { base, ..Self::default() }
    }

    /// An item of which something is known already.
    pub fn of(item: Item, base: Option<Url>) -> Self {
        Self { item, base, ..Self::default() }
    }

    /// Sets the member of that name, or adds a field; a value that is empty sets nothing.
    pub fn set(&mut self, name: &str, value: &str, warnings: &mut Warnings) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let item = &mut self.item;
        match name {
            "id" => item.id = value.to_owned(),
            "title" => item.title = Some(plain::line_from_text(value)),
            "summary" => item.summary = Some(plain::from_text(value)),
            "content" => item.content = Some(plain::from_text(value)),
            "link" => item.link = links::resolve(value, self.base.as_ref()),
            "author" => item.authors = vec![person(value)],
            "publisher" => item.publisher = Some(plain::line_from_text(value)),
            "language" => item.language = Some(value.to_owned()),
            "published" => item.published = date(name, value, warnings),
            "updated" => item.updated = date(name, value, warnings),
            "lat" => self.lat = degrees(value),
            "lon" => self.lon = degrees(value),
            _ => self.field(name, value.to_owned()),
        }
    }

    /// Adds a field, or replaces the one of that name.
    pub fn field(&mut self, name: &str, value: String) {
        match self.item.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.item.fields.push((name.to_owned(), value)),
        }
    }

    /// Takes a latitude and a longitude as text.
    pub fn place(&mut self, lat: Option<&str>, lon: Option<&str>) {
        self.lat = lat.and_then(degrees).or(self.lat);
        self.lon = lon.and_then(degrees).or(self.lon);
    }

    /// The item; its content is the summary where there is no other.
    pub fn finish(mut self) -> Item {
        if let (Some(lat), Some(lon)) = (self.lat, self.lon) {
            self.item.point = Point::new(lat, lon).or(self.item.point);
        }
        if self.item.content.is_none() {
            self.item.content.clone_from(&self.item.summary);
        }
        self.item
    }
}

fn date(name: &str, value: &str, warnings: &mut Warnings) -> Option<jiff::Timestamp> {
    let read = dates::read(value);
    if read.is_none() {
        warnings.say(format!("a `{name}` that is no date was left out: `{}`", one_line(value, SHOWN)));
    }
    read
}

/// Degrees as a decimal number; a comma is a decimal point, `°` and blanks are passed over.
pub fn degrees(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('°').trim_start_matches('+');
    text.parse::<f64>().or_else(|_| text.replacen(',', ".", 1).parse()).ok().filter(|value| value.is_finite())
}

/// A person from one line: `Name`, `mail`, `mail (Name)`, `Name (mail)`, `Name <mail>`.
pub fn person(text: &str) -> Person {
    let text = plain::line_from_text(text);
    let halves = text
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
        .or_else(|| text.strip_suffix('>').and_then(|rest| rest.split_once('<')));
    let Some((outside, inside)) = halves else {
        let is_mail = is_mail(&text);
        let (name, email) = if is_mail { (None, Some(text)) } else { (Some(text), None) };
        return Person { name, email, url: None };
    };
    let (outside, inside) = (outside.trim(), inside.trim());
    let (name, email) = if is_mail(inside) { (outside, inside) } else { (inside, outside) };
    if !is_mail(email) {
        return Person { name: Some(text), ..Person::default() };
    }
    let name = Some(name.trim_matches(['"', ' ']).to_owned()).filter(|name| !name.is_empty());
    Person { name, email: Some(email.to_owned()), url: None }
}

fn is_mail(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_split() {
        let cases = [
            ("a@b.org (Ann Bo)", Some("Ann Bo"), Some("a@b.org")),
            ("Ann Bo (a@b.org)", Some("Ann Bo"), Some("a@b.org")),
            ("Ann Bo <a@b.org>", Some("Ann Bo"), Some("a@b.org")),
            ("a@b.org", None, Some("a@b.org")),
            ("Ann Bo (AP)", Some("Ann Bo (AP)"), None),
        ];
        for (text, name, email) in cases {
            let person = person(text);
            assert_eq!((person.name.as_deref(), person.email.as_deref()), (name, email), "{text}");
        }
    }
}
