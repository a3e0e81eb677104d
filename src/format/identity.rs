//! What makes an item the same item at the next poll.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::warnings::Warnings;
use crate::model::item::Item;

/// A short stable hash of parts; their limits count, so that `ab`, `c` is not `a`, `bc`.
pub fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let hex = digest.finalize().iter().take(10).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("sha256:{hex}")
}

/// Gives items their identity in document order.
#[derive(Debug, Default)]
pub struct Identities {
    seen: HashSet<String>,
    hashed: HashMap<String, u32>,
}

impl Identities {
    /// Settles an item's identity by what it says where it has no id and no link of its own.
    pub fn settle(&mut self, item: &mut Item, warnings: &mut Warnings) {
        self.settle_by(item, content_hash, warnings);
    }

    /// Settles an item's identity: its own id, else its link, else a hash.
    ///
    /// A link that an earlier item of the document has is no identity: rows of
    /// a table may all point to one page. An own id is believed even then, since
    /// Atom lists versions of an entry under one id (RFC 4287, 4.1.1). Two items
    /// of one hash are two items: the second is numbered.
    pub fn settle_by(&mut self, item: &mut Item, hash: impl FnOnce(&Item) -> String, warnings: &mut Warnings) {
        if !item.id.is_empty() {
            if !self.seen.insert(item.id.clone()) {
                warnings.say("several items have the same id; they count as versions of one");
            }
            return;
        }
        let link = item.link.clone().filter(|link| self.seen.insert(link.clone()));
        item.id = link.unwrap_or_else(|| self.numbered(hash(item)));
    }

    fn numbered(&mut self, hash: String) -> String {
        let count = self.hashed.entry(hash.clone()).or_default();
        *count += 1;
        if *count == 1 { hash } else { format!("{hash}-{count}") }
    }
}

fn content_hash(item: &Item) -> String {
    let published = item.published.map(|at| at.to_string());
    let said = [item.title.as_deref(), published.as_deref(), item.summary.as_deref(), item.content.as_deref()];
    let fields = item.fields.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let raw = item.raw.as_deref().filter(|_| item.fields.is_empty());
    hash(said.map(Option::unwrap_or_default).into_iter().chain(fields).chain(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_are_two_items_and_stay_the_same() {
        let said = Item { title: Some("a".into()), ..Item::default() };
        let read = || {
            let mut identities = Identities::default();
            let mut items = [said.clone(), said.clone()];
            items.iter_mut().for_each(|item| identities.settle(item, &mut Warnings::default()));
            items.map(|item| item.id)
        };
        let [first, second] = read();
        assert_ne!(first, second);
        assert_eq!([first, second], read());
    }

    #[test]
    fn limits_between_parts_count() {
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
    }
}
