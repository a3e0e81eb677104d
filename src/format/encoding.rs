//! Bytes → text: BOM, header, declaration, UTF-8, then detection (RFC 7303, HTML 13.2.3).

use encoding_rs::{Encoding, UTF_8};

/// Decodes a document; gives the text and the WHATWG label used.
pub fn decode(body: &[u8], content_type: Option<&str>) -> (String, String) {
    let (encoding, body) = match Encoding::for_bom(body) {
        Some((encoding, length)) => (encoding, &body[length..]),
        None => (choose(body, content_type), body),
    };
    let (text, _) = encoding.decode_without_bom_handling(body);
    (text.into_owned(), encoding.name().to_ascii_lowercase())
}

fn choose(body: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some(encoding) = content_type.and_then(charset_parameter) {
        return encoding;
    }
    let is_utf8 = std::str::from_utf8(body).is_ok();
    if let Some(encoding) = declared(body) {
        // A declaration that the bytes contradict is a label left over from a template.
        let fits = encoding != UTF_8 || is_utf8;
        if fits && !(is_utf8 && !body.is_ascii() && encoding != UTF_8 && encoding.is_single_byte()) {
            return encoding;
        }
    }
    if is_utf8 {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(body, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

fn charset_parameter(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, label) = lower.split_once("charset=")?;
    let label = label.trim_matches(['"', '\'', ' ']).split([';', ' ', '"', '\'']).next()?;
    Encoding::for_label(label.as_bytes())
}

/// `encoding="…"` of an XML declaration or `charset=…` of a meta element, in the first 1024 bytes.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head: String = body.iter().take(1024).map(|byte| if byte.is_ascii() { *byte as char } else { ' ' }).collect();
    let lower = head.to_ascii_lowercase();
    let after = if lower.trim_start().starts_with("<?xml") {
        lower.split_once("?>")?.0.split_once("encoding")?.1.split_once('=')?.1.to_owned()
    } else {
        lower.split_once("charset=")?.1.to_owned()
    };
    let label: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found() {
        let (koi, _, _) = encoding_rs::KOI8_U.encode("Привіт, Україно");
        let (cp, _, _) =
            encoding_rs::WINDOWS_1251.encode("<?xml version='1.0' encoding='windows-1251'?><a>Куп'янськ</a>");
        let cases: [(&[u8], Option<&str>, &str, &str); 4] = [
            ("café".as_bytes(), None, "utf-8", "café"),
            (&koi, Some("text/xml; charset=koi8-u"), "koi8-u", "Україно"),
            (&cp, None, "windows-1251", "Куп'янськ"),
            (b"\xff\xfea\0b\0", None, "utf-16le", "ab"),
        ];
        for (body, header, label, part) in cases {
            let (text, used) = decode(body, header);
            assert_eq!(used, label);
            assert!(text.contains(part), "{text}");
        }
    }
}
