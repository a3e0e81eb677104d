//! Text that is nearly XML → XML that `xml` reads.
//!
//! One pass from left to right that never looks at a byte more than a few
//! times: what begins no tag becomes `&lt;`, attributes get their quotes, open
//! sections are closed. Nesting stays as it is; the reader above mends that.

use super::plain::{Attributes, tag_end};
use super::warnings::Warnings;

/// Well-formed text of the same meaning; of what would become more than twice as long, the beginning.
pub fn repair(text: &str, warnings: &mut Warnings) -> String {
    let out = String::with_capacity(text.len() + 64);
    let mut repair = Repair { rest: text, out, open: "", exhausted: Vec::new() };
    while let Some(at) = repair.rest.find('<') {
        if repair.out.len() > 2 * text.len() + 4096 {
            warnings.say("only the beginning could be repaired; the rest was left out");
            return repair.out;
        }
        let (before, rest) = repair.rest.split_at(at);
        repair.out.push_str(before);
        repair.rest = rest;
        repair.markup();
    }
    repair.out.push_str(repair.rest);
    repair.out
}

/// The pass: what is still to read, what is written, and the element opened last.
struct Repair<'a> {
    rest: &'a str,
    out: String,
    open: &'a str,
    exhausted: Vec<&'static str>,
}

impl<'a> Repair<'a> {
    /// Takes what begins with `<`.
    fn markup(&mut self) {
        let rest = self.rest;
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            self.cdata(inner);
        } else if let Some(inner) = rest.strip_prefix("<!--") {
            self.drop_to(inner, "-->");
        } else if let Some(inner) = rest.strip_prefix("<?") {
            self.drop_to(inner, "?>");
        } else if let Some(inner) = rest.strip_prefix("<!") {
            self.declaration(inner);
        } else if let Some(inner) = rest.strip_prefix("</") {
            self.end_tag(inner);
        } else {
            self.start_tag();
        }
    }

    /// A section that nobody closes ends where its element does.
    fn cdata(&mut self, inner: &'a str) {
        let end_tag = format!("</{}", self.open);
        let (content, rest) = match self.find(inner, "]]>") {
            Some(at) => (inner.get(..at).unwrap_or_default(), inner.get(at + 3..).unwrap_or_default()),
            None => inner.split_at(inner.find(&end_tag).unwrap_or(inner.len())),
        };
        self.out.push_str("<![CDATA[");
        self.out.push_str(content);
        self.out.push_str("]]>");
        self.rest = rest;
    }

    /// Comments and instructions say nothing to a reader; an unclosed one ends at the first `>`.
    fn drop_to(&mut self, inner: &'a str, end: &'static str) {
        let found = self.find(inner, end).map(|at| at + end.len()).or_else(|| Some(self.find(inner, ">")? + 1));
        self.rest = found.and_then(|at| inner.get(at..)).unwrap_or_default();
    }

    /// The next place of a text; one that is nowhere ahead is not looked for again, which keeps the pass linear.
    fn find(&mut self, inner: &str, needle: &'static str) -> Option<usize> {
        if self.exhausted.contains(&needle) {
            return None;
        }
        let found = inner.find(needle);
        if found.is_none() {
            self.exhausted.push(needle);
        }
        found
    }

    /// A declaration inside a feed means nothing and is short; what does not end soon is none.
    fn declaration(&mut self, inner: &'a str) {
        let near = inner.get(..inner.floor_char_boundary(256)).unwrap_or_default();
        match near.find('>') {
            Some(end) => self.rest = inner.get(end + 1..).unwrap_or_default(),
            None => self.escape(),
        }
    }

    fn end_tag(&mut self, inner: &'a str) {
        let name = name(inner);
        if name.is_empty() {
            self.escape();
            return;
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        let after = inner.get(name.len()..).unwrap_or_default();
        let end = after.find(['<', '>']).unwrap_or(after.len());
        self.rest = after.get(end..).map(|rest| rest.strip_prefix('>').unwrap_or(rest)).unwrap_or_default();
    }

    fn start_tag(&mut self) {
        let inner = self.rest.get(1..).unwrap_or_default();
        let name = name(inner);
        let after = inner.get(name.len()..).unwrap_or_default();
        let (attributes, rest) = after.split_at(tag_end(after));
        let is_closed = rest.starts_with('>');
        let is_tag = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
        // Without its `>` only what has attributes was meant as a tag: `a <b and c` was not.
        if name.is_empty() || !is_tag || !(is_closed || attributes.contains('=')) {
            self.escape();
            return;
        }
        self.write_tag(name, attributes);
        self.rest = rest.strip_prefix('>').unwrap_or(rest);
    }

    fn write_tag(&mut self, name: &'a str, attributes: &str) {
        let inside = attributes.trim_end();
        let is_empty = inside.ends_with('/') && !inside.trim_end_matches('/').ends_with('=');
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in Attributes(inside.strip_suffix('/').unwrap_or(inside)) {
            if key.contains(['"', '\'', '<', '>', '/']) {
                continue;
            }
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.out.push_str(&value.replace('"', "&quot;").replace('<', "&lt;"));
            self.out.push('"');
        }
        self.out.push_str(if is_empty { "/>" } else { ">" });
        if !is_empty {
            self.open = name;
        }
    }

    fn escape(&mut self) {
        self.out.push_str("&lt;");
        self.rest = self.rest.get(1..).unwrap_or_default();
    }
}

/// The name at the start of a text; empty where none begins.
fn name(text: &str) -> &str {
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return "";
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_xml_becomes_xml() {
        let cases = [
            ("<t>a < b</t>", "<t>a &lt; b</t>"),
            ("<t>I <3 you</t>", "<t>I &lt;3 you</t>"),
            ("<a href=x y>t</a>", "<a href=\"x\" y=\"\">t</a>"),
            ("<a b='1\">x</a>", "<a b=\"1&quot;\">x</a>"),
            ("<d><![CDATA[x</d><e/>", "<d><![CDATA[x]]></d><e/>"),
            ("<d><![CDATA[x", "<d><![CDATA[x]]>"),
            ("<!-- x <a>", ""),
            ("<t>x</t", "<t>x</t>"),
            ("<t>x <b and <i>y</i>", "<t>x &lt;b and <i>y</i>"),
            ("<?php x", ""),
            ("<!DOCTYPE a><a/>", "<a/>"),
            ("<![if x]>y", "y"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text, &mut Warnings::default()), expected, "{text}");
        }
    }
}
