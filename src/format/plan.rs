//! The options of a feed, compiled: where its items are and where each field of an item is found.
//!
//! Which language an expression is in follows from the format; where that is
//! found out by content, an expression that begins with `$` is a JSONPath and
//! any other may be a name or a selector.

use scraper::Selector;
use serde_json_path::JsonPath;

use super::draft::Draft;
use super::expression::{Invalid, path, selector};
use super::warnings::Warnings;
use super::{FORMATS, FieldSource, Language, OptionError, Options};

/// The compiled options.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Where the items are.
    pub items: Option<Expression>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Whether a table has no header line.
    pub without_header: bool,
    fields: Vec<Field>,
}

/// A named field and its places.
#[derive(Debug, Clone)]
struct Field {
    name: String,
    places: Vec<Expression>,
}

/// One place in an item, in every language that it can be read in.
#[derive(Debug, Clone)]
pub struct Expression {
    /// As the configuration writes it: a column, a member, an element's name.
    pub written: String,
    /// As a JSONPath.
    pub path: Option<JsonPath>,
    /// As a selector; `None` for an attribute of the item itself.
    pub selector: Option<Selector>,
    /// The attribute after the selector's `@`.
    pub attribute: Option<String>,
}

impl Plan {
    /// Compiles the options.
    ///
    /// # Errors
    /// An unknown format and every expression that is invalid.
    pub fn compile(options: &Options) -> Result<Self, Vec<OptionError>> {
        let mut errors = Vec::new();
        let language = match options.format.as_deref() {
            None | Some("auto") => Language::Any,
            Some(word) => FORMATS.iter().find(|format| format.word == word).map_or_else(
                || {
                    errors.push(unknown_format(word));
                    Language::Any
                },
                |format| format.language,
            ),
        };
        let items = options.items.as_deref().and_then(|written| items(written, language, options, &mut errors));
        let fields = options.fields.iter().map(|(name, source)| field(name, source, language, &mut errors)).collect();
        let (sheet, without_header) = (options.sheet.clone(), options.without_header);
        if errors.is_empty() { Ok(Self { items, sheet, without_header, fields }) } else { Err(errors) }
    }

    /// Whether any field is configured.
    pub fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether a field of that name is configured.
    pub fn names(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// All places that fields are read from.
    pub fn places(&self) -> impl Iterator<Item = &Expression> {
        self.fields.iter().flat_map(|field| &field.places)
    }

    /// Fills an item's configured fields with what `find` finds at each place.
    pub fn fill(
        &self,
        draft: &mut Draft,
        warnings: &mut Warnings,
        mut find: impl FnMut(&Expression) -> Option<String>,
    ) {
        for field in &self.fields {
            let values: Vec<String> = field.places.iter().filter_map(&mut find).collect();
            if !values.is_empty() {
                draft.set(&field.name, &join(&values), warnings);
            }
        }
    }
}

/// Joins a date and a time column. A time that has lost its leading zeros gets
/// them back: 11 beside a date is 00:11 in the files of NASA FIRMS.
fn join(values: &[String]) -> String {
    let mut joined = String::new();
    for value in values.iter().map(|value| value.trim()) {
        let is_clock = (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
        if !joined.is_empty() {
            joined.push(' ');
        }
        if is_clock && is_date(&joined) { joined.push_str(&format!("{value:0>4}")) } else { joined.push_str(value) }
    }
    joined
}

fn is_date(text: &str) -> bool {
    text.trim_end().len() >= 8 && super::dates::read(text).is_some()
}

fn unknown_format(word: &str) -> OptionError {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.word).collect();
    let message = format!("unknown format `{word}`: expected auto or one of {}", known.join(", "));
    OptionError { option: "format".to_owned(), message, column: None }
}

fn items(written: &str, language: Language, options: &Options, errors: &mut Vec<OptionError>) -> Option<Expression> {
    let is_path = language == Language::Path || (language == Language::Any && written.trim_start().starts_with('$'));
    let mut expression = Expression { written: written.to_owned(), path: None, selector: None, attribute: None };
    let compiled = match language {
        Language::Name => {
            let word = options.format.as_deref().unwrap_or_default();
            Err((format!("`items` means nothing for {word}, whose items are where its format puts them"), None))
        }
        _ if is_path => path(written).map(|path| expression.path = Some(path)),
        _ => selector(written).map(|selector| expression.selector = Some(selector)),
    };
    match compiled {
        Ok(()) => Some(expression),
        Err((message, column)) => {
            errors.push(OptionError { option: "items".to_owned(), message, column });
            None
        }
    }
}

fn field(name: &str, source: &FieldSource, language: Language, errors: &mut Vec<OptionError>) -> Field {
    let written: Vec<&String> = match source {
        FieldSource::One(one) => vec![one],
        FieldSource::Joined(several) => several.iter().collect(),
    };
    let mut places = Vec::new();
    for text in written {
        match place(text, language) {
            Ok(place) => places.push(place),
            Err((message, column)) => errors.push(OptionError { option: name.to_owned(), message, column }),
        }
    }
    Field { name: name.to_owned(), places }
}

/// Compiles one place in a language.
pub fn place(written: &str, language: Language) -> Result<Expression, Invalid> {
    let mut place = Expression { written: written.to_owned(), path: None, selector: None, attribute: None };
    let is_path = matches!(language, Language::Path | Language::Any) && written.starts_with('$');
    if is_path {
        place.path = Some(path(written)?);
        return Ok(place);
    }
    if matches!(language, Language::Path | Language::Name) {
        return Ok(place);
    }
    let (css, attribute) = split_attribute(written);
    place.attribute = attribute.map(str::to_owned);
    if !css.trim().is_empty() {
        match selector(css) {
            Ok(selector) => place.selector = Some(selector),
            // Without a fixed format it may be a column's name.
            Err(_) if language == Language::Any => {}
            Err(invalid) => return Err(invalid),
        }
    }
    Ok(place)
}

/// Splits `a.more@href` into the selector and the attribute.
pub fn split_attribute(written: &str) -> (&str, Option<&str>) {
    match written.rsplit_once('@') {
        Some((css, name))
            if !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.')) =>
        {
            (css, Some(name))
        }
        _ => (written, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_column_gets_its_zeros_back() {
        let cases = [
            (["2022-09-07", "11"], "2022-09-07 0011"),
            (["2022-09-07", "01:17:00"], "2022-09-07 01:17:00"),
            (["Kyiv", "11"], "Kyiv 11"),
        ];
        for (values, expected) in cases {
            assert_eq!(join(&values.map(str::to_owned)), expected);
        }
    }

    #[test]
    fn attributes_follow_an_at_sign() {
        assert_eq!(split_attribute("a.more@href"), ("a.more", Some("href")));
        assert_eq!(split_attribute("@data-post"), ("", Some("data-post")));
        assert_eq!(split_attribute("a[href='x@y z']"), ("a[href='x@y z']", None));
    }
}
