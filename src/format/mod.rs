//! Bytes → items. One file per feed format; what the wire looks like stays inside.
//!
//! Reading never fails on content: what can be read is read, what had to be
//! repaired or passed over is a named warning, and only a document in which
//! no known format is recognisable is an error.

mod csv;
pub mod dates;
mod encoding;
mod entities;
mod fields;
mod html;
mod json;
mod plain;
mod selector;
mod xml;

use sha2::{Digest, Sha256};

use self::fields::{Language, Mapping};
use crate::model::item::{Document, Item, Parsed};

/// Items read of one document.
const MAX_ITEMS: usize = 100_000;
/// Bytes of one document that are looked at.
const MAX_BODY: usize = 64 << 20;

/// One feed format.
pub struct Format {
    /// Its word in the configuration.
    pub word: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// What the sources of its fields are.
    fields: Language,
    /// Whether a text looks like it.
    recognise: fn(&str) -> bool,
    /// Reads a text.
    read: fn(&Compiled, &str, Option<&str>) -> Result<Parsed, FormatError>,
}

/// Every format, in the order in which `auto` tries them.
pub const FORMATS: &[Format] = &[
    Format {
        word: "rss",
        doc: "RSS 0.9x to 2.0 and RDF",
        fields: Language::Unknown,
        recognise: xml::recognise,
        read: Compiled::xml,
    },
    Format {
        word: "atom",
        doc: "Atom 0.3 and 1.0",
        fields: Language::Unknown,
        recognise: xml::recognise,
        read: Compiled::xml,
    },
    Format {
        word: "json-feed",
        doc: "JSON Feed 1.x",
        fields: Language::JsonPath,
        recognise: json::recognise,
        read: Compiled::json,
    },
    Format {
        word: "geojson",
        doc: "GeoJSON: each feature is an item",
        fields: Language::JsonPath,
        recognise: json::recognise,
        read: Compiled::json,
    },
    Format {
        word: "json",
        doc: "any JSON, with `items` as a JSONPath",
        fields: Language::JsonPath,
        recognise: json::recognise,
        read: Compiled::json,
    },
    Format {
        word: "html",
        doc: "HTML, with `items` as a CSS selector",
        fields: Language::Css,
        recognise: html::recognise,
        read: Compiled::html,
    },
    Format {
        word: "csv",
        doc: "separated values with a header row",
        fields: Language::Columns,
        recognise: csv::recognise,
        read: Compiled::csv,
    },
    Format {
        word: "text",
        doc: "plain text: the whole document is one item",
        fields: Language::Unknown,
        recognise: |_| true,
        read: Compiled::text,
    },
];

/// How a feed's documents are to be read, as the configuration says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// A name of [`FORMATS`]; `None` finds out by content.
    pub format: Option<String>,
    /// Where the items are: a JSONPath (RFC 9535) for json, a CSS selector for html.
    pub items: Option<String>,
    /// Named fields and where each is found; `published`, `updated`, `id`, `title`, `link`, `summary`, `content`,
    /// `lat`, `lon`, `author`, `publisher` fill the item's members, all others its `fields`.
    pub fields: Vec<(String, FieldSource)>,
    /// The base of relative links where the document names none.
    pub base_url: Option<String>,
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
    fn new(message: String) -> Self {
        Self { is_shell: false, message }
    }
}

/// Reads documents of one feed.
#[derive(Debug, Clone)]
pub struct Reader {
    options: Options,
    compiled: Compiled,
}

/// Compiled options.
#[derive(Debug, Clone, Default)]
struct Compiled {
    items_path: Option<serde_json_path::JsonPath>,
    items_css: Option<selector::Css>,
    mapping: Mapping,
}

impl Compiled {
    fn xml(&self, text: &str, base: Option<&str>) -> Result<Parsed, FormatError> {
        Ok(xml::read(text, base))
    }

    fn json(&self, text: &str, _: Option<&str>) -> Result<Parsed, FormatError> {
        json::read(text, self.items_path.as_ref(), &self.mapping)
    }

    fn html(&self, text: &str, base: Option<&str>) -> Result<Parsed, FormatError> {
        html::read(text, self.items_css.as_ref(), &self.mapping, base)
    }

    fn csv(&self, text: &str, _: Option<&str>) -> Result<Parsed, FormatError> {
        Ok(csv::read(text, &self.mapping))
    }

    #[expect(clippy::unused_self, reason = "each row of FORMATS has the same shape")]
    fn text(&self, text: &str, _: Option<&str>) -> Result<Parsed, FormatError> {
        Ok(html::read_text(text))
    }
}

impl Reader {
    /// Checks and compiles the options.
    ///
    /// # Errors
    /// An unknown format, an invalid selector or path: each once.
    pub fn new(options: Options) -> Result<Self, Vec<OptionError>> {
        let format = match options.format.as_deref() {
            None | Some("auto") => None,
            Some(word) => Some(FORMATS.iter().find(|format| format.word == word).ok_or_else(|| {
                let known: Vec<&str> = FORMATS.iter().map(|format| format.word).collect();
                vec![OptionError {
                    option: "format".to_owned(),
                    message: format!("`{word}` is no format that is read; known are auto, {}", known.join(", ")),
                    column: None,
                }]
            })?),
        };
        let language = format.map_or(Language::Unknown, |format| format.fields);
        let (mapping, mut errors) = fields::compile(&options, language);
        let mut compiled = Compiled { mapping, ..Compiled::default() };
        if let Some(items) = options.items.as_deref() {
            let failed = |message: String, column| OptionError { option: "items".to_owned(), message, column };
            if language == Language::Css {
                match selector::Css::new(items) {
                    Ok(css) => compiled.items_css = Some(css),
                    Err(message) => errors.push(failed(message, None)),
                }
            } else {
                match selector::json_path(items) {
                    Ok(path) => compiled.items_path = Some(path),
                    Err((message, column)) => errors.push(failed(message, column)),
                }
            }
        }
        if errors.is_empty() { Ok(Self { options, compiled }) } else { Err(errors) }
    }

    /// The options it was made from.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Reads one document.
    ///
    /// # Errors
    /// Where no known format is recognisable, or a limit was passed before anything could be read.
    pub fn read(&self, document: &Document) -> Result<Parsed, FormatError> {
        if document.body.len() > MAX_BODY {
            return Err(FormatError::new(format!("the document is larger than the limit of {} MiB", MAX_BODY >> 20)));
        }
        let (text, encoding) = encoding::decode(&document.body, document.content_type.as_deref());
        let base = document.url.as_deref().or(self.options.base_url.as_deref());
        let format = self.format_of(&text)?;
        let mut parsed = (format.read)(&self.compiled, &text, base)?;
        parsed.header.encoding = encoding;
        if parsed.header.format.is_empty() {
            format.word.clone_into(&mut parsed.header.format);
        }
        if text.contains('\u{fffd}') {
            parsed.warnings.push("some bytes are not of the document's encoding; they show as U+FFFD".to_owned());
        }
        parsed.items.iter_mut().for_each(identify);
        Ok(parsed)
    }

    fn format_of(&self, text: &str) -> Result<&'static Format, FormatError> {
        let find = |word: &str| FORMATS.iter().find(|format| format.word == word);
        let is_feed = xml::recognise(text);
        let is_page = html::recognise(text) && !is_feed;
        let wanted = self.options.format.as_deref().filter(|word| *word != "auto").and_then(find);
        match wanted {
            Some(format) if format.word == "html" || format.word == "text" => Ok(format),
            _ if is_page && (wanted.is_some() || self.options.items.is_some()) => Err(FormatError {
                is_shell: true,
                message: "an HTML page came where a feed should be: the site may want a browser, a login or a consent"
                    .to_owned(),
            }),
            Some(format) if format.word == "rss" || format.word == "atom" => {
                // RSS and Atom are read by what they are, whatever they are called.
                if is_feed { Ok(format) } else { Err(unrecognised(text)) }
            }
            Some(format) => Ok(format),
            None => FORMATS.iter().find(|format| (format.recognise)(text)).ok_or_else(|| unrecognised(text)),
        }
    }
}

fn unrecognised(text: &str) -> FormatError {
    let start = crate::model::text::one_line(text, 60);
    FormatError::new(format!("no feed is recognisable in it; it begins with `{start}`"))
}

/// An item without an id of its own is known by its link, else by its content.
fn identify(item: &mut Item) {
    if item.id.is_empty() {
        item.id = match &item.link {
            Some(link) => link.clone(),
            None => content_id(item),
        };
    }
}

fn content_id(item: &Item) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{:?} {:?} {:?} {:?}", item.title, item.content, item.published, item.fields));
    hasher.finalize().iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
