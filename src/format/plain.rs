//! Markup → plain text: tags removed, references resolved, script and style dropped.
//!
//! A scan of the text, not a tree: it costs one pass, and nothing a page nests
//! can make it slow or deep.

use unicode_normalization::UnicodeNormalization;

use super::entities;

/// Elements whose content is never text.
const DROPPED: [&str; 5] = ["script", "style", "noscript", "template", "head"];
/// Elements that end a line.
const BLOCKS: [&str; 28] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "blockquote",
    "pre",
    "hr",
    "dd",
    "dt",
    "dl",
    "figure",
    "figcaption",
    "main",
    "td",
];

/// Plain text of a fragment of HTML.
pub fn of_html(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        text.push_str(&entities::decode(&rest[..at]));
        rest = &rest[at..];
        rest = match tag(rest) {
            Some((name, after)) => {
                if BLOCKS.contains(&name.trim_start_matches('/')) {
                    text.push('\n');
                }
                skip_content(&name, after)
            }
            None => {
                text.push('<');
                &rest[1..]
            }
        };
    }
    text.push_str(&entities::decode(rest));
    tidy(&text)
}

/// The lower-case name of the tag at the start (with `/` where it closes), and what follows it.
fn tag(markup: &str) -> Option<(String, &str)> {
    if let Some(comment) = markup.strip_prefix("<!--") {
        return Some((String::new(), comment.split_once("-->").map_or("", |(_, after)| after)));
    }
    let first = markup[1..].chars().next()?;
    if !(first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?')) {
        return None;
    }
    let end = closing_bracket(markup)?;
    let name: String = markup[1..end].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
    let name = name.trim_end_matches('/').to_ascii_lowercase();
    Some((name, &markup[end + 1..]))
}

/// Where the tag ends; a bracket within quotes does not end it.
fn closing_bracket(markup: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in markup.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    markup.find('>')
}

fn skip_content<'m>(name: &str, after: &'m str) -> &'m str {
    if !DROPPED.contains(&name) {
        return after;
    }
    let close = format!("</{name}");
    let lower = after.to_ascii_lowercase();
    lower.find(&close).map_or("", |at| &after[at..])
}

/// One form of white space: runs of blanks become one, lines are trimmed, empty lines dropped, characters composed (NFC).
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.split('\n') {
        let mut words = line.split([' ', '\t', '\r']).filter(|word| !word.is_empty()).peekable();
        if words.peek().is_none() {
            continue;
        }
        if !tidied.is_empty() {
            tidied.push('\n');
        }
        for (place, word) in words.enumerate() {
            if place > 0 {
                tidied.push(' ');
            }
            tidied.push_str(word);
        }
    }
    let trimmed = tidied.trim();
    if trimmed.is_ascii() { trimmed.to_owned() } else { trimmed.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        let cases = [
            ("<p>One &amp; two</p><p>three</p>", "One & two\nthree"),
            ("a<b>b</b>c <a title=\"x > y\">d</a>", "abc d"),
            ("x<script>if (a < b) {}</script>y<style>p{}</style>", "xy"),
            ("3 < 5 and 5 > 3", "3 < 5 and 5 > 3"),
            ("<!-- no --> text <br/> more", "text\nmore"),
            ("unclosed <a href='", "unclosed <a href='"),
        ];
        for (markup, expected) in cases {
            assert_eq!(of_html(markup), expected, "{markup}");
        }
    }
}
