//! Character references: `&amp;`, `&#8217;`, `&eacute;`.
//!
//! The names are HTML's (WHATWG, section 13.5); feeds use them whether or not
//! their DTD declares them.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr;

/// The longest name that is looked up, in bytes (`CounterClockwiseContourIntegral` has 31).
const LONGEST_NAME: usize = 32;

/// One of XML's own five references at the start of a text: what it stands for, and its length.
///
/// Nearly all references of a feed are of these, since they make up the markup of escaped HTML.
pub fn of_xml(text: &str) -> Option<(&'static str, usize)> {
    match text.as_bytes() {
        [b'&', b'l', b't', b';', ..] => Some(("<", 4)),
        [b'&', b'g', b't', b';', ..] => Some((">", 4)),
        [b'&', b'a', b'm', b'p', b';', ..] => Some(("&", 5)),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some(("\"", 6)),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => Some(("'", 6)),
        _ => None,
    }
}

/// What a reference stands for, its name given without `&` and `;`.
pub fn resolve(name: &str) -> Option<Cow<'static, str>> {
    match name {
        "amp" => Some(Cow::Borrowed("&")),
        "lt" => Some(Cow::Borrowed("<")),
        "gt" => Some(Cow::Borrowed(">")),
        "quot" => Some(Cow::Borrowed("\"")),
        "apos" => Some(Cow::Borrowed("'")),
        _ => match name.strip_prefix('#') {
            Some(number) => numeric(number).map(|c| Cow::Owned(c.to_string())),
            None => named(&format!("{name};")),
        },
    }
}

/// What a name stands for, its `;` with it where it has one.
fn named(name: &str) -> Option<Cow<'static, str>> {
    if name.len() > LONGEST_NAME + 1 {
        return None;
    }
    let &(first, second) = NAMED_ENTITIES.get(name)?;
    // The table also lists every prefix of a name, with zeros.
    let text: String = [first, second].into_iter().filter(|c| *c != 0).filter_map(char::from_u32).collect();
    (!text.is_empty()).then_some(Cow::Owned(text))
}

/// A character number, decimal or `x` and hexadecimal; one that no character has is U+FFFD.
fn numeric(number: &str) -> Option<char> {
    let parsed = match number.strip_prefix(['x', 'X']) {
        Some(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16),
        None if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => number.parse::<u32>(),
        _ => return None,
    };
    Some(character(parsed.unwrap_or(u32::MAX)))
}

/// A C1 control as the windows-1252 character of that number; any other character is itself.
pub fn windows_1252(c: char) -> char {
    if matches!(c, '\u{80}'..='\u{9f}') { character(u32::from(c)) } else { c }
}

/// HTML's reading of a number: 0x80–0x9F mean windows-1252, whatever the standard says.
fn character(number: u32) -> char {
    if let Some(c) = number.checked_sub(0x80).and_then(|index| C1_REPLACEMENTS.get(usize::try_from(index).ok()?)) {
        return c.unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    match char::from_u32(number) {
        Some(c) if !c.is_control() || matches!(c, '\t' | '\n' | '\r') => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// One reference at the start of `text`, which begins with `&`: what it stands for and its length.
///
/// The few names that HTML also knows without a semicolon are read so, except
/// before `=` or a letter, where they are a link's parameter.
pub fn leading(text: &str) -> Option<(Cow<'static, str>, usize)> {
    if let Some((shown, length)) = of_xml(text) {
        return Some((Cow::Borrowed(shown), length));
    }
    let rest = text.get(1..)?;
    let length = rest.bytes().take(LONGEST_NAME + 1).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    let name = rest.get(..length)?;
    match rest.as_bytes().get(length) {
        Some(b';') if name.starts_with('#') => resolve(name).map(|found| (found, length + 2)),
        Some(b';') => named(rest.get(..=length)?).map(|found| (found, length + 2)),
        Some(b'=') => None,
        _ if name.starts_with('#') => resolve(name).map(|found| (found, length + 1)),
        _ => named(name).map(|found| (found, length + 1)),
    }
}

/// The pieces of a text one after the other, each reference as what it stands for; what is none stays as written.
pub fn pieces(text: &str, mut take: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (before, reference) = rest.split_at(at);
        take(before);
        let (shown, length) = leading(reference).unwrap_or((Cow::Borrowed("&"), 1));
        take(&shown);
        rest = reference.get(length..).unwrap_or_default();
    }
    take(rest);
}

/// All references of a text resolved; what is none stays as written.
pub fn decode(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    pieces(text, |piece| decoded.push_str(piece));
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_the_rest_stays() {
        let cases = [
            ("caf&eacute;", "café"),
            ("a&nbsp;b", "a\u{a0}b"),
            ("AT&T & co", "AT&T & co"),
            ("&#8217;&#x2019;&#146;", "’’’"),
            ("&#0;&#xd800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&bogus; &#; &#x;", "&bogus; &#; &#x;"),
            ("?a=1&copy=2", "?a=1&copy=2"),
            ("&copy 2026", "© 2026"),
            ("&amp;lt;", "&lt;"),
            ("&", "&"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text), expected);
        }
    }
}
