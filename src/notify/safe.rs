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

/// A message id without angle brackets: two dot-atoms about one `@` (RFC 5322 section 3.6.4), or nothing.
///
/// Ours are made by us and pass unchanged; anything else may come out odd, but as an id.
pub(super) fn message_id(id: &str) -> String {
    let (local, domain) = id.rsplit_once('@').unwrap_or((id, ""));
    match (dot_atom(local), dot_atom(domain)) {
        (local, _) if local.is_empty() => String::new(),
        (local, domain) if domain.is_empty() => local + "@watchfloor.invalid",
        (local, domain) => format!("{local}@{domain}"),
    }
}

/// What RFC 5322 section 3.2.3 calls a dot-atom: nothing but its characters, no dot at an end nor beside another; and
/// nothing that could be an encoded-word (RFC 2047), which some readers decode wherever it stands.
fn dot_atom(text: &str) -> String {
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || "!#$%&'*+-/^_`{|}~.".contains(*c);
    let kept: String = text.chars().filter(is_allowed).take(100).collect();
    kept.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// A header's text in which nothing is an encoded-word (RFC 2047): readers decode those, and what is in them would be
/// ours then, ends of lines included.
pub(super) fn literal(text: &str) -> String {
    text.replace("=?", "= ?")
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
        assert_eq!(message_id("..a..b.@x@.y."), "a.b.x@y");
        assert_eq!(message_id("a"), "a@watchfloor.invalid");
        assert_eq!(message_id("@y"), "");
    }

    #[test]
    fn titles_are_cut_at_their_colon() {
        assert_eq!(short_title("Kupyansk: front-line momentum"), "Kupyansk");
        assert_eq!(short_title("No colon here"), "No colon here");
        assert_eq!(short_title(": odd"), ": odd");
    }
}
