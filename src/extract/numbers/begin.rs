//! Where a figure may begin: most words of a text are seen by a look at their first letters to begin none.

use std::sync::LazyLock;

use super::{cardinal, unit, vague, zero};
use crate::extract::text::lex::{Kind, Line};

/// Whether a figure, or what looks like one, may begin at a token. Where it says no there is none.
pub(super) fn may_begin(line: &Line<'_>, index: usize) -> bool {
    let Some(token) = line.get(index) else { return false };
    match token.kind {
        Kind::Digits => true,
        Kind::Blank => false,
        Kind::Mark(mark) => matches!(mark, '+' | '-' | '\u{2212}') || unit::symbol(mark).is_some(),
        // A date may begin at any word that has digits near it.
        Kind::Word => {
            BEGINNINGS.has(line.word(index)) || line.has_digits(index, 16) || unit::prefix(line, index).is_some()
        }
    }
}

/// The first letters of all words that begin figures, as a set in which others may seem to be too.
struct Beginnings([u64; 64]);

static BEGINNINGS: LazyLock<Beginnings> = LazyLock::new(|| {
    let mut all = Beginnings([0; 64]);
    for word in cardinal::beginnings().chain(vague::BEGINNINGS).chain(zero::BEGINNINGS) {
        let (place, bit) = place(word);
        if let Some(bits) = all.0.get_mut(place) {
            *bits |= bit;
        }
    }
    all
});

impl Beginnings {
    fn has(&self, word: &str) -> bool {
        let (place, bit) = place(word);
        self.0.get(place).is_some_and(|bits| bits & bit != 0)
    }
}

/// How many bytes of a word are looked at: two letters of Cyrillic. No stem of the grammars is shorter.
const LETTERS: usize = 4;

/// Where the first letters of a word stand among the 4,096 places (Knuth's multiplicative hashing).
fn place(word: &str) -> (usize, u64) {
    let letters = word.as_bytes().first_chunk().copied().unwrap_or_else(|| {
        let mut letters = [0; LETTERS];
        letters.iter_mut().zip(word.bytes()).for_each(|(letter, byte)| *letter = byte);
        letters
    });
    let hash = u32::from_le_bytes(letters).wrapping_mul(0x9e37_79b1) >> 20;
    ((hash >> 6) as usize, 1 << (hash & 63))
}

#[cfg(test)]
mod tests {
    use super::super::sentence::{Comma, any_spot_at};
    use super::*;

    /// All words that stand in the grammars, whatever they are there for, also those that are added one day.
    fn vocabulary() -> Vec<&'static str> {
        let sources = [
            include_str!("bound.rs"),
            include_str!("cardinal.rs"),
            include_str!("cardinal/words.rs"),
            include_str!("exclude.rs"),
            include_str!("magnitude.rs"),
            include_str!("measure.rs"),
            include_str!("range.rs"),
            include_str!("sentence.rs"),
            include_str!("unit.rs"),
            include_str!("vague.rs"),
            include_str!("zero.rs"),
        ];
        let literals = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
        literals.filter(|literal| literal.len() < 80).collect()
    }

    #[test]
    fn no_figure_begins_where_none_may() {
        let around = [
            ("", ""),
            ("", " hundred"),
            ("", " of thousands"),
            ("", " dozen tanks were lost"),
            ("", " drones recorded"),
            ("", " a single drone"),
            ("", "$5"),
            ("", " 5"),
            ("a ", ""),
            ("", " тисяч"),
            ("", " сотень"),
            ("", " зафіксовано атак"),
            ("атак ", " було"),
            ("", "мільйона"),
            ("", "ами"),
            ("", "ь"),
        ];
        let mut begun = 0;
        for word in vocabulary() {
            for (before, behind) in around {
                let text = format!("{before}{word}{behind}");
                for text in [text.to_uppercase(), text] {
                    let line = Line::new(&text);
                    for index in 0..line.len() {
                        if any_spot_at(&line, index, Comma::Groups).is_some() {
                            begun += 1;
                            assert!(may_begin(&line, index), "{text:?} at {:?}", line.raw(index));
                        }
                    }
                }
            }
        }
        assert!(begun > 5_000, "{begun}");
    }

    #[test]
    fn most_words_begin_none() {
        let text =
            "Rail traffic on the section was said to have resumed in the evening after repairs on the signal line";
        let line = Line::new(text);
        let may: Vec<&str> = (0..line.len()).filter(|at| may_begin(&line, *at)).map(|at| line.word(at)).collect();
        assert!(may.len() < 3, "{may:?}");
    }
}
