//! What an item says, as a hash that an upgrade of this program does not change.
//!
//! Only what is there is hashed, each member under its name: a member that a
//! later version adds changes nothing for the items that do not have it. The
//! raw element counts by itself and only where a rule looks inside it, because
//! it also holds what nobody asked for, such as how often a post was seen.

use sha2::{Digest, Sha256};

use super::hex;
use crate::model::item::{Item, Person};
use crate::store::{KnownItem, StoredText};

/// What every hash of this form begins with.
pub const FORM: &str = "1:";

/// The hash of what an item says; with its raw element where rules look inside.
pub fn hash(item: &Item, looks_inside: bool) -> String {
    let mut said = Said::default();
    said.item(item);
    let inside = item.raw.as_deref().filter(|_| looks_inside);
    let inside = inside.map(|raw| format!(":{}", hex(&Sha256::digest(raw), 16))).unwrap_or_default();
    format!("{FORM}{}{inside}", hex(&said.0.finalize(), 16))
}

/// Whether an item still says what is known of it.
///
/// A hash of the form before this one came from a debugging aid and cannot be
/// made again: there the texts that were stored are compared.
pub fn is_unchanged(known: &KnownItem, hash: &str, item: &Item) -> bool {
    if let Some(text) = &known.text {
        return *text == StoredText::of(item);
    }
    let (before, inside_before) = parts(&known.hash);
    let (now, inside_now) = parts(hash);
    // What was not looked at before is not news because it is looked at now.
    before == now && inside_before.zip(inside_now).is_none_or(|(before, now)| before == now)
}

fn parts(hash: &str) -> (&str, Option<&str>) {
    let said = hash.strip_prefix(FORM).unwrap_or(hash);
    said.split_once(':').map_or((said, None), |(said, inside)| (said, Some(inside)))
}

/// Members being hashed, each under its name and with its length.
#[derive(Default)]
struct Said(Sha256);

impl Said {
    /// Every member by name: one that is added to an item has to be placed here first.
    fn item(&mut self, item: &Item) {
        let Item {
            id,
            title,
            link,
            published,
            updated,
            authors,
            publisher,
            summary,
            content,
            categories,
            language,
            point,
            area,
            fields,
            links,
            raw: _,
            // What stands on its page is read after it is known to be news.
            page: _,
        } = item;
        self.text("id", id);
        let texts = [("title", title), ("link", link), ("publisher", publisher), ("summary", summary)];
        let more = [("content", content), ("language", language)];
        for (name, text) in texts.into_iter().chain(more) {
            text.iter().for_each(|text| self.text(name, text));
        }
        for (name, time) in [("published", published), ("updated", updated)] {
            time.iter().for_each(|time| self.member(name, &time.as_nanosecond().to_be_bytes()));
        }
        authors.iter().for_each(|author| self.author(author));
        categories.iter().for_each(|category| self.text("category", category));
        point.iter().for_each(|point| self.position([point.lon, point.lat]));
        for ring in area.iter().flatten() {
            self.member("ring", &[]);
            ring.iter().for_each(|corner| self.position(*corner));
        }
        for (name, value) in fields {
            self.text("field", name);
            self.text("value", value);
        }
        links.iter().for_each(|link| self.text("cites", link));
    }

    fn author(&mut self, author: &Person) {
        self.member("author", &[]);
        for (name, text) in [("name", &author.name), ("email", &author.email), ("url", &author.url)] {
            text.iter().for_each(|text| self.text(name, text));
        }
    }

    fn position(&mut self, [lon, lat]: [f64; 2]) {
        self.member("lon", &lon.to_bits().to_be_bytes());
        self.member("lat", &lat.to_bits().to_be_bytes());
    }

    fn text(&mut self, name: &str, text: &str) {
        self.member(name, text.as_bytes());
    }

    fn member(&mut self, name: &str, bytes: &[u8]) {
        for part in [name.as_bytes(), bytes] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item { id: "7".into(), title: Some("Ten sorties".into()), raw: Some("<p>344K views".into()), ..Item::default() }
    }

    fn known(hash: &str, text: Option<StoredText>) -> KnownItem {
        KnownItem { revision: 1, hash: hash.into(), recipe: String::new(), text }
    }

    /// Not to be changed: with another value here every item of every store would look changed. It is the SHA-256 of
    /// `id`, `7`, `title`, `Ten sorties`, each after its length in eight bytes.
    #[test]
    fn a_hash_stays_the_same_in_every_version() {
        assert_eq!(hash(&item(), false), "1:6c84a4a624710a149829fc5b657857a1");
    }

    #[test]
    fn every_member_counts_and_limits_between_them_do() {
        let base = hash(&item(), false);
        let other = [
            Item { id: "8".into(), ..item() },
            Item { title: None, content: item().title, ..item() },
            Item { categories: vec!["ab".into(), "c".into()], ..item() },
            Item { categories: vec!["a".into(), "bc".into()], ..item() },
            Item { fields: vec![("n".into(), "1".into())], ..item() },
            Item { area: vec![vec![vec![[1.0, 2.0]]]], ..item() },
            Item { authors: vec![Person { name: Some("A".into()), ..Person::default() }], ..item() },
        ];
        let hashes: std::collections::HashSet<String> =
            other.iter().map(|item| hash(item, false)).chain([base]).collect();
        assert_eq!(hashes.len(), other.len() + 1);
    }

    #[test]
    fn what_nobody_looks_at_is_no_news() {
        let seen = Item { raw: Some("<p>345K views".into()), ..item() };
        assert_eq!(hash(&seen, false), hash(&item(), false));
        let looked = known(&hash(&item(), true), None);
        assert!(!is_unchanged(&looked, &hash(&seen, true), &seen));
        assert!(is_unchanged(&looked, &hash(&seen, false), &seen));
        assert!(is_unchanged(&known(&hash(&item(), false), None), &hash(&seen, true), &seen));
    }

    #[test]
    fn an_upgrade_makes_no_news() {
        let old = known("0123456789abcdef", Some(StoredText::of(&item())));
        assert!(is_unchanged(&old, &hash(&item(), false), &item()));
        let edited = Item { title: Some("Eleven sorties".into()), ..item() };
        assert!(!is_unchanged(&old, &hash(&edited, false), &edited));
    }
}
