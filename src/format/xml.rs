//! XML → tokens, over quick-xml.
//!
//! Reports what is not well-formed instead of working round it: `repair` makes
//! such a text well-formed, and it is then read a second time. Sound feeds pay
//! for one pass only. DTDs are never fetched.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::entity;
use super::plain::{Attributes, attribute};

/// A start tag.
#[derive(Debug)]
pub struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// The name as written, with its prefix.
    pub fn name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// The inside of the tag after the name.
    pub fn attributes(&self) -> &str {
        self.0.attributes_raw()
    }

    /// An attribute's value with its references resolved.
    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        attribute(self.attributes(), name).map(entity::decode)
    }
}

/// An end tag.
#[derive(Debug)]
pub struct EndTag<'a>(BytesEnd<'a>);

impl EndTag<'_> {
    /// The name as written, with its prefix.
    pub fn name(&self) -> &str {
        self.0.name().into_inner().trim()
    }
}

/// One piece of a document.
#[derive(Debug)]
pub enum Token<'a> {
    /// A start tag.
    Open(Tag<'a>),
    /// A start tag that is its own end tag.
    Empty(Tag<'a>),
    /// An end tag.
    Close(EndTag<'a>),
    /// Text as written.
    Text(Cow<'a, str>),
    /// The inside of a CDATA section.
    Cdata(Cow<'a, str>),
    /// A reference without `&` and `;`.
    Reference(Cow<'a, str>),
}

/// What is not well-formed, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllFormed {
    /// The offset in the text.
    pub offset: usize,
    /// What is wrong.
    pub why: String,
}

/// The tokens of a text.
#[derive(Debug)]
pub struct Tokens<'a> {
    reader: Reader<&'a [u8]>,
}

impl<'a> Tokens<'a> {
    /// The tokens of a text from its beginning.
    pub fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        // Nesting is the caller's: it knows which end tag may close what.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader }
    }

    /// The next token; `None` at the end.
    ///
    /// # Errors
    /// Where the text is not well-formed: it should be repaired and read anew.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, IllFormed> {
        loop {
            let event = self.reader.read_event().map_err(|error| self.ill_formed(error.to_string()))?;
            let token = match event {
                Event::Start(tag) => Token::Open(self.checked(tag)?),
                Event::Empty(tag) => Token::Empty(self.checked(tag)?),
                Event::End(tag) => Token::Close(EndTag(tag)),
                Event::Text(text) => Token::Text(text.into_inner()),
                Event::CData(text) => Token::Cdata(text.into_inner()),
                Event::GeneralRef(name) => Token::Reference(name.into_inner()),
                // Entities are declared before the root, which is where `feed` looks for them.
                Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                Event::Eof => return Ok(None),
            };
            return Ok(Some(token));
        }
    }

    fn ill_formed(&self, why: String) -> IllFormed {
        IllFormed { offset: usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX), why }
    }

    /// quick-xml takes `< b</title>` for a tag; in XML no tag holds a `<` or begins with a blank.
    fn checked(&self, tag: BytesStart<'a>) -> Result<Tag<'a>, IllFormed> {
        let text: &str = &tag;
        if text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') && !text.contains('<') {
            return Ok(Tag(tag));
        }
        let offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        Err(IllFormed { offset: offset.saturating_sub(text.len() + 2), why: "a `<` that begins no tag".to_owned() })
    }
}

/// Splits a name into prefix and local part.
pub fn split_name(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// The namespaces that a tag declares: prefix (empty for the default) and address.
pub fn declarations(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    Attributes(attributes).filter_map(|(name, value)| match name.strip_prefix("xmlns") {
        Some("") => Some(("", value)),
        Some(rest) => rest.strip_prefix(':').map(|prefix| (prefix, value)),
        None => None,
    })
}
