//! RSS, RDF and Atom: one streaming reader for all their versions, since real
//! feeds mix them. What is RSS and what is Atom about it is in `names`.
//!
//! Keeps only the entry that it is reading. Nesting is held on a stack of its
//! own: no depth can overflow the program's.

mod attributes;
mod capture;
mod doctype;
mod entry;
mod head;
mod names;
mod scope;

use std::borrow::Cow;

use url::Url;

use self::capture::{Capture, Kind};
use self::doctype::Entities;
use self::entry::Entry;
use self::head::Head;
use self::names::Element;
use self::scope::{Closing, Place, Scope};
use super::identity::Identities;
use super::input::Input;
use super::plan::Plan;
use super::repair::repair;
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::xml::{IllFormed, Tag, Token, Tokens, split_name};
use super::{FormatError, entity};
use crate::model::item::{Parsed, Person};

pub use self::head::find_root;

/// Names of entities are no longer than this, in bytes.
const LONGEST_NAME: usize = 64;

/// Reads a feed of any kind.
pub fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let Some(root) = find_root(&input.text) else {
        return Err(FormatError {
            is_shell: false,
            message: "no element of RSS or Atom is in the document".to_owned(),
        });
    };
    let mut warnings = Warnings::default();
    let start = input.text.get(root.offset..).unwrap_or_default();
    if root.garbage > 0 {
        warnings.say(format!("{} bytes before the feed were passed over", root.garbage));
    }
    let prologue = doctype::read(input.text.get(..root.offset).unwrap_or_default());
    match Reader::new(input, plan, prologue.clone()).run(Tokens::new(start)) {
        Ok(reader) => Ok(reader.finish(warnings)),
        Err(fault) => {
            warnings.say(format!("not well-formed at byte {}: {}; repaired", root.offset + fault.offset, fault.why));
            let repaired = repair(start, &mut warnings);
            reread(Reader::new(input, plan, prologue), &repaired, warnings)
        }
    }
}

/// Reads repaired text; what is still ill-formed ends it with a warning.
fn reread(mut reader: Reader<'_>, text: &str, mut warnings: Warnings) -> Result<Parsed, FormatError> {
    let mut tokens = Tokens::new(text);
    loop {
        match tokens.next() {
            Ok(Some(token)) => reader.take(token),
            Ok(None) => break,
            Err(fault) => {
                warnings.say(format!("the rest could not be repaired and was left out: {}", fault.why));
                break;
            }
        }
        if reader.is_full {
            break;
        }
    }
    reader.end();
    Ok(reader.finish(warnings))
}

/// A feed being read.
struct Reader<'i> {
    plan: &'i Plan,
    document: Option<Url>,
    entities: Entities,
    scope: Scope,
    head: Head,
    entry: Option<(usize, Entry)>,
    person: Option<(usize, Person)>,
    capture: Option<Capture>,
    buffer: String,
    shelf: Shelf,
    identities: Identities,
    warnings: Warnings,
    is_full: bool,
    label: String,
}

impl<'i> Reader<'i> {
    fn new(input: &Input<'_>, plan: &'i Plan, entities: Entities) -> Self {
        Self {
            plan,
            document: input.base.clone(),
            entities,
            scope: Scope::default(),
            head: Head::default(),
            entry: None,
            person: None,
            capture: None,
            buffer: String::new(),
            shelf: Shelf::new(input.room),
            identities: Identities::default(),
            warnings: Warnings::default(),
            is_full: false,
            label: input.label.clone(),
        }
    }

    fn run(mut self, mut tokens: Tokens<'_>) -> Result<Self, IllFormed> {
        while let Some(token) = tokens.next()? {
            self.take(token);
            if self.is_full {
                break;
            }
        }
        self.end();
        Ok(self)
    }

    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Open(tag) => self.open(&tag),
            Token::Empty(tag) => {
                self.open(&tag);
                self.close(tag.name());
            }
            Token::Close(name) => self.close(name),
            Token::Text(text) => self.text(text),
            Token::Cdata(text) => self.cdata(text),
        }
    }

    /// Text with its references; nothing is decoded that nobody takes.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(reference) = self.capture.as_mut().and_then(|capture| capture.escaped(rest)) {
            rest = self.other_reference(reference);
        }
    }

    /// A reference that is not XML's own, or a bare `&`; gives what stands behind it.
    fn other_reference<'t>(&mut self, text: &'t str) -> &'t str {
        let inner = text.get(1..).unwrap_or_default();
        let near = inner.get(..inner.floor_char_boundary(LONGEST_NAME)).unwrap_or_default();
        let end = near.find(|c: char| c == ';' || c == '&' || c.is_whitespace());
        let Some(end) = end.filter(|end| *end > 0 && inner.as_bytes().get(*end) == Some(&b';')) else {
            self.warnings.say("a bare `&` was read as itself");
            self.cdata("&");
            return inner;
        };
        self.reference(inner.get(..end).unwrap_or_default());
        inner.get(end + 1..).unwrap_or_default()
    }

    fn cdata(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.text(text);
        }
    }

    fn reference(&mut self, name: &str) {
        let Some(capture) = &mut self.capture else { return };
        if let Some(text) = self.entities.expand(name, &mut self.warnings) {
            capture.text(&text);
            return;
        }
        let is_number = name.starts_with('#');
        let Some(text) = entity::resolve(name) else {
            self.warnings.say(format!("`&{};` is no entity; kept as written", crate::model::text::one_line(name, 40)));
            capture.text(&format!("&{name};"));
            return;
        };
        if !is_number {
            self.warnings.say(format!("the entity `&{name};` is not declared; read as HTML's"));
        }
        capture.text(&text);
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name();
        // An author, a source, a point has text or parts; with parts its text is only blanks.
        self.capture.take_if(|capture| capture.may_have_parts());
        if let Some(capture) = &mut self.capture {
            capture.open(tag);
            self.enter(name, self.scope.place());
            return;
        }
        self.scope.declare(tag, self.document.as_ref());
        let (prefix, _) = split_name(name);
        if !self.scope.is_declared(prefix) {
            self.warnings.say(format!("the prefix `{prefix}` is not declared; read by custom"));
        }
        let outer = self.scope.place();
        let element = if outer == Place::Nowhere { Element::Skipped } else { self.scope.element(name) };
        if !self.enter(name, self.inner_place(outer, element)) {
            return;
        }
        self.begin(tag, element, outer);
    }

    fn enter(&mut self, name: &str, place: Place) -> bool {
        let entered = self.scope.enter(name, place);
        if !entered {
            self.warnings.say(format!("elements nested deeper than {} were passed over", scope::DEPTH));
        }
        entered
    }

    fn inner_place(&self, outer: Place, element: Element) -> Place {
        match element {
            Element::Item if outer == Place::Feed => Place::Item,
            Element::Author if outer != Place::Person => Place::Person,
            Element::Source if outer == Place::Item => Place::Source,
            Element::Skipped => Place::Nowhere,
            _ => outer,
        }
    }

    /// Begins what a start tag begins: an entry, a person, the text of an element.
    fn begin(&mut self, tag: &Tag<'_>, element: Element, outer: Place) {
        match (outer, element) {
            (Place::Feed, Element::Root) => self.head.root(tag, &self.scope),
            (Place::Feed, Element::Channel) => self.head.channel(tag),
            (Place::Feed, Element::Item) => {
                let about = tag.attribute("rdf:about").map(Cow::into_owned);
                self.entry = Some((self.scope.depth(), Entry::new(about, self.scope.language())));
            }
            (_, Element::Link | Element::Category | Element::Enclosure | Element::Guid)
                if self.by_attribute(tag, element) => {}
            (_, Element::Root | Element::Channel | Element::Item | Element::Transparent | Element::Skipped) => {}
            (Place::Person, Element::Name | Element::Email | Element::Uri) => self.start(tag, element),
            (Place::Person, _) => {}
            // Of the feed that an entry was taken from only the title counts.
            (Place::Source, element) if element != Element::Title => {}
            (_, Element::Name | Element::Email | Element::Uri | Element::Unknown) if outer != Place::Item => {}
            (_, Element::Author) => {
                self.person = Some((self.scope.depth(), Person::default()));
                self.start(tag, element);
            }
            _ => self.start(tag, element),
        }
    }

    /// Starts to take an element's text.
    fn start(&mut self, tag: &Tag<'_>, element: Element) {
        let is_atom = self.head.is_atom();
        let kind = match element {
            Element::Title | Element::Summary => {
                let fallback = if is_atom { Kind::Text } else { Kind::Html };
                if is_atom { capture::kind(tag, fallback) } else { fallback }
            }
            Element::Content => capture::content_kind(tag, is_atom),
            Element::OtherSummary | Element::OtherTitle | Element::Category => Kind::Html,
            Element::Unknown => Kind::Html,
            _ => Kind::Text,
        };
        let mut capture = Capture::new(element, self.scope.depth(), kind, std::mem::take(&mut self.buffer));
        let is_wanted = || self.plan.places().any(|place| place.written.eq_ignore_ascii_case(tag.name()));
        if element == Element::Unknown || (self.plan.has_fields() && is_wanted()) {
            capture.name = Some(tag.name().to_owned());
        }
        self.capture = Some(capture);
    }

    fn close(&mut self, name: &str) {
        match self.scope.closing(name) {
            Closing::Elements(count) => {
                if count > 1 && self.capture.is_none() {
                    self.warnings.say(format!("elements without an end tag were closed with `{name}`"));
                }
                (0..count).for_each(|_| self.leave(name));
            }
            Closing::Nothing => self.warnings.say(format!("an end tag `{name}` that closes nothing was passed over")),
            Closing::TooDeep => {}
        }
    }

    fn leave(&mut self, name: &str) {
        let depth = self.scope.depth();
        if let Some(capture) = self.capture.take_if(|capture| capture.depth == depth) {
            self.captured(&capture);
            self.buffer = capture.into_buffer();
        } else if let Some(capture) = &mut self.capture {
            capture.close(name);
        }
        if let Some((_, person)) = self.person.take_if(|(at, _)| *at == depth) {
            self.author(person);
        }
        if let Some((_, entry)) = self.entry.take_if(|(at, _)| *at == depth) {
            self.item(entry);
        }
        self.scope.leave();
    }

    /// Gives an element's text to whom it describes.
    fn captured(&mut self, capture: &Capture) {
        if capture.is_cut() {
            self.warnings.say(format!("a text was cut off at {} bytes", capture::LONGEST_TEXT));
        }
        let base = base(&self.scope, &self.head, self.document.as_ref());
        match (self.scope.place(), &mut self.person, &mut self.entry) {
            (Place::Person, Some((_, person)), _) => head::take_person(person, capture),
            (Place::Source, _, Some((_, entry))) if matches!(capture.element, Element::Title | Element::Source) => {
                entry.publisher(capture.line());
            }
            (Place::Source | Place::Nowhere, ..) => {}
            (_, _, Some((_, entry))) => {
                if let Some(name) = &capture.name {
                    let value = capture.block(&mut Vec::new()).unwrap_or_default();
                    if capture.element == Element::Unknown && !capture.has_elements() {
                        entry.field(name.clone(), value.clone());
                    }
                    if self.plan.has_fields() {
                        entry.found(name.clone(), value);
                    }
                }
                entry.take(capture, base, &mut self.warnings);
            }
            (_, _, None) => {
                let base = base.cloned();
                self.head.take(capture, base.as_ref());
            }
        }
    }

    fn author(&mut self, person: Person) {
        match &mut self.entry {
            Some((_, entry)) => entry.author(person),
            None => self.head.author(person),
        }
    }

    fn item(&mut self, entry: Entry) {
        // Only configured fields still have links to be joined.
        let base = base(&self.scope, &self.head, self.document.as_ref()).filter(|_| self.plan.has_fields()).cloned();
        let mut item = entry.finish(self.plan, base, &mut self.warnings);
        self.identities.settle(&mut item, &mut self.warnings);
        self.shelf.push(item);
        self.is_full = self.shelf.is_full();
    }

    /// Closes what the document left open.
    fn end(&mut self) {
        if self.scope.depth() > 0 && !self.is_full {
            self.warnings.say("the document ends before its elements do; what there is was read");
            // Half a figure is another figure, and half an item may lack what names it.
            if self.entry.take().is_some() {
                self.warnings.say("the document ends within an item, which was left out");
            }
        }
        while self.scope.depth() > 0 {
            self.leave("");
        }
    }

    fn finish(self, mut warnings: Warnings) -> Parsed {
        warnings.extend(self.warnings.into_inner());
        let mut header = self.head.finish();
        header.encoding = self.label;
        self.shelf.into_parsed(header, warnings)
    }
}

/// What relative links are joined to here: `xml:base`, the feed's own link, where the document came from.
fn base<'a>(scope: &'a Scope, head: &'a Head, document: Option<&'a Url>) -> Option<&'a Url> {
    scope.base().or_else(|| head.base()).or(document)
}
