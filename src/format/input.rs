//! A document as its reader gets it: text, its encoding's label, a base for links.

use std::borrow::Cow;

use jiff::Timestamp;
use url::Url;

use super::archive::Unpacked;
use super::{encoding, links};
use crate::model::item::Document;

/// How many bytes of memory is made of a document for which nothing else is said.
const ROOM: u64 = 16 << 20;

/// The decoded document.
#[derive(Debug)]
pub struct Input<'a> {
    /// The bytes as they were unpacked.
    pub bytes: &'a [u8],
    /// Whether they are a workbook, which has no text of its own.
    pub is_workbook: bool,
    /// The text without its byte-order mark.
    pub text: Cow<'a, str>,
    /// The WHATWG label of the encoding.
    pub label: String,
    /// What relative links are joined to where the document names no base.
    pub base: Option<Url>,
    /// The moment around which repetitions are worked out; `None`: they are not.
    pub now: Option<Timestamp>,
    /// How many bytes of memory its items may take.
    pub room: u64,
    /// What unpacking and decoding had to choose or guess.
    pub warnings: Vec<String>,
}

impl<'a> Input<'a> {
    /// Decodes an unpacked document. A configured base comes before the address that it was fetched from.
    pub fn new(unpacked: &'a Unpacked<'_>, document: &Document, base_url: Option<&str>) -> Self {
        let base = base_url.and_then(links::base).or_else(|| document.url.as_deref().and_then(links::base));
        let host = base.as_ref().and_then(|url| url.host_str());
        let bytes = unpacked.bytes.as_ref();
        let text = if unpacked.is_workbook { &[] } else { bytes };
        let decoded = encoding::decode(text, document.content_type.as_deref(), host);
        let mut warnings = unpacked.notes.clone();
        warnings.extend(decoded.warnings);
        Self {
            bytes,
            is_workbook: unpacked.is_workbook,
            text: decoded.text,
            label: decoded.label,
            base,
            now: None,
            room: ROOM,
            warnings,
        }
    }
}
