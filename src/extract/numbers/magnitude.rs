//! Thousand, million, billion and their abbreviations: powers of ten behind a figure.

use crate::extract::text::fold::is_hyphen;
use crate::extract::text::lex::Line;

/// A power of ten and the token behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Magnitude {
    pub(super) power: i32,
    pub(super) to: usize,
    /// `344K`: the figure was rounded to what is shown.
    pub(super) is_rounded: bool,
}

/// Whole words, with the power of ten.
const WORDS: &[(&str, i32)] = &[
    ("thousand", 3),
    ("thousands", 3),
    ("tsd", 3),
    ("tausend", 3),
    ("тис", 3),
    ("тыс", 3),
    ("mn", 6),
    ("mln", 6),
    ("mio", 6),
    ("million", 6),
    ("millions", 6),
    ("millionen", 6),
    ("млн", 6),
    ("bn", 9),
    ("bln", 9),
    ("billion", 9),
    ("billions", 9),
    ("млрд", 9),
    ("mrd", 9),
    ("mld", 9),
    ("milliarde", 9),
    ("milliarden", 9),
    ("tn", 12),
    ("trn", 12),
    ("trillion", 12),
    ("trillions", 12),
    ("трлн", 12),
];

/// Beginnings of inflected words, with the power of ten.
const STEMS: &[(&str, i32)] = &[
    ("тисяч", 3),
    ("тысяч", 3),
    ("мільйон", 6),
    ("миллион", 6),
    ("мільярд", 9),
    ("миллиард", 9),
    ("трильйон", 12),
    ("триллион", 12),
];

/// Abbreviations that are written with or without a point.
const ABBREVIATED: &[&str] = &["тис", "тыс", "млн", "млрд", "трлн", "mio", "mrd", "tsd"];

/// The power of ten that a folded word names.
pub(super) fn power_of(word: &str) -> Option<i32> {
    // Every word of a text is asked for: most begin with another letter.
    if !word.starts_with(['t', 'm', 'b', 'т', 'м']) {
        return None;
    }
    let whole = WORDS.iter().find(|(name, _)| *name == word);
    let stem = || STEMS.iter().find(|(stem, _)| word.strip_prefix(stem).is_some_and(|end| end.chars().count() <= 3));
    whole.or_else(stem).map(|(_, power)| *power)
}

/// The magnitude directly behind a figure, at `at`: after a blank, a hyphen or nothing.
///
/// A bare `m` or `b` is one only where there is a currency: else it may be metres or bytes.
pub(super) fn after(line: &Line<'_>, at: usize, has_currency: bool) -> Option<Magnitude> {
    let hyphen = line.mark(at).is_some_and(is_hyphen);
    let index = if hyphen { at + 1 } else { line.skip_blank(at) };
    let word = line.word(index);
    let is_glued = index == at;
    if let Some(power) = power_of(word) {
        let point = ABBREVIATED.contains(&word) && line.mark(index + 1) == Some('.');
        return Some(Magnitude { power, to: index + 1 + usize::from(point), is_rounded: false });
    }
    let power = match word {
        "k" if is_glued || has_currency => 3,
        "m" if has_currency || (is_glued && counts_millions(line, index)) => 6,
        "b" if has_currency => 9,
        "t" if has_currency => 12,
        _ => return None,
    };
    Some(Magnitude { power, to: index + 1, is_rounded: word == "k" && !has_currency })
}

/// Whether a bare `m` that is glued to digits is followed by what is counted: `1.5m shells`, not `500m from`.
fn counts_millions(line: &Line<'_>, index: usize) -> bool {
    let next = line.word(line.skip_blank(index + 1));
    line.raw(index) == "M" || (next.len() > 3 && next.ends_with('s') && line.is_blank(index + 1))
}

/// `500m` without anything that tells: an `m` glued to digits, and no word of place behind it.
pub(super) fn is_metres_or_millions(line: &Line<'_>, at: usize) -> bool {
    let next = line.word(line.skip_blank(at + 1));
    let places = [
        "from", "away", "deep", "high", "long", "wide", "tall", "north", "south", "east", "west", "above", "below",
        "behind", "off",
    ];
    let is_glued = at.checked_sub(1).is_some_and(|last| line.digits(last).is_some());
    is_glued && line.word(at) == "m" && !places.contains(&next)
}
