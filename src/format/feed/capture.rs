//! The text of one element as it comes in pieces, and what kind of text it is.

use std::borrow::Cow;

use memchr::memchr;

use super::names::Element;
use crate::format::xml::Tag;
use crate::format::{entity, plain, xml};

/// How long the text of one element may be, in bytes; the rest is cut off with a warning.
pub const LONGEST_TEXT: usize = 1 << 20;

/// What the characters of an element are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text that is nothing but text.
    Text,
    /// HTML, escaped once.
    Html,
    /// Elements written out.
    Markup,
    /// Bytes in base64 that are text.
    Base64Text,
    /// Bytes in base64 that are HTML.
    Base64Html,
}

/// The kind that Atom's `type` and `mode` attributes state; `fallback` where they state nothing.
pub fn kind(tag: &Tag<'_>, fallback: Kind) -> Kind {
    let declared = tag.attribute("type").map(|value| value.trim().to_ascii_lowercase());
    let mode = tag.attribute("mode").map(|value| value.trim().to_ascii_lowercase());
    let is_html = declared.as_deref().is_some_and(|value| value.contains("html"));
    match (declared.as_deref(), mode.as_deref()) {
        (_, Some("base64")) if is_html => Kind::Base64Html,
        (_, Some("base64")) => Kind::Base64Text,
        (Some("xhtml" | "application/xhtml+xml"), None) | (_, Some("xml")) => Kind::Markup,
        (Some("html" | "text/html"), _) => Kind::Html,
        (_, Some("escaped")) if is_html => Kind::Html,
        (Some("text" | "text/plain" | "plain"), _) | (None, Some(_)) => Kind::Text,
        (Some(other), _) => media_kind(other, is_html),
        (None, None) => fallback,
    }
}

/// The kind of a content element of any vocabulary.
pub fn content_kind(tag: &Tag<'_>, is_atom: bool) -> Kind {
    let (_, local) = xml::split_name(tag.name());
    match local.to_ascii_lowercase().as_str() {
        "content" => kind(tag, if is_atom { Kind::Text } else { Kind::Html }),
        "body" | "div" => Kind::Markup,
        _ => Kind::Html,
    }
}

/// RFC 4287, 4.1.3.3: XML types are written out, text is text, anything else is base64.
fn media_kind(media_type: &str, is_html: bool) -> Kind {
    if is_html {
        return Kind::Html;
    }
    if media_type.ends_with("+xml") || media_type.ends_with("/xml") {
        return Kind::Markup;
    }
    if media_type.starts_with("text/") {
        return Kind::Text;
    }
    if media_type.contains('/') { Kind::Base64Html } else { Kind::Html }
}

/// The text of one element so far.
#[derive(Debug)]
pub struct Capture {
    /// What the element means.
    pub element: Element,
    /// The depth of the element itself.
    pub depth: usize,
    /// Its qualified name, kept only where it becomes a field's name.
    pub name: Option<String>,
    kind: Kind,
    text: String,
    has_elements: bool,
    is_cut: bool,
}

impl Capture {
    /// Begins to take an element's text, into a buffer that an earlier one has left.
    pub fn new(element: Element, depth: usize, kind: Kind, mut buffer: String) -> Self {
        buffer.clear();
        Self { element, depth, name: None, kind, text: buffer, has_elements: false, is_cut: false }
    }

    /// The buffer, for the next element.
    pub fn into_buffer(self) -> String {
        self.text
    }

    /// Whether the element may hold parts of its own instead of text.
    pub fn may_have_parts(&self) -> bool {
        matches!(self.element, Element::Author | Element::Source | Element::Point | Element::Polygon)
    }

    /// Adds characters whose references are resolved.
    pub fn text(&mut self, text: &str) {
        if self.kind == Kind::Markup && text.contains(['<', '&']) {
            self.push(&text.replace('&', "&amp;").replace('<', "&lt;"));
            return;
        }
        self.push(text);
    }

    /// Adds characters with XML's own references in them; where another one stands, gives the rest from there.
    pub fn escaped<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        // Resolved, it is no longer than as written.
        let is_roomy = self.kind != Kind::Markup && self.text.len() + text.len() <= LONGEST_TEXT;
        self.text.reserve(if is_roomy { text.len() } else { 0 });
        let mut rest = text;
        while let Some(at) = memchr(b'&', rest.as_bytes()) {
            let (before, reference) = rest.split_at(at);
            let Some((shown, length)) = entity::of_xml(reference) else {
                self.text(before);
                return Some(reference);
            };
            if is_roomy {
                self.text.push_str(before);
                self.text.push_str(shown);
            } else {
                self.text(before);
                self.text(shown);
            }
            rest = reference.get(length..).unwrap_or_default();
        }
        self.text(rest);
        None
    }

    /// Adds an inner element's start tag; its meaning is worked out with the whole.
    pub fn open(&mut self, tag: &Tag<'_>) {
        self.has_elements = true;
        let (_, local) = xml::split_name(tag.name());
        self.push("<");
        self.push(local);
        self.push(tag.attributes());
        self.push(">");
    }

    /// Adds an inner element's end tag.
    pub fn close(&mut self, name: &str) {
        let (_, local) = xml::split_name(name);
        // `<br/>` comes as two tags; its end tag would be a second line.
        if local != "br" {
            self.push("</");
            self.push(local);
            self.push(">");
        }
    }

    fn push(&mut self, text: &str) {
        let room = LONGEST_TEXT.saturating_sub(self.text.len());
        if text.len() <= room {
            self.text.push_str(text);
            return;
        }
        self.is_cut = true;
        self.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }

    /// Whether the text was longer than [`LONGEST_TEXT`].
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether elements were written out inside.
    pub fn has_elements(&self) -> bool {
        self.has_elements
    }

    /// The characters without markup, on one line, as ids, dates and links are.
    pub fn word(&self) -> Cow<'_, str> {
        if self.has_elements { plain::line_from_html(&self.text).into() } else { self.text.trim().into() }
    }

    /// The plain text on one line.
    pub fn line(&self) -> Option<String> {
        let text = match self.resolved()? {
            (text, true) => plain::line_from_html(&text),
            (text, false) => plain::line_from_text(&text),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The plain text; the links in it are added to `links`.
    pub fn block(&self, links: &mut Vec<String>) -> Option<String> {
        let text = match self.resolved()? {
            (text, true) => plain::from_html_with_links(&text, links),
            (text, false) => plain::from_text(&text),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The characters and whether they are HTML; `None` where they are no text at all.
    fn resolved(&self) -> Option<(Cow<'_, str>, bool)> {
        let is_html = match self.kind {
            Kind::Text => self.has_elements,
            Kind::Html | Kind::Markup => true,
            Kind::Base64Text | Kind::Base64Html => {
                let text = String::from_utf8(base64(&self.text)?).ok()?;
                return Some((Cow::Owned(text), self.kind == Kind::Base64Html));
            }
        };
        Some((Cow::Borrowed(&self.text), is_html))
    }
}

/// Decodes base64 (RFC 4648), blanks passed over; `None` where another character stands in it.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_read_with_blanks_and_without_padding() {
        assert_eq!(base64("RXhh\n bXBsZQ==").as_deref(), Some(&b"Example"[..]));
        assert_eq!(base64("RXhhbXBsZQ").as_deref(), Some(&b"Example"[..]));
        assert_eq!(base64("not base64!"), None);
    }
}
