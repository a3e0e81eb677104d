//! Words for a number that nobody counted: several, dozens, кілька сотень.
//!
//! No standard says what they mean. Ours: several is 3 to 9, and a plural of a
//! magnitude is 2 to 9 of it; the figure is a customary one in between.

use super::magnitude::power_of;
use crate::extract::text::lex::Line;
use crate::model::quantity::{Bound, Quantity};

/// A vague number and the token behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vague {
    pub(super) quantity: Quantity,
    pub(super) to: usize,
}

/// Value, low and high.
type Customary = (f64, f64, f64);

const SEVERAL: Customary = (5.0, 3.0, 9.0);
const COUPLE: Customary = (2.0, 2.0, 3.0);
const DOZENS: Customary = (48.0, 24.0, 96.0);
const TENS: Customary = (40.0, 20.0, 90.0);
/// Of plain things; of thousands the middle is taken.
const HUNDREDS: Customary = (400.0, 200.0, 900.0);
const HUNDREDS_OF: Customary = (500.0, 200.0, 900.0);
const MANY: Customary = (4.0, 2.0, 9.0);

/// Words, and beginnings of words, at which a vague number begins.
pub(super) const BEGINNINGS: [&str; 22] = [
    "several",
    "a",
    "couple",
    "кілька",
    "кілько",
    "декілька",
    "декілько",
    "нескольк",
    "tens",
    "dozens",
    "hundreds",
    "десят",
    "сотн",
    "сотен",
    "thousands",
    "millions",
    "billions",
    "тисяч",
    "тысяч",
    "мільй",
    "милли",
    "мільярд",
];

/// Reads a vague number at a token.
pub(super) fn read(line: &Line<'_>, index: usize) -> Option<Vague> {
    several(line, index).or_else(|| plural(line, index))
}

/// `several`, `кілька`, `a couple of`, with a magnitude behind or none.
fn several(line: &Line<'_>, index: usize) -> Option<Vague> {
    let (base, to) = several_word(line, index)?;
    let mut next = line.skip_blank(to);
    let of = line.word(next) == "of";
    if of {
        next = line.skip_blank(next + 1);
    }
    let word = line.word(next);
    if let Some(customary) = several_of(base, word) {
        let behind = line.skip_blank(next + 1);
        return match power_of(line.word(behind)) {
            Some(power) => vague(customary, power, behind + 1),
            None => vague(customary, 0, next + 1),
        };
    }
    match power_of(word) {
        Some(power) => vague(base, power, next + 1),
        None => vague(base, 0, to),
    }
}

fn several_word(line: &Line<'_>, index: usize) -> Option<(Customary, usize)> {
    let next = line.skip_blank(index + 1);
    match (line.word(index), line.word(next)) {
        ("several", _) => Some((SEVERAL, index + 1)),
        ("a", "few") => Some((SEVERAL, next + 1)),
        ("a", "couple") => Some((COUPLE, next + 1)),
        ("couple", "of") => Some((COUPLE, index + 1)),
        ("кількасот" | "декількасот", _) => Some((scaled(SEVERAL, 100.0), index + 1)),
        ("кількадесят" | "декількадесят", _) => Some((TENS, index + 1)),
        (word, _) if is_several(word) => Some((SEVERAL, index + 1)),
        _ => None,
    }
}

fn is_several(word: &str) -> bool {
    let stems = ["кілько", "декілько", "нескольк"];
    // `кількості` is the quantity itself.
    if word.starts_with("кількост") {
        return false;
    }
    matches!(word, "кілька" | "декілька")
        || stems.iter().any(|stem| word.starts_with(stem) && word.chars().count() < 13)
}

/// `several hundred`, `кілька десятків`: the magnitudes that are no powers in [`power_of`].
fn several_of(base: Customary, word: &str) -> Option<Customary> {
    match word {
        "hundred" => Some(scaled(base, 100.0)),
        "dozen" => Some(scaled(base, 12.0)),
        _ if is_hundreds(word) => Some(scaled(base, 100.0)),
        _ if is_tens(word) => Some(TENS),
        _ => None,
    }
}

/// `dozens`, `hundreds of thousands`, `десятки`, `тисячі`.
fn plural(line: &Line<'_>, index: usize) -> Option<Vague> {
    let word = line.word(index);
    let first = line.skip_blank(index + 1);
    let (of, behind) = if line.word(first) == "of" { (true, line.skip_blank(first + 1)) } else { (false, first) };
    let base = match word {
        "tens" if of => TENS,
        "dozens" => DOZENS,
        "hundreds" => HUNDREDS,
        _ if is_tens(word) => TENS,
        _ if is_hundreds(word) => HUNDREDS,
        "thousands" | "millions" | "billions" => return vague(MANY, power_of(word)?, index + 1),
        _ if is_plural_magnitude(word) => return vague(MANY, power_of(word)?, index + 1),
        _ => return None,
    };
    let middle = if base == HUNDREDS { HUNDREDS_OF } else { base };
    match power_of(line.word(behind)) {
        Some(power) => vague(middle, power, behind + 1),
        None => vague(base, 0, index + 1),
    }
}

fn is_tens(word: &str) -> bool {
    matches!(word, "десятки" | "десятків" | "десятками" | "десятках" | "десятков" | "десяткам")
}

fn is_hundreds(word: &str) -> bool {
    matches!(word, "сотні" | "сотень" | "сотнями" | "сотнях" | "сотни" | "сотен" | "сотням")
}

/// `тисячі`, `миллионы`: neither an abbreviation nor a singular.
fn is_plural_magnitude(word: &str) -> bool {
    let stems = ["тисяч", "тысяч", "мільйон", "миллион", "мільярд", "миллиард"];
    let endings = ["і", "и", "ами", "ах", "ам", "ы", "ів", "ов"];
    let ending = stems.iter().find_map(|stem| word.strip_prefix(stem));
    // `тисяч снарядів` are many, `мільйон снарядів` is one.
    matches!(word, "тисяч" | "тысяч") || ending.is_some_and(|ending| endings.contains(&ending))
}

fn vague(customary: Customary, power: i32, to: usize) -> Option<Vague> {
    let (value, low, high) = scaled(customary, 10f64.powi(power));
    Some(Vague { quantity: Quantity { value, low: Some(low), high: Some(high), bound: Bound::Vague }, to })
}

fn scaled((value, low, high): Customary, factor: f64) -> Customary {
    (value * factor, low * factor, high * factor)
}
