//! The names of sources in a text: whom an attribution means.

use std::collections::HashMap;
use std::ops::{Deref, Range};

use crate::extract::text::fold::{Folded, fold_phrase};
use crate::extract::text::words::{WordPattern, begins_word};
use crate::model::provenance::Attribution;
use crate::model::source::Source;

/// A shorter name would be found in every text.
const SHORTEST_NAME: usize = 3;

/// All sources of a watch, with their names ready to be looked for.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    list: Vec<Source>,
    /// The place of a source and one of its names.
    names: Vec<(usize, WordPattern)>,
    /// Which of `names` begin with a character: a text is looked through once, however many there are.
    by_first: HashMap<char, Vec<usize>>,
    /// The first source of a name, folded.
    exact: HashMap<String, usize>,
}

/// Why a name can be looked for in no text, if so.
pub fn unusable(name: &str) -> Option<String> {
    WordPattern::new(name).err()
}

impl From<Vec<Source>> for Sources {
    /// Compiles the names of sources: titles, ids, and what else texts call them.
    fn from(list: Vec<Source>) -> Self {
        let mut all = Self::default();
        for (place, source) in list.iter().enumerate() {
            for name in source.names.iter().chain([&source.title, &source.id]) {
                all.exact.entry(fold_phrase(name)).or_insert(place);
                let is_long = name.chars().count() >= SHORTEST_NAME;
                let pattern = WordPattern::new(name).ok().filter(|_| is_long);
                let Some((first, pattern)) = pattern.and_then(|one| Some((one.first_char()?, one))) else { continue };
                all.by_first.entry(first).or_default().push(all.names.len());
                all.names.push((place, pattern));
            }
        }
        Self { list, ..all }
    }
}

impl Deref for Sources {
    type Target = [Source];

    fn deref(&self) -> &[Source] {
        &self.list
    }
}

impl Sources {
    /// The source that has this very name: its place in the list.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.exact.get(&fold_phrase(name)).copied()
    }

    /// The source whose name occurs first in some words.
    pub fn first_in(&self, words: &str) -> Option<usize> {
        let found = self.in_words(words);
        found.iter().min_by_key(|(_, range)| (range.start, usize::MAX - range.end)).map(|(name, _)| self.names[*name].0)
    }

    /// The source that an attribution names: the first behind the phrase, else the last before it.
    pub fn meant(&self, attribution: &Attribution) -> Option<usize> {
        self.first_in(&attribution.after).or_else(|| {
            let found = self.in_words(&attribution.before);
            let last = found.iter().max_by_key(|(_, range)| (range.end, usize::MAX - range.start));
            last.map(|(name, _)| self.names[*name].0)
        })
    }

    /// The names that occur in some words, in their order, each with where it first does.
    fn in_words(&self, words: &str) -> Vec<(usize, Range<usize>)> {
        let folded = Folded::for_words(words);
        let text = folded.as_str();
        let mut found: Vec<(usize, Range<usize>)> = Vec::new();
        for (at, first) in text.char_indices() {
            let Some(names) = self.by_first.get(&first).filter(|_| begins_word(text, at)) else { continue };
            for name in names {
                if let Some(to) = self.names[*name].1.reaches(text, at)
                    && !found.iter().any(|(known, _)| known == name)
                {
                    found.push((*name, at..to));
                }
            }
        }
        found.sort_unstable_by_key(|(name, _)| *name);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Discipline;

    fn source(id: &str, title: &str, names: &[&str]) -> Source {
        Source {
            id: id.to_owned(),
            title: title.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            reliability: None,
            discipline: Discipline::Media,
            party: None,
            owner: id.to_owned(),
            lineage: None,
        }
    }

    #[test]
    fn sources_are_found_by_every_name() {
        let names = Sources::from(vec![
            source("gs", "General Staff", &["Генштаб*"]),
            source("wire", "Valley Wire", &[]),
            source("b", "b", &[]),
        ]);
        let meant = |before: &str, after: &str| {
            names.meant(&Attribution { phrase: String::new(), before: before.to_owned(), after: after.to_owned() })
        };
        assert_eq!(meant("", "the general staff and valley wire"), Some(0));
        assert_eq!(meant("", "генштабу"), Some(0));
        assert_eq!(meant("про це valley wire", ""), Some(1));
        assert_eq!(meant("", "b company"), None, "too short to be looked for");
        assert_eq!(meant("valley wire, general staff", ""), Some(0), "the last before the phrase");
        assert_eq!(meant("", "valley wireless and the general staffer"), None, "parts of words");
        assert_eq!((names.named("VALLEY  WIRE"), names.named("b"), names.named("Valley")), (Some(1), Some(2), None));
    }
}
