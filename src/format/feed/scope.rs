//! What is in force where the reader stands: open elements, namespaces, bases, languages.

use std::borrow::Cow;

use url::Url;

use super::names::{self, Element, Vocabulary};
use crate::format::links;
use crate::format::xml::{Tag, declarations, split_name};

/// How deep elements may nest; deeper ones are passed over, not read.
pub const DEPTH: usize = 256;

/// How many namespaces are known at a time.
const NAMESPACES: usize = 512;

/// Where in a feed an element stands: what its children describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The feed itself.
    Feed,
    /// An item.
    Item,
    /// An author.
    Person,
    /// The feed that an item was taken from.
    Source,
    /// Nothing that is read.
    Nowhere,
}

#[derive(Debug)]
struct Frame {
    name: usize,
    place: Place,
}

/// The open elements and what they declare.
#[derive(Debug, Default)]
pub struct Scope {
    // The names of all open elements one after the other: no allocation for each.
    names: String,
    frames: Vec<Frame>,
    too_deep: usize,
    namespaces: Vec<(usize, String, Vocabulary)>,
    bases: Vec<(usize, Url)>,
    languages: Vec<(usize, String)>,
}

/// What closing a tag did.
#[derive(Debug, PartialEq, Eq)]
pub enum Closing {
    /// So many elements end: one, or more where inner ones had no end tag.
    Elements(usize),
    /// The tag closes nothing that is open.
    Nothing,
    /// An element beyond the depth limit.
    TooDeep,
}

impl Scope {
    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The place of the innermost element.
    pub fn place(&self) -> Place {
        self.frames.last().map_or(Place::Feed, |frame| frame.place)
    }

    /// Enters an element; says no beyond the depth limit.
    pub fn enter(&mut self, name: &str, place: Place) -> bool {
        if self.frames.len() >= DEPTH {
            self.too_deep += 1;
            return false;
        }
        self.frames.push(Frame { name: self.names.len(), place });
        self.names.push_str(name);
        true
    }

    /// Which open elements an end tag closes.
    pub fn closing(&mut self, name: &str) -> Closing {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return Closing::TooDeep;
        }
        let mut end = self.names.len();
        for (count, frame) in self.frames.iter().rev().enumerate() {
            let open = self.names.get(frame.name..end);
            if open.is_some_and(|open| open == name || open.eq_ignore_ascii_case(name)) {
                return Closing::Elements(count + 1);
            }
            end = frame.name;
        }
        Closing::Nothing
    }

    /// Leaves the innermost element.
    pub fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.names.truncate(frame.name);
        let depth = self.frames.len();
        let is_over = |at: usize| at > depth;
        while self.namespaces.last().is_some_and(|(at, ..)| is_over(*at)) {
            self.namespaces.pop();
        }
        while self.bases.last().is_some_and(|(at, _)| is_over(*at)) {
            self.bases.pop();
        }
        while self.languages.last().is_some_and(|(at, _)| is_over(*at)) {
            self.languages.pop();
        }
    }

    /// Takes the namespaces, base and language that a tag declares; call before entering it.
    pub fn declare(&mut self, tag: &Tag<'_>, document: Option<&Url>) {
        if !tag.attributes().contains("xml") || self.frames.len() >= DEPTH {
            return;
        }
        let depth = self.frames.len() + 1;
        let room = NAMESPACES.saturating_sub(self.namespaces.len());
        for (prefix, address) in declarations(tag.attributes()).take(room) {
            self.namespaces.push((depth, prefix.to_owned(), names::vocabulary(address)));
        }
        if let Some(language) = tag.attribute("xml:lang") {
            self.languages.push((depth, language.trim().to_owned()));
        }
        if let Some(base) = tag.attribute("xml:base") {
            let outer = self.base().or(document);
            let resolved = links::resolve(base, outer).and_then(|link| links::base(&link));
            self.bases.extend(resolved.map(|url| (depth, url)));
        }
    }

    /// The base that `xml:base` has set.
    pub fn base(&self) -> Option<&Url> {
        self.bases.last().map(|(_, url)| url)
    }

    /// The language that `xml:lang` has set.
    pub fn language(&self) -> Option<&str> {
        self.languages.last().map(|(_, language)| language.as_str()).filter(|language| !language.is_empty())
    }

    /// What an element means, by its qualified name.
    pub fn element(&self, name: &str) -> Element {
        let (prefix, local) = split_name(name);
        names::element(self.vocabulary(prefix), &lower(local))
    }

    fn vocabulary(&self, prefix: &str) -> Vocabulary {
        let declared = self.namespaces.iter().rev().find(|(_, known, _)| known == prefix);
        match declared {
            // A default namespace that nobody knows is a feed all the same.
            Some((_, _, Vocabulary::Other)) if prefix.is_empty() => Vocabulary::Feed,
            Some((_, _, vocabulary)) => *vocabulary,
            None => names::usual_vocabulary(&lower(prefix)),
        }
    }

    /// Whether a prefix is declared here; `xml` always is.
    pub fn is_declared(&self, prefix: &str) -> bool {
        prefix.is_empty() || prefix == "xml" || self.namespaces.iter().any(|(_, known, _)| known == prefix)
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Cow::Borrowed(name)
}
