//! XML → tokens, in one pass that copies nothing.
//!
//! Reports what is not well-formed instead of working round it: `repair` makes
//! such a text well-formed, and it is then read a second time. Sound feeds pay
//! for one pass only. DTDs are never fetched. References stay in the text: most
//! texts are never asked for, and the others are decoded once, where they go.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::entity;
use super::plain::{Attributes, attribute, unquoted_end};

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The name as written, with its prefix.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The inside of the tag after the name.
    pub fn attributes(&self) -> &'a str {
        self.attributes
    }

    /// An attribute's value with its references resolved.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        attribute(self.attributes, name).map(entity::decode)
    }
}

/// One piece of a document.
#[derive(Debug)]
pub enum Token<'a> {
    /// A start tag.
    Open(Tag<'a>),
    /// A start tag that is its own end tag.
    Empty(Tag<'a>),
    /// An end tag: its name.
    Close(&'a str),
    /// Text as written, its references in it.
    Text(&'a str),
    /// The inside of a CDATA section.
    Cdata(&'a str),
}

/// What is not well-formed, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IllFormed {
    /// The offset in the text.
    pub offset: usize,
    /// What is wrong.
    pub why: &'static str,
}

/// The tokens of a text.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The tokens of a text from its beginning.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token; `None` at the end.
    ///
    /// # Errors
    /// Where the text is not well-formed: it should be repaired and read anew.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, IllFormed> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let Some(inner) = rest.strip_prefix('<') else {
                let length = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
                self.at += length;
                return Ok(rest.get(..length).map(Token::Text));
            };
            if let Some(token) = self.markup(inner)? {
                return Ok(Some(token));
            }
        }
    }

    /// What begins with `<`; comments, instructions and the document type say nothing.
    fn markup(&mut self, inner: &'a str) -> Result<Option<Token<'a>>, IllFormed> {
        match inner.as_bytes() {
            [b'/', ..] => {
                let name = self.upto(inner, 1, ">", "an end tag that does not end")?;
                if name.contains('<') {
                    return Err(self.ill_formed("an end tag that does not end"));
                }
                Ok(Some(Token::Close(name.trim_ascii_end())))
            }
            [b'?', ..] => self.upto(inner, 1, "?>", "an instruction that does not end").map(|_| None),
            [b'!', b'-', b'-', ..] => self.upto(inner, 3, "-->", "a comment that does not end").map(|_| None),
            [b'!', ..] if inner.starts_with("![CDATA[") => {
                self.upto(inner, 8, "]]>", "a CDATA section that does not end").map(|text| Some(Token::Cdata(text)))
            }
            [b'!', ..] => self.document_type(inner).map(|()| None),
            _ => self.tag(inner).map(Some),
        }
    }

    /// The text between the first bytes of `inner` and an end, behind which reading goes on.
    fn upto(&mut self, inner: &'a str, from: usize, end: &str, why: &'static str) -> Result<&'a str, IllFormed> {
        let content = inner.get(from..).unwrap_or_default();
        let length = match end.as_bytes() {
            [byte] => memchr(*byte, content.as_bytes()),
            bytes => memmem::find(content.as_bytes(), bytes),
        };
        let length = length.ok_or_else(|| self.ill_formed(why))?;
        self.at += 1 + from + length + end.len();
        Ok(content.get(..length).unwrap_or_default())
    }

    fn tag(&mut self, inner: &'a str) -> Result<Token<'a>, IllFormed> {
        if !inner.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            return Err(self.ill_formed("a `<` that begins no tag"));
        }
        let Some(length) = tag_length(inner.as_bytes()) else { return Err(self.ill_formed("a tag that does not end")) };
        self.at += 1 + length + 1;
        let tag = inner.get(..length).unwrap_or_default();
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name);
        let tag = Tag { name, attributes };
        Ok(if is_empty { Token::Empty(tag) } else { Token::Open(tag) })
    }

    /// Entities are declared before the root, which is where `feed` looks for them.
    fn document_type(&mut self, inner: &'a str) -> Result<(), IllFormed> {
        let word = inner.get(1..8).unwrap_or_default();
        let mut depth = 0_u32;
        for (index, byte) in inner.bytes().enumerate().filter(|_| word.eq_ignore_ascii_case("doctype")) {
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                b'>' if depth == 0 => {
                    self.at += 1 + index + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(self.ill_formed("a declaration that does not end"))
    }

    fn ill_formed(&self, why: &'static str) -> IllFormed {
        IllFormed { offset: self.at, why }
    }
}

/// How far the inside of a tag reaches, quotes respected; `None` where a `<` or the end comes before its `>`.
fn tag_length(inner: &[u8]) -> Option<usize> {
    let length = unquoted_end(inner)?;
    memchr(b'<', inner.get(..=length)?).is_none().then_some(length)
}

/// Splits a name into prefix and local part.
pub fn split_name(name: &str) -> (&str, &str) {
    let colon = name.bytes().position(|byte| byte == b':');
    colon.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))).unwrap_or(("", name))
}

/// The namespaces that a tag declares: prefix (empty for the default) and address.
pub fn declarations(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    Attributes(attributes).filter_map(|(name, value)| match name.strip_prefix("xmlns") {
        Some("") => Some(("", value)),
        Some(rest) => rest.strip_prefix(':').map(|prefix| (prefix, value)),
        None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens in short, or the offset of the fault.
    fn tokens(text: &str) -> Result<String, usize> {
        let mut tokens = Tokens::new(text);
        let mut shown = String::new();
        while let Some(token) = tokens.next().map_err(|fault| fault.offset)? {
            shown += &match token {
                Token::Open(tag) => format!("({}|{}", tag.name(), tag.attributes()),
                Token::Empty(tag) => format!("({}|{})", tag.name(), tag.attributes()),
                Token::Close(name) => format!("{name})"),
                Token::Text(text) => format!("'{text}'"),
                Token::Cdata(text) => format!("[{text}]"),
            };
        }
        Ok(shown)
    }

    #[test]
    fn what_is_well_formed_is_read_as_it_is() {
        let cases = [
            ("<a b='>' c=\"x\">t&amp;u</a >", "(a| b='>' c=\"x\"'t&amp;u'a)"),
            ("<a/><b x='/'/>", "(a|)(b| x='/')"),
            ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'f'>]><a><!-- <b> --></a>", "(a|a)"),
            ("<a><![CDATA[<b> ]] ]]></a>", "(a|[<b> ]] ]a)"),
            ("<имя:я>", "(имя:я|"),
            (
                "<a first-attribute='of many letters' b='>>' c=\"'\">t",
                "(a| first-attribute='of many letters' b='>>' c=\"'\"'t'",
            ),
            ("a > b", "'a > b'"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_is_said_with_its_place() {
        let cases = [
            ("<a>x < b</a>", 5),
            ("<a>1<2</a>", 4),
            ("<a b='<'>", 0),
            ("<a first-attribute='of many letters' b='<'>", 0),
            ("<a first-attribute='of many letters>", 0),
            ("<a", 0),
            ("x<a></a", 4),
            ("<!-- x", 0),
            ("<![CDATA[x]]", 0),
            ("<!x>", 0),
            ("<?x", 0),
        ];
        for (text, offset) in cases {
            assert_eq!(tokens(text), Err(offset), "{text}");
        }
    }
}
