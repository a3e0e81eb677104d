//! Text folded for comparison, and words found in it.
//!
//! Case, apostrophes, dashes and kinds of blanks do not tell words apart;
//! invisible characters are passed over. Every folded character knows where it
//! stands in the text, so that evidence quotes the text as it was written.

use unicode_normalization::UnicodeNormalization;

/// A text folded for comparison.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// Where each stands in the text, in characters.
    pub places: Vec<usize>,
    words: Vec<(usize, usize)>,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let mut folded = Self::default();
        for (place, c) in text.chars().enumerate() {
            if matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}') {
                continue;
            }
            for c in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
                folded.chars.push(folded_char(c));
                folded.places.push(place);
            }
        }
        folded.words = words(&folded.chars);
        folded
    }

    /// Where a range of folded characters stands in the text.
    pub fn in_text(&self, from: usize, to: usize) -> (usize, usize) {
        let start = self.places.get(from).copied().unwrap_or_default();
        let end = to.checked_sub(1).and_then(|last| self.places.get(last)).map_or(start, |last| last + 1);
        (start, end)
    }

    /// The words, as ranges of folded characters.
    pub fn words(&self) -> &[(usize, usize)] {
        &self.words
    }

    /// A word's characters.
    pub fn word(&self, place: usize) -> String {
        self.words.get(place).map(|(from, to)| self.chars[*from..*to].iter().collect()).unwrap_or_default()
    }

    /// Where a phrase first occurs, as a range of folded characters.
    pub fn find(&self, phrase: &Phrase) -> Option<(usize, usize)> {
        (0..self.words.len()).find_map(|start| {
            let last = start + phrase.0.len().checked_sub(1)?;
            let holds = phrase.0.iter().enumerate().all(|(offset, part)| {
                self.words.get(start + offset).is_some_and(|(from, to)| part.matches(&self.chars[*from..*to]))
            });
            holds.then(|| Some((self.words.get(start)?.0, self.words.get(last)?.1)))?
        })
    }
}

fn folded_char(c: char) -> char {
    match c {
        '’' | 'ʼ' | '`' | '‘' | '´' | '′' | 'ʹ' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn is_inner(chars: &[char], at: usize) -> bool {
    let letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
    chars.get(at) == Some(&'\'') && at > 0 && letter(at - 1) && letter(at + 1)
}

fn words(chars: &[char]) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for at in 0..=chars.len() {
        let is_word = chars.get(at).is_some_and(|c| c.is_alphanumeric()) || is_inner(chars, at);
        match (is_word, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Words that stand one after the other; `word*` is a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    chars: Vec<char>,
    is_prefix: bool,
}

impl Part {
    fn matches(&self, word: &[char]) -> bool {
        if self.is_prefix { word.starts_with(&self.chars) } else { word == self.chars }
    }
}

impl Phrase {
    /// Reads a phrase; `None` when there is no word in it.
    pub fn new(text: &str) -> Option<Self> {
        let folded = Folded::new(text);
        let parts: Vec<Part> = folded
            .words
            .iter()
            .map(|(from, to)| Part {
                chars: folded.chars[*from..*to].to_vec(),
                is_prefix: folded.chars.get(*to) == Some(&'*'),
            })
            .collect();
        (!parts.is_empty()).then_some(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, phrase: &str, expected: bool) {
        assert_eq!(Folded::new(text).find(&Phrase::new(phrase).unwrap()).is_some(), expected, "{phrase} in {text}");
    }

    #[test]
    fn words_are_whole_unless_they_are_prefixes() {
        check("Two convoys moved", "convoy", false);
        check("Two convoys moved", "convoy*", true);
        check("біля Куп’янська", "Куп'янськ*", true);
        check("КУПʼЯНСЬК", "куп`янськ", true);
        check("fire missions were flown", "fire mission*", true);
        check("fire. A mission", "fire mission*", false);
        check("counter-offensive", "counter offensive", true);
        check("con\u{ad}voy", "convoy", true);
    }

    #[test]
    fn ranges_are_of_the_text_as_written() {
        let folded = Folded::new("a\u{ad}b ﬁne");
        let range = folded.find(&Phrase::new("fine").unwrap()).unwrap();
        assert_eq!(folded.in_text(range.0, range.1), (4, 7));
    }
}
