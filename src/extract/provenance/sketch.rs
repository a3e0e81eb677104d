//! A text as the set of its overlapping pieces (Broder 1997): two texts that share most of them are one text.

use crate::extract::text::fold::Folded;
use crate::model::provenance::{Shingling, Sketch};

/// So many words of a text are looked at.
const MOST_WORDS: usize = 2048;
/// Texts of so many words are cut into pieces of five words.
const BODY: usize = 60;
/// Shorter ones of so many into pieces of three; still shorter ones into characters.
const NOTE: usize = 20;

/// The pieces of a text. Case, white space, invisible characters and the punctuation around words do not count.
pub fn sketch(text: &str) -> Sketch {
    of_lines([&Folded::for_words(text)].into_iter())
}

/// The same of a text whose lines are folded each by itself.
pub(super) fn of_lines<'f>(lines: impl Iterator<Item = &'f Folded>) -> Sketch {
    let words = lines.flat_map(|line| line.as_str().split(' '));
    let words: Vec<&str> = words.map(bare).filter(|word| !word.is_empty()).take(MOST_WORDS).collect();
    let (shingling, marks) = match words.len() {
        BODY.. => (Shingling::FiveWords, of_words::<5>(&words)),
        NOTE.. => (Shingling::ThreeWords, of_words::<3>(&words)),
        _ => (Shingling::FiveCharacters, of_characters(&words.join(" "))),
    };
    let mut marks = marks;
    marks.sort_unstable();
    marks.dedup();
    Sketch { shingling, marks }
}

/// A word without the punctuation around it; a currency sign belongs to the figure.
fn bare(word: &str) -> &str {
    if let [first, .., last] = word.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return word;
    }
    word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '₴' | '₽' | '%'))
}

/// The marks of all pieces of so many words. The pieces that a byte belongs to are hashed side by side: each alone
/// would wait for its own multiplication at every byte.
fn of_words<const LENGTH: usize>(words: &[&str]) -> Vec<u32> {
    let mut marks = Vec::with_capacity(words.len());
    let mut running = [BASIS; LENGTH];
    for (place, word) in words.iter().enumerate() {
        // The piece that begins here takes the room of the one that ended with the word before.
        if let Some(begun) = running.get_mut(place % LENGTH) {
            *begun = BASIS;
        }
        for byte in word.bytes().chain([b' ']) {
            running = running.map(|hash| with(hash, byte));
        }
        let ended = running.get((place + 1) % LENGTH).filter(|_| place + 1 >= LENGTH);
        marks.extend(ended.map(|hash| finished(*hash)));
    }
    marks
}

fn of_characters(text: &str) -> Vec<u32> {
    let characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return Vec::new();
    }
    let piece = |piece: &[char]| hash(piece.iter().flat_map(|c| u32::from(*c).to_le_bytes()));
    // What is shorter than a piece is one.
    characters.windows(characters.len().min(5)).map(piece).collect()
}

/// FNV-1a with MurmurHash3's finaliser, cut to 32 bits. Sketches are stored: this never changes.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    finished(bytes.fold(BASIS, with))
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn with(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn finished(mut hash: u64) -> u32 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (hash ^ (hash >> 33)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_resemble_and_others_do_not() {
        let body: String = (0..100).map(|number| format!("word{number} ")).collect();
        let edited = body.replace("word50 ", "changed ").to_uppercase();
        let (a, b) = (sketch(&body), sketch(&edited));
        assert_eq!(a.shingling, Shingling::FiveWords);
        // 96 pieces each, five of them with the changed word.
        assert!((a.resemblance(&b) - 91.0 / 101.0).abs() < 1e-9, "{}", a.resemblance(&b));
        assert_eq!(a.resemblance(&sketch("word1 word2")), 0.0, "cut differently");
        let (one, two) = (sketch("A column\u{2060} of 12 trucks!"), sketch("a column of 12 trucks"));
        assert_eq!(one.resemblance(&two), 1.0);
        assert_eq!(sketch("").resemblance(&sketch("")), 0.0);
    }

    #[test]
    fn pieces_of_words_are_hashed_as_each_alone() {
        let words: Vec<String> = (0..40).map(|number| format!("слово{number}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let alone = |piece: &[&str]| hash(piece.iter().flat_map(|word| word.bytes().chain([b' '])));
        assert_eq!(of_words::<5>(&words), words.windows(5).map(alone).collect::<Vec<_>>());
        assert_eq!(of_words::<3>(&words), words.windows(3).map(alone).collect::<Vec<_>>());
        assert!(of_words::<5>(&words[..4]).is_empty());
    }

    /// Stored sketches are compared with new ones.
    #[test]
    fn a_piece_keeps_its_mark_from_version_to_version() {
        assert_eq!(sketch("convoy").marks, [SKETCH_OF_CONVOY[0], SKETCH_OF_CONVOY[1]]);
    }

    const SKETCH_OF_CONVOY: [u32; 2] = [2_118_852_490, 2_742_685_643];
}
