//! Bytes → text: which encoding a document is in, and what had to be guessed.
//!
//! The order is RFC 7303's, with what the bytes themselves prove put before
//! what a label claims: a proxy that transcodes a page seldom corrects the
//! label, and valid multi-byte UTF-8 is practically never anything else.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far a declaration is searched for, in bytes; the HTML standard looks at 1,024.
const PROLOGUE: usize = 4096;

/// How many bytes are converted at a time.
const PIECE: usize = 64 * 1024;

/// How many bytes an encoding is guessed by.
const SAMPLE: usize = 256 * 1024;

/// A document as text.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text without its byte-order mark.
    pub text: Cow<'a, str>,
    /// The WHATWG label of the encoding that was used, in lower case.
    pub label: String,
    /// What was guessed or could not be decoded.
    pub warnings: Vec<String>,
}

/// Decodes a body. `content_type` is the HTTP header's value, `host` a hint for guessing: its top-level domain.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>, host: Option<&str>) -> Decoded<'a> {
    if let Some(text) = utf32(body) {
        let warnings = vec!["utf-32, which no feed should be in".to_owned()];
        return Decoded { text: Cow::Owned(text), label: "utf-32".to_owned(), warnings };
    }
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return decoded(body.get(length..).unwrap_or_default(), encoding, Vec::new());
    }
    if let Some(encoding) = wide_without_mark(body) {
        return decoded(body, encoding, vec![format!("{} without a byte-order mark", label(encoding))]);
    }
    let mut warnings = Vec::new();
    let claimed = claim(body, content_type, &mut warnings);
    let utf8 = std::str::from_utf8(body).ok();
    let encoding = settle(body, claimed, utf8.is_some(), &mut warnings);
    match (encoding, utf8) {
        (Some(encoding), Some(text)) if encoding == UTF_8 => {
            Decoded { text: Cow::Borrowed(text), label: label(encoding), warnings }
        }
        (Some(encoding), _) => decoded(body, encoding, warnings),
        (None, _) => guessed(body, claimed, host, warnings),
    }
}

fn label(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

fn decoded<'a>(body: &'a [u8], encoding: &'static Encoding, mut warnings: Vec<String>) -> Decoded<'a> {
    let (text, broken) = converted(body, encoding);
    if broken {
        warnings.push(format!("bytes that are not {} were replaced by U+FFFD", label(encoding)));
    }
    Decoded { text, label: label(encoding), warnings }
}

/// The text, and whether some of it had to be replaced. Converted piece by piece: what a whole document might need at
/// most is three times what it has.
fn converted<'a>(body: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, bool) {
    let is_plain = encoding == UTF_8 || (encoding.is_ascii_compatible() && body.is_ascii());
    if let Some(text) = std::str::from_utf8(body).ok().filter(|_| is_plain) {
        return (Cow::Borrowed(text), false);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    // Room that stays unused costs nothing, and a text that grows is there twice.
    let (mut text, mut broken) = (String::with_capacity(2 * body.len() + PIECE), false);
    for piece in body.chunks(PIECE) {
        text.reserve(decoder.max_utf8_buffer_length(piece.len()).unwrap_or_default());
        broken |= decoder.decode_to_string(piece, &mut text, false).2;
    }
    text.reserve(decoder.max_utf8_buffer_length(0).unwrap_or_default());
    broken |= decoder.decode_to_string(&[], &mut text, true).2;
    (Cow::Owned(text), broken)
}

/// UTF-16 shows itself by the zero byte beside the first `<`, `{` or `[`.
fn wide_without_mark(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [0, b'<' | b'{' | b'[', 0, ..] => Some(UTF_16BE),
        [b'<' | b'{' | b'[', 0, _, 0, ..] => Some(UTF_16LE),
        _ => wide_by_zeros(body.get(..PROLOGUE).unwrap_or(body)),
    }
}

/// UTF-16 by the zero bytes beside its blanks, digits and Latin letters: always on the same side, and many. No other
/// text has any.
fn wide_by_zeros(sample: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = sample.as_chunks::<2>();
    let first = pairs.iter().filter(|pair| pair[0] == 0).count();
    let second = pairs.iter().filter(|pair| pair[1] == 0).count();
    let is_many = |count: usize| count >= 2 && count * 20 >= pairs.len();
    match (first, second) {
        (0, count) if is_many(count) => Some(UTF_16LE),
        (count, 0) if is_many(count) => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-32 with or without its mark: not one of the web's encodings, but some programs write it.
fn utf32(body: &[u8]) -> Option<String> {
    let to_number: fn([u8; 4]) -> u32 = match body {
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<' | b'{' | b'[', ..] => u32::from_be_bytes,
        [0xff, 0xfe, 0, 0, ..] | [b'<' | b'{' | b'[', 0, 0, 0, ..] => u32::from_le_bytes,
        _ => return None,
    };
    let units = body.as_chunks::<4>().0.iter().map(|unit| to_number(*unit));
    let text = units.map(|number| char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.skip_while(|c| *c == '\u{feff}').collect())
}

/// The encoding that the transport or the document claims.
fn claim(body: &[u8], content_type: Option<&str>, warnings: &mut Vec<String>) -> Option<&'static Encoding> {
    let prologue = body.get(..PROLOGUE).unwrap_or(body);
    // One after the other: most documents need no search for the last.
    let ways: [&dyn Fn() -> Option<String>; 3] =
        [&|| content_type.and_then(charset_parameter), &|| declaration(prologue), &|| meta(prologue)];
    for name in ways.into_iter().filter_map(|way| way()) {
        match known(&name) {
            // A declaration that can be read byte by byte is not in UTF-16 (HTML standard, 13.2.3.2).
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => return Some(UTF_8),
            Some(encoding) => return Some(encoding),
            None => warnings.push(format!("the encoding `{}` is unknown", crate::model::text::one_line(&name, 40))),
        }
    }
    None
}

/// The encoding of a label, also of what programs write for one: `windows_1251`, `cp1251`, `us-ascii`.
fn known(name: &str) -> Option<&'static Encoding> {
    let label = name.trim().to_ascii_lowercase().replace('_', "-");
    let number = label.strip_prefix("cp-").or_else(|| label.strip_prefix("cp"));
    let page = number.map(|number| format!("windows-{number}"));
    let names = [Some(name.to_owned()), Some(label), page];
    names.into_iter().flatten().find_map(|name| Encoding::for_label(name.as_bytes()))
}

/// The charset parameter of a media type.
fn charset_parameter(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// The encoding of an XML declaration, which may stand behind blanks or garbage.
fn declaration(prologue: &[u8]) -> Option<String> {
    let start = find(prologue, b"<?xml")?;
    let rest = prologue.get(start..)?;
    let end = find(rest, b"?>").unwrap_or(rest.len().min(256));
    quoted_after(rest.get(..end)?, b"encoding")
}

/// The charset of an HTML `meta` element, in either form.
fn meta(prologue: &[u8]) -> Option<String> {
    let mut rest = prologue;
    while let Some(start) = find_ignoring_case(rest, b"<meta") {
        rest = rest.get(start + 5..)?;
        let end = find(rest, b">").unwrap_or(rest.len());
        if let Some(name) = quoted_after(rest.get(..end)?, b"charset") {
            return Some(name);
        }
    }
    None
}

/// The value after `name =`, with or without quotes.
fn quoted_after(text: &[u8], name: &[u8]) -> Option<String> {
    let start = find_ignoring_case(text, name)? + name.len();
    let rest = text.get(start..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_:.+".contains(b)).count();
    let value = rest.get(..length)?;
    (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn find_ignoring_case(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

/// Holds the claim against the bytes; `None` where only a guess is left.
fn settle(
    body: &[u8],
    claimed: Option<&'static Encoding>,
    is_utf8: bool,
    warnings: &mut Vec<String>,
) -> Option<&'static Encoding> {
    match claimed {
        Some(encoding) if encoding != UTF_8 && is_utf8 && !body.is_ascii() && encoding.is_single_byte() => {
            warnings.push(format!("declared as {}, but the bytes are utf-8", label(encoding)));
            Some(UTF_8)
        }
        Some(encoding) if encoding != UTF_8 => Some(encoding),
        _ => (is_utf8 || mostly_utf8(body)).then_some(UTF_8),
    }
}

/// Decodes what is not in the encoding that it should be in.
fn guessed<'a>(
    body: &'a [u8],
    claimed: Option<&'static Encoding>,
    host: Option<&str>,
    mut warnings: Vec<String>,
) -> Decoded<'a> {
    let encoding = guess(body, host);
    let wrong = if claimed.is_some() { "declared as utf-8, which it is not" } else { "no encoding is declared" };
    warnings.push(format!("{wrong}; read as {}", label(encoding)));
    decoded(body, encoding, warnings)
}

/// UTF-8 with a few broken places: far more whole sequences than bytes that fit nowhere.
fn mostly_utf8(body: &[u8]) -> bool {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in body.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken > 0 && whole >= broken * 8
}

fn guess(body: &[u8], host: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    // All else is the same in every encoding that can be meant.
    let start = body.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
    let sample = body.get(start..).unwrap_or_default();
    detector.feed(sample.get(..SAMPLE).unwrap_or(sample), true);
    let encoding = detector.guess(host.and_then(top_level_domain), Utf8Detection::Deny);
    if encoding == UTF_8 { WINDOWS_1252 } else { encoding }
}

/// The last label of a host name, where the detector can use it: lower-case letters only.
fn top_level_domain(host: &str) -> Option<&[u8]> {
    let label = host.rsplit('.').next()?;
    (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &[u8], content_type: Option<&str>, text: &str, label: &str) {
        let decoded = decode(body, content_type, Some("example.com.ua"));
        assert_eq!((&*decoded.text, decoded.label.as_str()), (text, label), "{:?}", decoded.warnings);
    }

    #[test]
    fn what_the_bytes_prove_comes_before_what_a_label_claims() {
        check(b"\xef\xbb\xbfa", Some("text/xml; charset=windows-1251"), "a", "utf-8");
        check(
            "<?xml encoding='windows-1251'?>\u{456}".as_bytes(),
            None,
            "<?xml encoding='windows-1251'?>\u{456}",
            "utf-8",
        );
        check(b"<\0a\0>\0", None, "<a>", "utf-16le");
        check(b"\0<\0a\0>", None, "<a>", "utf-16be");
        check(b"1\x004\x007\0", None, "147", "utf-16le");
        let wide: Vec<u8> = "колона, 12 машин".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&wide, None, "колона, 12 машин", "utf-16be");
        check(
            b"one\0zero in a longer text of one byte each",
            None,
            "one\0zero in a longer text of one byte each",
            "utf-8",
        );
    }

    #[test]
    fn labels_are_followed_in_order() {
        check(b"\xcf\xf0", Some("text/xml; charset=\"Windows-1251\""), "\u{41f}\u{440}", "windows-1251");
        check(
            b"<?xml version='1.0' encoding='koi8-u'?>\xa4",
            None,
            "<?xml version='1.0' encoding='koi8-u'?>\u{454}",
            "koi8-u",
        );
        check(b"<META charset=windows-1251>\xcf", None, "<META charset=windows-1251>\u{41f}", "windows-1251");
        check(b"<?xml encoding='latin1'?>", None, "<?xml encoding='latin1'?>", "windows-1252");
        check(b"plain", Some("text/plain; charset=nonsense"), "plain", "utf-8");
    }

    #[test]
    fn a_wrong_utf8_label_is_guessed_around() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Повітряні Сили збили ворожі ракети над областю");
        let decoded = decode(&bytes, Some("text/xml; charset=utf-8"), Some("example.ua"));
        assert_eq!(decoded.label, "windows-1251");
        assert!(decoded.text.contains("збили"));
        assert_eq!(decoded.warnings.len(), 1);
    }

    #[test]
    fn a_broken_byte_in_utf8_costs_one_character() {
        let mut bytes = "Повітряні Сили збили".as_bytes().to_vec();
        bytes.push(0xd0);
        check(&bytes, None, "Повітряні Сили збили\u{fffd}", "utf-8");
    }
}
