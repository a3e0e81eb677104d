//! The items of one document, as many as there is room for.
//!
//! A few bytes of a document can be many of an item, so that a limit on the
//! document is none on what is made of it.

use super::MOST_ITEMS;
use super::warnings::Warnings;
use crate::model::geo::Polygon;
use crate::model::item::{Header, Item, Parsed, Person};

/// What an allocation takes beside what it holds, in bytes.
const ALLOCATION: usize = 16;

/// Items in document order.
#[derive(Debug)]
pub struct Shelf {
    items: Vec<Item>,
    held: u64,
    room: u64,
    cut: Option<String>,
}

impl Shelf {
    /// An empty shelf for items that take at most so many bytes of memory together.
    pub fn new(room: u64) -> Self {
        Self { items: Vec::new(), held: 0, room, cut: None }
    }

    /// Adds an item; where there is no room for it, it is left out, and all that follow.
    pub fn push(&mut self, item: Item) {
        if self.cut.is_some() {
            return;
        }
        let count = self.items.len();
        self.held = self.held.saturating_add(weight(&item) as u64);
        if count >= MOST_ITEMS {
            self.cut = Some(format!("only the first {MOST_ITEMS} items were read, the most of one document"));
        } else if self.held > self.room && count > 0 {
            self.cut = Some(format!(
                "only the first {count} items were read: together they take more than {} bytes of memory, the limit \
                 set by [http] max_body; raise it if the document is really that large",
                self.room
            ));
        } else {
            self.items.push(item);
        }
    }

    /// Whether no more items are taken.
    pub fn is_full(&self) -> bool {
        self.cut.is_some()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The items, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.items.iter_mut()
    }

    /// The document with its items and all that was said of it.
    pub fn into_parsed(self, header: Header, mut warnings: Warnings) -> Parsed {
        warnings.extend(self.cut.clone());
        Parsed { header, items: self.items, warnings: warnings.into_inner(), cut: self.cut }
    }
}

/// Adds the items of another page, as many as there is room for.
pub fn join(parsed: &mut Parsed, more: Parsed, room: u64) {
    let mut shelf = Shelf { cut: parsed.cut.take(), ..Shelf::new(room) };
    shelf.items = std::mem::take(&mut parsed.items);
    shelf.held = shelf.items.iter().map(|item| weight(item) as u64).sum();
    more.items.into_iter().for_each(|item| shelf.push(item));
    let mut warnings = Warnings::default();
    warnings.extend(std::mem::take(&mut parsed.warnings));
    warnings.extend(more.warnings);
    shelf.cut = shelf.cut.or(more.cut);
    *parsed = shelf.into_parsed(std::mem::take(&mut parsed.header), warnings);
}

/// How many bytes of memory an item takes.
fn weight(item: &Item) -> usize {
    let texts =
        [&item.title, &item.link, &item.publisher, &item.summary, &item.content, &item.language, &item.raw, &item.page];
    let lists = [&item.categories, &item.links];
    let of_person = |person: &Person| {
        let texts = [&person.name, &person.email, &person.url];
        size_of::<Person>() + texts.into_iter().flatten().map(of_text).sum::<usize>()
    };
    let of_polygon =
        |polygon: &Polygon| polygon.iter().map(|ring| size_of_val(ring.as_slice()) + ALLOCATION * 2).sum::<usize>();
    size_of::<Item>()
        + of_text(&item.id)
        + texts.into_iter().flatten().map(of_text).sum::<usize>()
        + lists.into_iter().flatten().map(|text| size_of::<String>() + of_text(text)).sum::<usize>()
        + item.authors.iter().map(of_person).sum::<usize>()
        + item
            .fields
            .iter()
            .map(|(name, value)| size_of::<(String, String)>() + of_text(name) + of_text(value))
            .sum::<usize>()
        + item.area.iter().map(of_polygon).sum::<usize>()
}

fn of_text(text: &String) -> usize {
    text.capacity() + ALLOCATION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_left_out_and_said() {
        let mut shelf = Shelf::new(20_000);
        for number in 0..100 {
            shelf.push(Item { id: number.to_string(), content: Some("x".repeat(1_000)), ..Item::default() });
        }
        let parsed = shelf.into_parsed(Header::default(), Warnings::default());
        assert!((8..14).contains(&parsed.items.len()), "{}", parsed.items.len());
        let said = format!("only the first {} items were read", parsed.items.len());
        assert!(parsed.warnings[0].starts_with(&said), "{:?}", parsed.warnings);
        assert_eq!(parsed.cut.as_ref(), parsed.warnings.first());
    }

    #[test]
    fn one_large_item_is_read() {
        let mut shelf = Shelf::new(10);
        shelf.push(Item { content: Some("x".repeat(1_000)), ..Item::default() });
        assert!((shelf.len(), shelf.is_full()) == (1, false));
    }
}
