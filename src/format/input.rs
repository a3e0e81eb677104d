//! A document as its reader gets it: text, its encoding's label, a base for links.

use std::borrow::Cow;

use url::Url;

use super::{encoding, links};
use crate::model::item::Document;

/// The decoded document.
#[derive(Debug)]
pub struct Input<'a> {
    /// The text without its byte-order mark.
    pub text: Cow<'a, str>,
    /// The WHATWG label of the encoding.
    pub label: String,
    /// What relative links are joined to where the document names no base.
    pub base: Option<Url>,
    /// What decoding had to guess.
    pub warnings: Vec<String>,
}

impl<'a> Input<'a> {
    /// Decodes a document. A configured base comes before the address that it was fetched from.
    pub fn new(document: &'a Document, base_url: Option<&str>) -> Self {
        let base = base_url.and_then(links::base).or_else(|| document.url.as_deref().and_then(links::base));
        let host = base.as_ref().and_then(|url| url.host_str());
        let decoded = encoding::decode(&document.body, document.content_type.as_deref(), host);
        Self { text: decoded.text, label: decoded.label, base, warnings: decoded.warnings }
    }
}
