//! What elements say by their attributes: links, categories, enclosures, and
//! whether a guid is a link.

use super::names::Element;
use super::scope::Place;
use super::{Reader, base};
use crate::format::plain;
use crate::format::xml::Tag;

impl Reader<'_> {
    /// Takes what an element says by its attributes; says whether its text means nothing then.
    pub(super) fn by_attribute(&mut self, tag: &Tag<'_>, element: Element) -> bool {
        match element {
            Element::Link => self.link(tag),
            Element::Category => self.category(tag),
            Element::Enclosure => {
                if let Some(url) = tag.attribute("url").or_else(|| tag.attribute("href")) {
                    self.cite(&url);
                }
                true
            }
            _ => {
                let is_link = tag.attribute("isPermaLink").is_none_or(|value| value.trim() != "false");
                self.entry.iter_mut().for_each(|(_, entry)| entry.guid_is_link(is_link));
                false
            }
        }
    }

    /// Takes an Atom link: the first alternate is the page (RFC 4287, 4.2.7.2: without `rel` it is one).
    fn link(&mut self, tag: &Tag<'_>) -> bool {
        let Some(href) = tag.attribute("href") else { return false };
        let rel = tag.attribute("rel").unwrap_or_default();
        let rel = rel.trim().trim_start_matches("http://www.iana.org/assignments/relation/").to_lowercase();
        if self.scope.place() == Place::Source {
            return true;
        }
        match rel.as_str() {
            "" | "alternate" => {
                let base = base(&self.scope, &self.head, self.document.as_ref());
                match &mut self.entry {
                    Some((_, entry)) => entry.link(&href, base),
                    None => {
                        let base = base.cloned();
                        self.head.link(&href, base.as_ref());
                    }
                }
            }
            "enclosure" | "related" | "via" => self.cite(&href),
            _ => {}
        }
        true
    }

    fn category(&mut self, tag: &Tag<'_>) -> bool {
        let term = ["term", "text", "rdf:resource"].into_iter().find_map(|name| tag.attribute(name));
        let (Some((_, entry)), Some(term)) = (&mut self.entry, term) else { return false };
        entry.category(Some(plain::line_from_text(&term)));
        true
    }

    fn cite(&mut self, link: &str) {
        if let Some((_, entry)) = &mut self.entry {
            entry.cite(link, base(&self.scope, &self.head, self.document.as_ref()));
        }
    }
}
