//! Text and links from feeds, made fit for a message.

use url::Url;

use crate::model::text::one_line;

/// A link that may be shown as one.
///
/// Only `http` and `https`, only what the URL parser reads and writes again as
/// plain ASCII, so that what a reader sees is where it leads. `javascript:`,
/// `data:` and the rest stay plain text.
pub(super) fn web_link(text: &str) -> Option<String> {
    /// Longer links are no links that a person would follow, and could fill a message.
    const LIMIT: usize = 1000;
    if text.len() > LIMIT {
        return None;
    }
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // `https://bank.example@evil.example/` shows one host and leads to another.
    let shows_its_host = url.username().is_empty() && url.password().is_none();
    let shown = String::from(url);
    (is_web && shows_its_host && shown.len() <= LIMIT && shown.bytes().all(|b| b.is_ascii_graphic())).then_some(shown)
}

/// A message id without angle brackets: what RFC 5322 section 3.6.4 allows on both sides of the `@`, and nothing else.
///
/// Ours are made by us and pass unchanged; anything else may come out odd, but never as a second header.
pub(super) fn message_id(id: &str) -> String {
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(*c);
    id.chars().filter(is_allowed).take(200).collect()
}

/// The watch's title in short: what stands before its first colon, as titles are written `Place: subject`.
pub(super) fn short_title(title: &str) -> String {
    let title = one_line(title, 200);
    let head = title.split_once(": ").map_or(title.as_str(), |(head, _)| head).trim();
    one_line(if head.is_empty() { &title } else { head }, 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_links_are_links() {
        let cases = [
            ("https://example.org/a?b=c&d=<e>", Some("https://example.org/a?b=c&d=%3Ce%3E")),
            ("http://приклад.укр/", Some("http://xn--80aikifvh.xn--j1amh/")),
            ("https://example.org/\"onclick=x", Some("https://example.org/%22onclick=x")),
            ("https://example.org/\u{202e}gpj", Some("https://example.org/%E2%80%AEgpj")),
            ("javascript:alert(1)", None),
            ("JaVa\tScRiPt:alert(1)", None),
            ("data:text/html,x", None),
            ("https://bank.example@evil.example/", None),
            ("/relative", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(web_link(text).as_deref(), expected, "{text}");
        }
        assert_eq!(web_link(&format!("https://example.org/{}", "a".repeat(2000))), None);
    }

    #[test]
    fn ids_are_one_word() {
        assert_eq!(message_id("12.active.1@watchfloor.example"), "12.active.1@watchfloor.example");
        assert_eq!(message_id("a>\r\nBcc: b@c"), "aBccb@c");
    }

    #[test]
    fn titles_are_cut_at_their_colon() {
        assert_eq!(short_title("Kupyansk: front-line momentum"), "Kupyansk");
        assert_eq!(short_title("No colon here"), "No colon here");
        assert_eq!(short_title(": odd"), ": odd");
    }
}
