//! Bytes → items. One file per feed format; what the wire looks like stays inside.
//!
//! Reading never fails on content: what can be read is read, what had to be
//! repaired or passed over is a named warning, and only a document in which
//! no known format is recognisable is an error.

mod archive;
mod article;
mod draft;
mod encoding;
mod entity;
mod feed;
mod identity;
mod input;
mod links;
mod plain;
mod plan;
mod pointer;
mod repair;
mod shelf;
mod table;
mod warnings;
mod xml;

pub mod dates;
pub mod expression;
pub mod page;
pub mod records;

// The formats: a module line here and a row in `FORMATS`.
mod atom;
mod csv;
mod geojson;
mod html;
mod ical;
mod json;
mod json_feed;
mod rss;
mod text;
mod xlsx;

pub use self::article::{PageReader, PageText};
pub use self::pointer::Pointer;
pub use self::shelf::join;

use std::borrow::Cow;

use jiff::Timestamp;

use self::input::Input;
use self::plan::Plan;
use crate::model::item::{Document, Parsed};
use crate::model::text::one_line;

/// How many items of one document are read.
pub const MOST_ITEMS: usize = 100_000;

/// The formats, in the order in which a document is held against them.
pub const FORMATS: &[Format] = &[
    rss::FORMAT,
    atom::FORMAT,
    json_feed::FORMAT,
    geojson::FORMAT,
    json::FORMAT,
    ical::FORMAT,
    html::FORMAT,
    csv::FORMAT,
    xlsx::FORMAT,
    text::FORMAT,
];

/// A feed format.
#[derive(Clone, Copy)]
pub struct Format {
    /// The word in the configuration.
    pub word: &'static str,
    /// What it is, in a line.
    pub doc: &'static str,
    /// The language of `items` and `fields`.
    pub language: Language,
    /// Whether documents of this format are feeds, so that an HTML page in their stead is no content.
    pub is_feed: bool,
    /// Whether a text is of this format, by its content alone.
    recognise: fn(&str) -> bool,
    /// Reads a text.
    read: fn(&Input<'_>, &Plan) -> Result<Parsed, FormatError>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Format({})", self.word)
    }
}

/// The language in which a format's items and fields are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Not known before the document is.
    Any,
    /// JSONPath (RFC 9535), or a member's bare name.
    Path,
    /// CSS selectors with `@attribute`.
    Selector,
    /// Names of columns or elements.
    Name,
}

/// How a feed's documents are to be read, as the configuration says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// A name of [`FORMATS`]; `None` or `auto` finds out by content.
    pub format: Option<String>,
    /// Where the items are: a JSONPath (RFC 9535) for json, a CSS selector for html.
    pub items: Option<String>,
    /// Named fields and where each is found; `published`, `updated`, `id`, `title`, `link`, `summary`, `content`,
    /// `lat`, `lon`, `author`, `publisher` fill the item's members, all others its `fields`.
    pub fields: Vec<(String, FieldSource)>,
    /// The base of relative links where the document names none.
    pub base_url: Option<String>,
    /// The sheet of a workbook; `None`: the first that holds anything.
    pub sheet: Option<String>,
    /// Which member of a zip archive is read, by its name with `*` for anything; `None`: the largest.
    pub member: Option<String>,
    /// Whether a table has no header line; its columns are then named `1`, `2`, ….
    pub without_header: bool,
    /// The most bytes of a document that comes packed, after unpacking; `None`: 64 MiB.
    pub max_body: Option<u64>,
}

/// Where a named field is found in an item: a column name, a JSONPath, a CSS selector (with `@attr`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource {
    /// One place.
    One(String),
    /// Several, joined by a space: a date and a time column.
    Joined(Vec<String>),
}

/// An option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OptionError {
    /// The option: `format`, `items` or the name of a field.
    pub option: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Where in the expression, in characters from 1.
    pub column: Option<usize>,
}

/// A document that could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormatError {
    /// Whether it is an HTML page where a feed should be.
    pub is_shell: bool,
    /// What is wrong, as a sentence that names the limit where one was passed.
    pub message: String,
}

impl FormatError {
    fn unreadable(message: impl Into<String>) -> Self {
        Self { is_shell: false, message: message.into() }
    }

    /// A document of another kind, with how it begins: `what` is what it is none of, and why.
    fn another(what: &str, text: &str) -> Self {
        let start = text.trim_start();
        let shown = one_line(start.get(..start.floor_char_boundary(400)).unwrap_or_default(), 100);
        Self::unreadable(format!("the document is no {what}: it begins with `{shown}`"))
    }
}

/// The text of a body that nothing is known about, by its bytes alone.
pub fn decode(body: &[u8]) -> Cow<'_, str> {
    encoding::decode(body, None, None).text
}

/// Reads documents of one feed.
#[derive(Debug, Clone)]
pub struct Reader {
    options: Options,
    plan: Plan,
}

impl Reader {
    /// Checks and compiles the options.
    ///
    /// # Errors
    /// An unknown format, an invalid selector or path: each once.
    pub fn new(options: Options) -> Result<Self, Vec<OptionError>> {
        let plan = Plan::compile(&options)?;
        Ok(Self { options, plan })
    }

    /// The options it was made from.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// How many bytes of memory the items of one poll may take.
    pub fn room(&self) -> u64 {
        self.options.max_body.unwrap_or(archive::MOST_UNPACKED)
    }

    /// Reads one document; what repeats in it is an item once.
    ///
    /// # Errors
    /// Where no known format is recognisable, or a limit was passed before anything could be read.
    pub fn read(&self, document: &Document) -> Result<Parsed, FormatError> {
        self.read_around(document, None)
    }

    /// Reads one document, and of what repeats in it the occurrences within a year of `now`.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_around(&self, document: &Document, now: Option<Timestamp>) -> Result<Parsed, FormatError> {
        let unpacked = archive::unpack(&document.body, &self.options)?;
        let mut input = Input::new(&unpacked, document, self.options.base_url.as_deref());
        (input.now, input.room) = (now, self.room());
        let (format, remark) = self.choose(&input)?;
        let mut parsed = (format.read)(&input, &self.plan)?;
        let before = input.warnings.into_iter().chain(remark);
        parsed.warnings.splice(0..0, before);
        Ok(parsed)
    }

    /// The format to read the document in, and what is remarkable about that.
    fn choose(&self, input: &Input<'_>) -> Result<(&'static Format, Option<String>), FormatError> {
        let is_found = |format: &&Format| match input.is_workbook {
            true => format.word == xlsx::FORMAT.word,
            false => (format.recognise)(&input.text),
        };
        let found = FORMATS.iter().find(is_found);
        let named = self.options.format.as_deref().and_then(|word| FORMATS.iter().find(|format| format.word == word));
        let Some(named) = named else { return Ok((self.recognised(input, found)?, None)) };
        match found {
            Some(found) if found.word == html::FORMAT.word && named.is_feed => Err(shell(named.word)),
            // Who asks for RSS and gets Atom still gets a feed, and a table is a table.
            Some(found) if are_alike(found, named) && found.word != named.word => {
                Ok((found, Some(format!("the document is {}, not {}; read as what it is", found.word, named.word))))
            }
            _ => Ok((named, None)),
        }
    }

    fn recognised(&self, input: &Input<'_>, found: Option<&'static Format>) -> Result<&'static Format, FormatError> {
        let wants_html = self.plan.items.as_ref().is_some_and(|items| items.selector.is_some());
        match found {
            Some(format) if format.word == html::FORMAT.word && !wants_html => Err(shell("a feed")),
            Some(format) => Ok(format),
            None => {
                let start = one_line(input.text.get(..input.text.floor_char_boundary(400)).unwrap_or_default(), 60);
                let begins = if start.is_empty() { "is empty".to_owned() } else { format!("begins with `{start}`") };
                Err(FormatError::unreadable(format!("no format is recognisable in the document, which {begins}")))
            }
        }
    }
}

/// Whether one of two formats serves for the other.
fn are_alike(one: &Format, other: &Format) -> bool {
    let families: [&[&str]; 2] =
        [&[rss::FORMAT.word, atom::FORMAT.word, json_feed::FORMAT.word], &[csv::FORMAT.word, xlsx::FORMAT.word]];
    families.iter().any(|family| family.contains(&one.word) && family.contains(&other.word))
}

fn shell(expected: &str) -> FormatError {
    let message =
        format!("an HTML page stands where {expected} was expected; to read the page itself set format = \"html\"");
    FormatError { is_shell: true, message }
}
