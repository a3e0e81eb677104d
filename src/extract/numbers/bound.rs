//! Words of bound before and after a figure: over, up to, nearly, about.
//!
//! `nearly` reaches a tenth below its figure and `about` a tenth to either
//! side: our convention, wide enough that no limit is crossed by a word.

use crate::extract::text::lex::Line;
use crate::model::quantity::{Bound, Quantity};

/// How far `about` and `nearly` reach, as a share.
const VAGUENESS: f64 = 0.1;

/// Phrases before a figure; the longest that fits counts.
const BEFORE: &[(&str, Bound)] = &[
    ("no more than", Bound::AtMost),
    ("no greater than", Bound::AtMost),
    ("not greater than", Bound::AtMost),
    ("no higher than", Bound::AtMost),
    ("not exceeding", Bound::AtMost),
    ("not to exceed", Bound::AtMost),
    ("not exceed", Bound::AtMost),
    ("exceed", Bound::AtLeast),
    ("exceeds", Bound::AtLeast),
    ("exceeded", Bound::AtLeast),
    ("north of", Bound::AtLeast),
    ("just shy of", Bound::JustBelow),
    ("approaching", Bound::JustBelow),
    ("nearing", Bound::JustBelow),
    ("не перевищує", Bound::AtMost),
    ("не перевищуватиме", Bound::AtMost),
    ("не перевищить", Bound::AtMost),
    ("не перевищило", Bound::AtMost),
    ("не перевищила", Bound::AtMost),
    ("не перевищили", Bound::AtMost),
    ("не превышает", Bound::AtMost),
    ("не превысит", Bound::AtMost),
    ("не превысило", Bound::AtMost),
    ("не превысила", Bound::AtMost),
    ("не превысили", Bound::AtMost),
    ("перевищує", Bound::AtLeast),
    ("перевищило", Bound::AtLeast),
    ("перевищила", Bound::AtLeast),
    ("перевищили", Bound::AtLeast),
    ("превышает", Bound::AtLeast),
    ("превысило", Bound::AtLeast),
    ("превысила", Bound::AtLeast),
    ("превысили", Bound::AtLeast),
    ("not more than", Bound::AtMost),
    ("no less than", Bound::AtLeast),
    ("not less than", Bound::AtLeast),
    ("no fewer than", Bound::AtLeast),
    ("not fewer than", Bound::AtLeast),
    ("in excess of", Bound::AtLeast),
    ("as many as", Bound::AtMost),
    ("as much as", Bound::AtMost),
    ("a maximum of", Bound::AtMost),
    ("a minimum of", Bound::AtLeast),
    ("a little over", Bound::AtLeast),
    ("slightly over", Bound::AtLeast),
    ("just over", Bound::AtLeast),
    ("well over", Bound::AtLeast),
    ("more than", Bound::AtLeast),
    ("greater than", Bound::AtLeast),
    ("at least", Bound::AtLeast),
    ("upwards of", Bound::AtLeast),
    ("minimum of", Bound::AtLeast),
    ("over", Bound::AtLeast),
    ("above", Bound::AtLeast),
    ("exceeding", Bound::AtLeast),
    ("up to", Bound::AtMost),
    ("at most", Bound::AtMost),
    ("less than", Bound::AtMost),
    ("fewer than", Bound::AtMost),
    ("maximum of", Bound::AtMost),
    ("under", Bound::AtMost),
    ("below", Bound::AtMost),
    ("just under", Bound::JustBelow),
    ("slightly under", Bound::JustBelow),
    ("slightly less than", Bound::JustBelow),
    ("close to", Bound::JustBelow),
    ("nearly", Bound::JustBelow),
    ("almost", Bound::JustBelow),
    ("about", Bound::Approx),
    ("around", Bound::Approx),
    ("some", Bound::Approx),
    ("roughly", Bound::Approx),
    ("approximately", Bound::Approx),
    ("approx", Bound::Approx),
    ("circa", Bound::Approx),
    ("an estimated", Bound::Approx),
    ("estimated", Bound::Approx),
    ("не менше ніж", Bound::AtLeast),
    ("не менш ніж", Bound::AtLeast),
    ("не менш як", Bound::AtLeast),
    ("не менше", Bound::AtLeast),
    ("не менее чем", Bound::AtLeast),
    ("не менее", Bound::AtLeast),
    ("не меньше", Bound::AtLeast),
    ("більше ніж", Bound::AtLeast),
    ("більш ніж", Bound::AtLeast),
    ("більш як", Bound::AtLeast),
    ("більше", Bound::AtLeast),
    ("більш", Bound::AtLeast),
    ("понад", Bound::AtLeast),
    ("щонайменше", Bound::AtLeast),
    ("принаймні", Bound::AtLeast),
    ("мінімум", Bound::AtLeast),
    ("минимум", Bound::AtLeast),
    ("свыше", Bound::AtLeast),
    ("более чем", Bound::AtLeast),
    ("более", Bound::AtLeast),
    ("больше", Bound::AtLeast),
    ("по меньшей мере", Bound::AtLeast),
    ("як мінімум", Bound::AtLeast),
    ("как минимум", Bound::AtLeast),
    ("не більше ніж", Bound::AtMost),
    ("не більш ніж", Bound::AtMost),
    ("не більше", Bound::AtMost),
    ("не більш як", Bound::AtMost),
    ("не более чем", Bound::AtMost),
    ("не более", Bound::AtMost),
    ("не больше", Bound::AtMost),
    ("менше ніж", Bound::AtMost),
    ("менш ніж", Bound::AtMost),
    ("менше", Bound::AtMost),
    ("менее чем", Bound::AtMost),
    ("менее", Bound::AtMost),
    ("меньше", Bound::AtMost),
    ("максимум", Bound::AtMost),
    ("щонайбільше", Bound::AtMost),
    ("до", Bound::AtMost),
    ("майже", Bound::JustBelow),
    ("почти", Bound::JustBelow),
    ("трохи менше", Bound::JustBelow),
    ("чуть менее", Bound::JustBelow),
    ("чуть меньше", Bound::JustBelow),
    ("близько", Bound::Approx),
    ("біля", Bound::Approx),
    ("приблизно", Bound::Approx),
    ("орієнтовно", Bound::Approx),
    ("десь", Bound::Approx),
    ("около", Bound::Approx),
    ("примерно", Bound::Approx),
    ("ориентировочно", Bound::Approx),
    ("порядка", Bound::Approx),
    ("порядку", Bound::Approx),
];

/// Phrases that may stand between the word of bound and the figure.
const FILLERS: &[&str] = &[
    "an aggregate value of",
    "an aggregate total of",
    "a total value of",
    "a combined total of",
    "a combined",
    "a total of",
    "an additional",
    "a further",
    "another",
    "the",
    "a",
];

/// Words of change: after them `до 15` and `to 15` name where it went, not a bound.
const CHANGES: &[&str] = &[
    "rose",
    "rise",
    "risen",
    "grew",
    "grow",
    "grown",
    "increas",
    "fell",
    "fall",
    "decreas",
    "drop",
    "declin",
    "reduc",
    "climb",
    "shrank",
    "shrink",
    "jump",
    "went",
    "cut",
    "збільш",
    "зрос",
    "зріс",
    "зменш",
    "скорот",
    "зниз",
    "впал",
    "вырос",
    "возрос",
    "увелич",
    "сниз",
    "упа",
    "сократ",
    "уменьш",
    "доведен",
    "підвищ",
    "повыс",
];

/// Words that begin like a change and are none.
const NO_CHANGES: &[&str] = &["fallen", "cutter"];

/// The longest phrase in [`BEFORE`] and [`FILLERS`], in words.
const LONGEST: usize = 4;

/// A bound before the figure that begins at a token, and the token where its words begin.
pub(super) fn before(line: &Line<'_>, start: usize) -> Option<(Bound, usize)> {
    if let Some(found) = sign_before(line, start) {
        return Some(found);
    }
    let phrases = phrases_before(line, start);
    let (bound, at) = meaning(&phrases).or_else(|| {
        let filler = phrases.iter().find(|(phrase, _)| FILLERS.contains(&phrase.as_str()))?;
        let is_article = matches!(filler.0.as_str(), "the" | "a");
        // `a dispute over the $300 million package`: not how large, but what about.
        meaning(&phrases_before(line, filler.1)).filter(|(_, at)| {
            let is_preposition = matches!(line.word(*at), "over" | "under" | "about" | "around" | "above" | "below");
            !(is_article && is_preposition)
        })
    })?;
    let is_change = line.word(at) == "до" && changes_before(line, at);
    (!is_change).then_some((bound, at))
}

/// A bound behind the figure that ends before a token, and the token behind it.
pub(super) fn after(line: &Line<'_>, end: usize) -> Option<(Bound, usize)> {
    if line.mark(end) == Some('+') {
        return Some((Bound::AtLeast, end + 1));
    }
    if line.mark(end) == Some('-') && line.word(end + 1) == "plus" {
        return Some((Bound::AtLeast, end + 2));
    }
    let first = line.skip_blank(end);
    let second = line.skip_blank(first + 1);
    let bound = match (line.word(first), line.word(second)) {
        ("or" | "and", "more") | ("і" | "та" | "або" | "чи", "більше") | ("и" | "или", "более" | "больше") => {
            Bound::AtLeast
        }
        ("or", "less" | "fewer") | ("або" | "чи", "менше") | ("или", "менее" | "меньше") => {
            Bound::AtMost
        }
        ("or", "so") => Bound::Approx,
        ("с", "лишним") | ("з", "лишком" | "гаком" | "лишнім") => Bound::AtLeast,
        _ => return None,
    };
    // `12 and more shells came`: only directly behind the figure, not of the next noun.
    Some((bound, second + 1))
}

/// The figure with its bound.
pub(super) fn apply(quantity: Quantity, bound: Bound) -> Quantity {
    let value = quantity.value;
    let reach = value.abs() * VAGUENESS;
    match (quantity.bound, bound) {
        // A range and a vague word say more than the word before them.
        (Bound::Range | Bound::Vague, _) => quantity,
        (_, Bound::AtLeast) => Quantity { value, low: Some(value), high: None, bound },
        (_, Bound::AtMost) => Quantity { value, low: None, high: Some(value), bound },
        (_, Bound::JustBelow) => Quantity { value, low: Some(value - reach), high: Some(value), bound },
        (_, Bound::Approx) => Quantity { value, low: Some(value - reach), high: Some(value + reach), bound },
        (_, Bound::Exact | Bound::Range | Bound::Vague) => quantity,
    }
}

/// A range with the word before it: what is `over 5-7` has no upper end, what is `up to 10-15` no lower one.
pub(super) fn open(range: Quantity, bound: Bound) -> Quantity {
    match (bound, range.low, range.high) {
        (Bound::AtLeast, Some(low), _) => apply(Quantity::exact(low), bound),
        (Bound::AtMost, _, Some(high)) => apply(Quantity::exact(high), bound),
        _ => range,
    }
}

/// Whether one of the few words before a token tells of a change.
pub(super) fn changes_before(line: &Line<'_>, at: usize) -> bool {
    let mut index = at;
    for _ in 0..4 {
        let Some(previous) = line.before(index) else { return false };
        if is_change(line.word(previous)) {
            return true;
        }
        index = previous;
    }
    false
}

/// Whether a word tells of a change.
pub(super) fn is_change(word: &str) -> bool {
    CHANGES.iter().any(|stem| word.starts_with(stem)) && !NO_CHANGES.contains(&word)
}

fn sign_before(line: &Line<'_>, start: usize) -> Option<(Bound, usize)> {
    let at = line.before(start)?;
    let bound = match line.mark(at)? {
        '~' | '≈' | '∼' => Bound::Approx,
        '>' | '≥' => Bound::AtLeast,
        '<' | '≤' => Bound::AtMost,
        // `approx. 300`, `ca. 300`, `прибл. 300`.
        '.' => {
            let short = at.checked_sub(1)?;
            let is_short = matches!(line.word(short), "approx" | "ca" | "c" | "прибл" | "бл");
            return is_short.then_some((Bound::Approx, short));
        }
        _ => return None,
    };
    Some((bound, at))
}

/// The bound that the longest of some phrases means.
fn meaning(phrases: &[(String, usize)]) -> Option<(Bound, usize)> {
    let bound = |phrase: &str| BEFORE.iter().find(|(known, _)| *known == phrase).map(|(_, bound)| *bound);
    phrases.iter().find_map(|(phrase, at)| bound(phrase).map(|bound| (bound, *at)))
}

/// The last words before a token as phrases, longest first, with the token where each begins; a mark ends them.
fn phrases_before(line: &Line<'_>, start: usize) -> Vec<(String, usize)> {
    let mut phrases: Vec<(String, usize)> = Vec::with_capacity(LONGEST);
    let mut index = start;
    while let Some(previous) = line.before(index).filter(|at| line.is_word(*at) && phrases.len() < LONGEST) {
        let word = line.word(previous);
        let phrase = phrases.last().map_or_else(|| word.to_owned(), |(behind, _)| format!("{word} {behind}"));
        phrases.push((phrase, previous));
        index = previous;
    }
    phrases.reverse();
    phrases
}
