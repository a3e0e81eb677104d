//! Words and phrases of `match`, `status` and place names in a folded text.

use std::ops::Range;

use super::fold::{Folded, fold_phrase};

/// A word or phrase as the configuration writes it; `word*` is a prefix.
#[derive(Debug, Clone)]
pub(crate) struct WordPattern {
    shown: String,
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    folded: String,
    is_prefix: bool,
}

impl WordPattern {
    /// Reads a word or phrase.
    ///
    /// # Errors
    /// A sentence, where nothing or only `*` stands in it.
    pub(crate) fn new(shown: &str) -> Result<Self, String> {
        let folded = fold_phrase(shown);
        let words: Vec<Word> = folded.split(' ').map(Word::new).collect();
        match words.iter().find(|word| word.folded.is_empty() || word.folded.contains('*')) {
            Some(word) if word.folded.contains('*') => {
                Err(format!("`*` stands inside of `{shown}`; it may only end a word: `convoy*`"))
            }
            Some(_) => Err(format!("`{shown}` names no word; expected a word, a phrase or `word*`")),
            None => Ok(Self { shown: shown.to_owned(), words }),
        }
    }

    /// As the configuration wrote it.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Where it first occurs at or after an offset, in bytes of the folded text.
    pub(crate) fn find_from(&self, text: &Folded, offset: usize) -> Option<Range<usize>> {
        let folded = text.as_str();
        let first = self.words.first()?;
        let mut from = offset;
        loop {
            let at = from + folded.get(from..)?.find(&first.folded)?;
            if let Some(to) = self.matches_at(folded, at) {
                return Some(at..to);
            }
            from = at + folded.get(at..)?.chars().next()?.len_utf8();
        }
    }

    /// The character that each of its occurrences begins with.
    pub(crate) fn first_char(&self) -> Option<char> {
        self.words.first()?.folded.chars().next()
    }

    /// Where it first occurs, in bytes of the folded text.
    pub(crate) fn find(&self, text: &Folded) -> Option<Range<usize>> {
        self.find_from(text, 0)
    }

    fn matches_at(&self, folded: &str, at: usize) -> Option<usize> {
        if begins_word(folded, at) { self.reaches(folded, at) } else { None }
    }

    /// How far it reaches where it occurs at an offset at which a word begins.
    pub(crate) fn reaches(&self, folded: &str, at: usize) -> Option<usize> {
        let mut to = at;
        for (index, word) in self.words.iter().enumerate() {
            if index > 0 {
                to += folded.get(to..)?.strip_prefix(' ').map(|_| 1)?;
            }
            to = word.end_at(folded, to)?;
        }
        Some(to)
    }
}

impl Word {
    fn new(word: &str) -> Self {
        let stem = word.strip_suffix('*');
        Self { folded: stem.unwrap_or(word).to_owned(), is_prefix: stem.is_some() }
    }

    fn end_at(&self, folded: &str, at: usize) -> Option<usize> {
        let rest = folded.get(at..)?.strip_prefix(self.folded.as_str())?;
        let to = at + self.folded.len();
        if self.is_prefix {
            return Some(to + rest.find(|c: char| !c.is_alphanumeric() && c != '\'').unwrap_or(rest.len()));
        }
        ends_word(folded, to).then_some(to)
    }
}

/// Whether a word may begin at `at`: the character before is of no word.
pub(crate) fn begins_word(text: &str, at: usize) -> bool {
    let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else { return false };
    let mut before = text.get(..at).unwrap_or_default().chars().rev();
    match before.next() {
        _ if !first.is_alphanumeric() => true,
        None => true,
        // In Cyrillic the apostrophe is inside of the word; in Latin `l'Ukraine` begins one.
        Some('\'') => !is_cyrillic(first) || !before.next().is_some_and(is_cyrillic),
        Some(c) => !c.is_alphanumeric(),
    }
}

/// Whether a word may end at `at`.
fn ends_word(text: &str, at: usize) -> bool {
    let last = text.get(..at).unwrap_or_default().chars().next_back();
    let mut after = text.get(at..).unwrap_or_default().chars();
    match after.next() {
        _ if !last.is_some_and(char::is_alphanumeric) => true,
        None => true,
        // `Ukraine's` is the word and its genitive; `Куп'янськ` and `don't` are one word.
        Some('\'') => {
            let next = after.next();
            !next.is_some_and(char::is_alphabetic)
                || (next == Some('s') && !after.next().is_some_and(char::is_alphanumeric))
        }
        Some(c) => !c.is_alphanumeric(),
    }
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, pattern: &str, expected: Option<&str>) {
        let folded = Folded::for_words(text);
        let found = WordPattern::new(pattern).unwrap().find(&folded);
        let shown = found.map(|range| &text[folded.source_range(text, range)]);
        assert_eq!(shown, expected, "{pattern} in {text}");
    }

    #[test]
    fn whole_words_prefixes_and_phrases() {
        check("Three convoys moved", "convoy", None);
        check("Three Convoys moved", "convoy*", Some("Convoys"));
        check("Fire\u{a0}missions: 12", "fire mission*", Some("Fire\u{a0}missions"));
        check("колони техніки", "КОЛОН*", Some("колони"));
        check("Ukraine’s army", "ukraine", Some("Ukraine"));
        check("l’Ukraine", "ukraine", Some("Ukraine"));
        check("Куп’янськ", "куп", None);
        check("Куп’янськ", "янськ", None);
        check("під Купʼянськом", "Куп'янськ*", Some("Купʼянськом"));
        check("H.R. 815, the law", "H.R. 815", Some("H.R. 815"));
        check("a pre-announced plan", "announced", Some("announced"));
        check("", "x", None);
        check("xxx yx x", "x", Some("x"));
    }

    #[test]
    fn nothing_is_no_word() {
        for pattern in ["", " ", "*", "con*voy", "a * b"] {
            assert!(WordPattern::new(pattern).is_err(), "{pattern}");
        }
    }
}
