//! One place in a whole document: where it says its next page, or which document it stands for.

use regex::{Regex, RegexBuilder};

use super::input::Input;
use super::json::{self, Json};
use super::page::Page;
use super::plan::{self, Expression};
use super::warnings::Warnings;
use super::{Language, OptionError, archive, links};
use crate::model::item::Document;

/// The memory that a pattern may take, compiled.
const PATTERN_SIZE: usize = 1 << 20;

/// A JSONPath, a CSS selector with `@attribute`, or a pattern between two slashes.
#[derive(Debug, Clone)]
pub struct Pointer(Place);

#[derive(Debug, Clone)]
enum Place {
    Written(Box<Expression>),
    Pattern(Regex),
}

impl Pointer {
    /// Checks and compiles a place; `option` is what it is called in an error.
    ///
    /// # Errors
    /// An invalid path, selector or pattern.
    pub fn new(option: &str, written: &str) -> Result<Self, OptionError> {
        let error = |message: String, column| OptionError { option: option.to_owned(), message, column };
        if let Some(pattern) = written.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            let compiled = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
            return compiled.map(|regex| Self(Place::Pattern(regex))).map_err(|why| {
                // The library draws the place over several lines and says at the end what is wrong.
                let why = why.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                error(format!("invalid regex `{pattern}`: {why}"), None)
            });
        }
        let language = if written.starts_with('$') { Language::Path } else { Language::Selector };
        let place = plan::place(written, language).map_err(|(message, column)| error(message, column))?;
        Ok(Self(Place::Written(Box::new(place))))
    }

    /// What stands there: a value of JSON, an attribute or text of HTML or XML (of a link its address), or what a
    /// pattern matches. `None` where there is nothing, or the document is not of that kind.
    pub fn find(&self, document: &Document) -> Option<String> {
        let unpacked = archive::unpack(&document.body, &super::Options::default()).ok()?;
        let input = Input::new(&unpacked, document, None);
        let found = match &self.0 {
            Place::Pattern(regex) => regex.find(&input.text).map(|found| found.as_str().to_owned()),
            Place::Written(place) if place.path.is_some() => {
                let json = Json::parse(&input.text, input.room, &mut Warnings::default()).ok()?;
                json::find(&json, json.root(), place)
            }
            Place::Written(place) => in_markup(&input, place),
        };
        found.filter(|text| !text.trim().is_empty())
    }
}

fn in_markup(input: &Input<'_>, place: &Expression) -> Option<String> {
    let page = Page::parse(&input.text, input.room, &mut Warnings::default());
    let node = page.select(place.selector.as_ref()?).next()?.value();
    let name = place.attribute.as_deref().unwrap_or("href");
    let base = page.base(input.base.as_ref());
    let value = node.attr(name)?;
    if name == "href" { links::resolve(value, base.as_ref()) } else { Some(value.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, body: &str, expected: Option<&str>) {
        let document = Document {
            body: body.as_bytes().to_vec(),
            content_type: None,
            url: Some("https://a.example/list".to_owned()),
        };
        assert_eq!(Pointer::new("next", written).unwrap().find(&document).as_deref(), expected, "{written}");
    }

    #[test]
    fn places_are_found_in_every_kind_of_document() {
        let html =
            "<html><head><link rel='prev' href='/s/x?before=20'></head><a class=more href='?p=2'>more</a></html>";
        check("link[rel=prev]", html, Some("https://a.example/s/x?before=20"));
        check("a.more@href", html, Some("https://a.example/list?p=2"));
        check("a.none", html, None);
        let atom = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='https://a.example/2'/></feed>";
        check("link[rel=next]", atom, Some("https://a.example/2"));
        check(
            "$.links[?@.rel=='next'].href",
            r#"{"links":[{"rel":"self","href":"a"},{"rel":"next","href":"b"}]}"#,
            Some("b"),
        );
        check("$.next", r#"{"next":null}"#, None);
        check("$.page", r#"{"page":3}"#, Some("3"));
        check(
            r"/http\S+\.zip/",
            "12 ab https://a.example/1.zip\n13 cd https://a.example/2.zip\n",
            Some("https://a.example/1.zip"),
        );
    }

    #[test]
    fn wrong_places_are_named() {
        assert!(Pointer::new("next", "$.a[").unwrap_err().message.contains("invalid JSONPath"));
        assert!(Pointer::new("next", "a[").unwrap_err().message.contains("a["));
        assert!(Pointer::new("next", "/(/").is_err());
    }
}
