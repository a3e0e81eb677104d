//! Links: made absolute, told from what is none.

use std::borrow::Cow;

use memchr::memchr3;
use url::Url;

/// The base that a string names, if it is one.
pub fn base(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    (!url.cannot_be_a_base()).then_some(url)
}

/// A link as text without blanks and line ends, joined to the base where it is relative.
///
/// What is absolute stays as the publisher wrote it: it may be an identity.
pub fn resolve<'a>(link: impl Into<Cow<'a, str>>, base: Option<&Url>) -> Option<String> {
    let link = link.into();
    let trimmed = link.trim();
    let is_broken = memchr3(b'\n', b'\r', b'\t', trimmed.as_bytes()).is_some();
    let link = match trimmed.len() == link.len() {
        _ if is_broken => Cow::Owned(trimmed.replace(['\n', '\r', '\t'], "")),
        false => Cow::Owned(trimmed.to_owned()),
        true => link,
    };
    if link.is_empty() {
        return None;
    }
    if is_absolute(&link) {
        return Some(link.into_owned());
    }
    let joined = base.and_then(|base| base.join(&link).ok());
    Some(joined.map_or_else(|| link.into_owned(), String::from))
}

/// Whether a text begins with a scheme.
pub fn is_absolute(text: &str) -> bool {
    let length = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
    length > 1 && text.as_bytes().get(length) == Some(&b':') && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether a text is a page's address: what a permanent link may be.
pub fn is_page(text: &str) -> bool {
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    (start.starts_with("http://") || start.starts_with("https://")) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_joined_and_absolute_ones_kept() {
        let page = base("https://example.org/a/b?c").unwrap();
        let cases = [
            ("/x", "https://example.org/x"),
            ("x", "https://example.org/a/x"),
            ("//h/y", "https://h/y"),
            (" HTTP://E.org/\n%7e ", "HTTP://E.org/%7e"),
            ("urn:a:b", "urn:a:b"),
        ];
        for (link, expected) in cases {
            assert_eq!(resolve(link, Some(&page)).as_deref(), Some(expected));
        }
        assert_eq!(resolve("/x", None).as_deref(), Some("/x"));
        assert_eq!(resolve("  ", None), None);
    }
}
