//! Markup → plain text, the one rule for every format: tags removed, entities
//! decoded, script and style dropped, a block's end is a line's end, an inline
//! element's end is nothing, NFC, outer blanks trimmed.
//!
//! Works on the text itself and not on a tree: a feed holds thousands of small
//! fragments, and only a page with selectors needs a tree (`html`).

mod flow;

use self::flow::is_plain_line;
pub use self::flow::{Flow, Role, role};
use memchr::{memchr, memchr2};

use super::entity;

/// How many links of one fragment are kept.
const LINKS: usize = 64;

/// So many bytes of a tag are looked at one by one for its end.
const NEAR: usize = 24;

/// How often one fragment is searched to its end in vain.
const LOOKS: usize = 64;

/// Plain text that is no markup: line ends stay, other blanks become one.
pub fn from_text(text: &str) -> String {
    let mut flow = Flow::for_text(text.len());
    flow.lines(text);
    flow.finish()
}

/// One line of plain text that is no markup: a title, a name.
pub fn line_from_text(text: &str) -> String {
    let mut flow = Flow::for_text(text.len());
    flow.text(text);
    flow.finish()
}

/// The plain text of an HTML fragment. A fragment without a single tag keeps its line ends.
pub fn from_html(html: &str) -> String {
    let mut links = Vec::new();
    from_html_with_links(html, &mut links)
}

/// The same on one line.
pub fn line_from_html(html: &str) -> String {
    let text = from_html(html);
    if text.contains('\n') { line_from_text(&text) } else { text }
}

/// The plain text of an HTML fragment; the addresses it links to are added to `links` as written.
pub fn from_html_with_links(html: &str, links: &mut Vec<String>) -> String {
    if memchr(b'<', html.as_bytes()).is_none() {
        if is_plain_line(html) {
            return html.to_owned();
        }
        return from_text(&entity::decode(html));
    }
    let mut fragment =
        Fragment { rest: html, flow: Flow::for_text(html.len()), links, any_tag: false, preformatted: 0, looks: LOOKS };
    fragment.read();
    if fragment.any_tag {
        return fragment.flow.finish();
    }
    from_text(&entity::decode(html))
}

/// A fragment being read from left to right.
struct Fragment<'a, 'l> {
    rest: &'a str,
    flow: Flow,
    links: &'l mut Vec<String>,
    any_tag: bool,
    preformatted: usize,
    looks: usize,
}

impl<'a> Fragment<'a, '_> {
    fn read(&mut self) {
        while let Some(at) = memchr(b'<', self.rest.as_bytes()) {
            let (text, rest) = self.rest.split_at(at);
            self.text(text);
            self.rest = rest;
            if !self.markup() {
                self.text("<");
                self.rest = self.rest.get(1..).unwrap_or_default();
            }
        }
        let rest = std::mem::take(&mut self.rest);
        self.text(rest);
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let (flow, is_preformatted) = (&mut self.flow, self.preformatted > 0);
        entity::pieces(text, |piece| if is_preformatted { flow.lines(piece) } else { flow.text(piece) });
    }

    /// Takes what begins with `<` and is markup; says no where it is a less-than sign.
    fn markup(&mut self) -> bool {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            self.any_tag = true;
            let end = self.ahead(comment, "-->").map(|at| at + 3).or_else(|| comment.find('>').map(|at| at + 1));
            self.rest = end.and_then(|end| comment.get(end..)).unwrap_or_default();
            return true;
        }
        if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
            // Declarations and instructions are short; what does not end soon is text.
            let near = self.rest.get(..self.rest.floor_char_boundary(256)).unwrap_or_default();
            let Some(end) = near.find('>') else { return false };
            self.rest = &self.rest[end + 1..];
            return true;
        }
        self.tag()
    }

    /// Where something stands ahead. What is not there was looked for in vain: a
    /// hostile fragment gets only so many such looks.
    fn ahead(&mut self, text: &str, what: &str) -> Option<usize> {
        if self.looks == 0 {
            return None;
        }
        let found = text.find(what);
        self.looks -= usize::from(found.is_none());
        found
    }

    fn tag(&mut self) -> bool {
        let Some(tag) = Tag::leading(self.rest) else { return false };
        // An unknown name is text (`Vec<String>`), unless something ends it.
        if !tag.is_known && self.ahead(tag.rest, &format!("</{}", tag.name)).is_none() {
            return false;
        }
        self.any_tag = true;
        self.rest = tag.rest;
        match tag.role {
            Role::Hidden if !tag.is_end && !tag.is_empty => self.skip_element(tag.name),
            Role::Hidden | Role::Inline => {}
            Role::Block => self.flow.block(),
            Role::Break => self.flow.line_break(),
            Role::Cell => self.flow.space(),
            Role::Preformatted => {
                self.flow.block();
                self.preformatted =
                    if tag.is_end { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
        }
        if let Some(link) = tag.link().filter(|_| self.links.len() < LINKS) {
            self.links.push(link);
        }
        true
    }

    /// Passes over everything to the element's end tag; without one only a program hides the rest.
    fn skip_element(&mut self, name: &str) {
        let is_end = |at: &usize| self.rest.get(at + 2..).is_some_and(|rest| begins_with(rest, name));
        let end = if self.looks == 0 { None } else { self.rest.match_indices("</").map(|(at, _)| at).find(is_end) };
        match end.and_then(|at| self.rest.get(at..)) {
            Some(rest) => self.rest = rest.find('>').and_then(|end| rest.get(end + 1..)).unwrap_or_default(),
            None if begins_with(name, "script") || begins_with(name, "style") => self.rest = "",
            None => self.looks = self.looks.saturating_sub(1),
        }
    }
}

fn begins_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// One tag of a fragment.
struct Tag<'a> {
    name: &'a str,
    is_known: bool,
    role: Role,
    is_end: bool,
    is_empty: bool,
    attributes: &'a str,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag at the start of `text`, which begins with `<`. End tags, and names with the colon or
    /// hyphen of a foreign or custom element, count as known.
    fn leading(text: &'a str) -> Option<Self> {
        let inner = text.get(1..)?;
        let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let length = inner.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_')).count();
        let name = inner.get(..length).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))?;
        let after = inner.get(length..)?;
        if !after.is_empty() && !after.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/') {
            return None;
        }
        let role = known(name);
        let is_known = role.is_some() || is_end;
        let role = role.unwrap_or(Role::Inline);
        let (attributes, rest) = after.split_at_checked(tag_end(after))?;
        let rest = rest.strip_prefix('>').unwrap_or(rest);
        Some(Self { name, is_known, role, is_end, is_empty: attributes.ends_with('/'), attributes, rest })
    }

    fn link(&self) -> Option<String> {
        if self.is_end || !self.name.eq_ignore_ascii_case("a") {
            return None;
        }
        let value = attribute(self.attributes, "href")?;
        Some(entity::decode(value.trim()).into_owned()).filter(|link| !link.is_empty() && !link.starts_with('#'))
    }
}

fn known(name: &str) -> Option<Role> {
    let found = match name.bytes().any(|b| b.is_ascii_uppercase()) {
        true => role(&name.to_ascii_lowercase()),
        false => role(name),
    };
    found.or_else(|| name.contains([':', '-']).then_some(Role::Inline))
}

/// Where a tag ends whose name has been read: at its `>`, quotes respected when
/// they close, or before the next `<`, so that hostile tags are never looked at twice.
pub fn tag_end(after: &str) -> usize {
    let bytes = after.as_bytes();
    unquoted_end(bytes).or_else(|| memchr2(b'>', b'<', bytes)).unwrap_or(bytes.len())
}

/// Where the first `>` or `<` outside of quotes stands; `None` where a quote does not close, or neither is there.
pub fn unquoted_end(bytes: &[u8]) -> Option<usize> {
    // Most tags are short and have no quotes: they are not worth the start of a search.
    let near = bytes.iter().take(NEAR).position(|byte| matches!(byte, b'>' | b'<' | b'"' | b'\''));
    if near.is_some_and(|at| matches!(bytes.get(at), Some(b'>' | b'<'))) {
        return near;
    }
    let mut from = near.unwrap_or(0);
    let mut end = from + memchr2(b'>', b'<', bytes.get(from..)?)?;
    while let Some(open) = memchr2(b'"', b'\'', bytes.get(from..end)?) {
        let open = from + open;
        from = open + 2 + memchr(*bytes.get(open)?, bytes.get(open + 1..)?)?;
        if from > end {
            end = from + memchr2(b'>', b'<', bytes.get(from..)?)?;
        }
    }
    Some(end)
}

/// The raw value of an attribute in the inside of a tag, its name in any case; quotes may be missing.
pub fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    Attributes(attributes).find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The attributes in the inside of a tag as name and raw value, read as browsers do.
#[derive(Debug)]
pub struct Attributes<'a>(pub &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.0.bytes().position(|b| !b.is_ascii_whitespace() && b != b'/')?;
        let text = self.0.get(start..)?;
        let length = text.bytes().position(|b| b.is_ascii_whitespace() || b == b'=').unwrap_or(text.len());
        // A lone `=` is the first letter of a name, so that the iterator always moves on.
        let (name, rest) = text.split_at_checked(length.max(1))?;
        let after = rest.trim_ascii_start();
        let Some(value) = after.strip_prefix('=') else {
            self.0 = rest;
            return Some((name, ""));
        };
        let (value, rest) = attribute_value(value.trim_ascii_start());
        self.0 = rest;
        Some((name, value))
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    match text.as_bytes() {
        [quote @ (b'"' | b'\''), inner @ ..] => {
            let end = memchr(*quote, inner).map_or(text.len(), |at| at + 1);
            (text.get(1..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default())
        }
        bytes => text.split_at(bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_read_as_a_person_would_read_them() {
        let cases = [
            ("a<b>b</b>c", "abc"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("one<br/><br>two<BR>three", "one\n\ntwo\nthree"),
            ("<ul><li>a <li>b</ul> c", "a\nb\nc"),
            ("x<script>if (a<b) {}</script>y<style>p{}</style>z", "xyz"),
            ("<td>1</td><td>2</td>", "1 2"),
            ("5 < 6 & 7 > 2", "5 < 6 & 7 > 2"),
            ("Vec<String> and i<j", "Vec<String> and i<j"),
            ("<o:p>x</o:p><spacer></spacer>", "x"),
            ("sa<!-- -- no >fe", "safe"),
            ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
            ("two\n lines  here", "two\nlines here"),
            ("<b>two\n lines</b>", "two lines"),
            ("<a title=\"a > b\" href=x>t</a>", "t"),
            ("<!-- no -->yes<![CDATA[maybe]]>", "yes"),
            ("e\u{301}", "\u{e9}"),
            ("cut <a href=\"http://e", "cut"),
            ("<pre>a\nb</pre>", "a\nb"),
            ("", ""),
        ];
        for (html, expected) in cases {
            assert_eq!(from_html(html), expected, "{html}");
        }
    }

    #[test]
    fn links_are_kept() {
        let mut links = Vec::new();
        from_html_with_links("<a href='http://e/?a=1&amp;b=2'>x</a><A HREF=/y>z</A><a href='#top'>t</a>", &mut links);
        assert_eq!(links, ["http://e/?a=1&b=2", "/y"]);
    }

    #[test]
    fn attributes_are_read_without_quotes_and_values() {
        let read: Vec<_> = Attributes(" a = '1' b=2 c d=\"x y\" = /").collect();
        assert_eq!(read, [("a", "1"), ("b", "2"), ("c", ""), ("d", "x y"), ("=", "")]);
    }
}
