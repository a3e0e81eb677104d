//! The names of sources in a text: whom an attribution means.

use std::ops::Range;

use crate::extract::text::fold::{Folded, fold_phrase};
use crate::extract::text::words::WordPattern;
use crate::model::provenance::Attribution;
use crate::model::source::Source;

/// A shorter name would be found in every text.
const SHORTEST_NAME: usize = 3;

/// The names of all sources of a watch.
#[derive(Debug, Clone, Default)]
pub struct SourceNames {
    names: Vec<(usize, WordPattern)>,
    exact: Vec<(usize, String)>,
}

/// Why a name can be looked for in no text, if so.
pub fn unusable(name: &str) -> Option<String> {
    WordPattern::new(name).err()
}

impl SourceNames {
    /// Compiles the names of sources: titles, ids, and what else texts call them.
    pub fn new(sources: &[Source]) -> Self {
        let mut all = Self::default();
        for (place, source) in sources.iter().enumerate() {
            for name in source.names.iter().chain([&source.title, &source.id]) {
                all.exact.push((place, fold_phrase(name)));
                let is_long = name.chars().count() >= SHORTEST_NAME;
                all.names.extend(WordPattern::new(name).ok().filter(|_| is_long).map(|pattern| (place, pattern)));
            }
        }
        all
    }

    /// The source that has this very name: its place in the list.
    pub fn named(&self, name: &str) -> Option<usize> {
        let folded = fold_phrase(name);
        self.exact.iter().find(|(_, known)| *known == folded).map(|(place, _)| *place)
    }

    /// The source whose name occurs first in some words.
    pub fn first_in(&self, words: &str) -> Option<usize> {
        self.in_words(words).min_by_key(|(_, range)| (range.start, usize::MAX - range.end)).map(|(place, _)| place)
    }

    /// The source that an attribution names: the first behind the phrase, else the last before it.
    pub fn meant(&self, attribution: &Attribution) -> Option<usize> {
        self.first_in(&attribution.after).or_else(|| {
            self.in_words(&attribution.before)
                .max_by_key(|(_, range)| (range.end, usize::MAX - range.start))
                .map(|(place, _)| place)
        })
    }

    fn in_words<'s>(&'s self, words: &str) -> impl Iterator<Item = (usize, Range<usize>)> + 's {
        let folded = Folded::for_words(words);
        self.names.iter().filter_map(move |(place, name)| Some((*place, name.find(&folded)?)))
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
        let names = SourceNames::new(&[
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
        assert_eq!((names.named("VALLEY  WIRE"), names.named("b"), names.named("Valley")), (Some(1), Some(2), None));
    }
}
