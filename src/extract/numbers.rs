//! Figures as sources write them, in English, Ukrainian and Russian (field.md, section 7).
//!
//! Separators, magnitudes, number words, bounds, ranges and vague words. What
//! is a date, a time, a share, a calibre or a designator is no count, and what
//! has two readings is none.

use super::words::Folded;
use crate::model::quantity::{Bound, Quantity};

/// A figure in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The figure with its bounds.
    pub quantity: Quantity,
    /// Where it stands, with its bounding word, in characters of the text.
    pub span: (usize, usize),
    /// Where its digits or number words stand.
    pub figure: (usize, usize),
}

const MAGNITUDES: [(f64, &[&str]); 5] = [
    (100.0, &["hundred", "сотня", "сотні", "сотни"]),
    (1e3, &["k", "к", "тис", "тыс", "thousand", "тисяч", "тисяча", "тисячі", "тысяч", "тысяча", "тысячи"]),
    (
        1e6,
        &[
            "m",
            "mn",
            "mln",
            "million",
            "millions",
            "млн",
            "мільйон",
            "мільйона",
            "мільйони",
            "мільйонів",
            "миллион",
            "миллиона",
            "миллионов",
        ],
    ),
    (
        1e9,
        &[
            "bn",
            "b",
            "billion",
            "billions",
            "млрд",
            "mrd",
            "мільярд",
            "мільярда",
            "мільярди",
            "мільярдів",
            "миллиард",
            "миллиарда",
            "миллиардов",
        ],
    ),
    (1e12, &["tn", "trillion", "трлн", "трильйон", "трильйонів", "триллион", "триллионов"]),
];

const UNITS: [(f64, &[&str]); 38] = [
    (1.0, &["one", "один", "одна", "одне", "одного", "одно"]),
    (2.0, &["two", "два", "дві", "двох", "двома", "две", "двух", "двічі", "дважды", "twice"]),
    (3.0, &["three", "три", "трьох", "трьома", "трех", "тричі", "трижды"]),
    (4.0, &["four", "чотири", "чотирьох", "четыре", "четырех"]),
    (5.0, &["five", "п'ять", "п'яти", "пять", "пяти"]),
    (6.0, &["six", "шість", "шести", "шесть"]),
    (7.0, &["seven", "сім", "семи", "семь"]),
    (8.0, &["eight", "вісім", "восьми", "восемь"]),
    (9.0, &["nine", "дев'ять", "дев'яти", "девять"]),
    (10.0, &["ten", "десять", "десяти"]),
    (11.0, &["eleven", "одинадцять", "одиннадцать"]),
    (12.0, &["twelve", "дванадцять", "двенадцать"]),
    (13.0, &["thirteen", "тринадцять", "тринадцать"]),
    (14.0, &["fourteen", "чотирнадцять", "четырнадцать"]),
    (15.0, &["fifteen", "п'ятнадцять", "пятнадцать"]),
    (16.0, &["sixteen", "шістнадцять", "шестнадцать"]),
    (17.0, &["seventeen", "сімнадцять", "семнадцать"]),
    (18.0, &["eighteen", "вісімнадцять", "восемнадцать"]),
    (19.0, &["nineteen", "дев'ятнадцять", "девятнадцать"]),
    (20.0, &["twenty", "двадцять", "двадцать"]),
    (30.0, &["thirty", "тридцять", "тридцать"]),
    (40.0, &["forty", "сорок"]),
    (50.0, &["fifty", "п'ятдесят", "пятьдесят"]),
    (60.0, &["sixty", "шістдесят", "шестьдесят"]),
    (70.0, &["seventy", "сімдесят", "семьдесят"]),
    (80.0, &["eighty", "вісімдесят", "восемьдесят"]),
    (90.0, &["ninety", "дев'яносто", "девяносто"]),
    (100.0, &["сто"]),
    (200.0, &["двісті", "двести"]),
    (300.0, &["триста"]),
    (400.0, &["чотириста", "четыреста"]),
    (500.0, &["п'ятсот", "пятьсот"]),
    (600.0, &["шістсот", "шестьсот"]),
    (700.0, &["сімсот", "семьсот"]),
    (800.0, &["вісімсот", "восемьсот"]),
    (900.0, &["дев'ятсот", "девятьсот"]),
    (12.0, &["dozen"]),
    (1.5, &["півтора", "півтори", "полтора", "полторы"]),
];

/// Vague words: value, least, most (our convention; there is no standard).
const VAGUE: [(&str, (f64, f64, f64)); 9] = [
    ("several", (5.0, 3.0, 9.0)),
    ("кілька", (5.0, 3.0, 9.0)),
    ("декілька", (5.0, 3.0, 9.0)),
    ("несколько", (5.0, 3.0, 9.0)),
    ("dozens", (48.0, 24.0, 96.0)),
    ("десятки", (40.0, 20.0, 90.0)),
    ("hundreds", (400.0, 200.0, 900.0)),
    ("сотні", (400.0, 200.0, 900.0)),
    ("сотни", (400.0, 200.0, 900.0)),
];

const BOUNDS: [(&str, Bound); 32] = [
    ("more than", Bound::AtLeast),
    ("over", Bound::AtLeast),
    ("at least", Bound::AtLeast),
    ("above", Bound::AtLeast),
    ("exceeding", Bound::AtLeast),
    ("понад", Bound::AtLeast),
    ("більше", Bound::AtLeast),
    ("більше ніж", Bound::AtLeast),
    ("щонайменше", Bound::AtLeast),
    ("не менше", Bound::AtLeast),
    ("свыше", Bound::AtLeast),
    ("более", Bound::AtLeast),
    ("не менее", Bound::AtLeast),
    ("up to", Bound::AtMost),
    ("at most", Bound::AtMost),
    ("no more than", Bound::AtMost),
    ("до", Bound::AtMost),
    ("не більше", Bound::AtMost),
    ("не более", Bound::AtMost),
    ("nearly", Bound::JustBelow),
    ("almost", Bound::JustBelow),
    ("майже", Bound::JustBelow),
    ("почти", Bound::JustBelow),
    ("about", Bound::Approx),
    ("around", Bound::Approx),
    ("some", Bound::Approx),
    ("roughly", Bound::Approx),
    ("approximately", Bound::Approx),
    ("близько", Bound::Approx),
    ("приблизно", Bound::Approx),
    ("около", Bound::Approx),
    ("примерно", Bound::Approx),
];

/// Words after a figure that make it a measure of something else.
const MEASURES: [&str; 30] = [
    "mm",
    "мм",
    "cm",
    "см",
    "km",
    "км",
    "kg",
    "кг",
    "percent",
    "відсотків",
    "процентов",
    "am",
    "pm",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "січня",
    "лютого",
    "березня",
    "квітня",
    "грудня",
    "листопада",
];

/// Every count in a text, in order. `is_cyrillic` decides what a lone separator means.
pub fn read(text: &str) -> Vec<Found> {
    let folded = Folded::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.words().len() {
        match figure_at(&folded, at) {
            Some(figure) => {
                at = figure.next_word.max(at + 1);
                found.extend(finish(&folded, &figure));
            }
            None => at += 1,
        }
    }
    found
}

/// The one figure of a captured text: what a pattern's group caught. `None` where there is none, or more than one.
pub fn read_captured(text: &str) -> Option<Found> {
    let folded = Folded::new(text);
    let mut figures = Vec::new();
    let mut at = 0;
    while at < folded.words().len() {
        match figure_at(&folded, at) {
            Some(figure) => {
                at = figure.next_word.max(at + 1);
                figures.push(figure);
            }
            None => at += 1,
        }
    }
    match figures.as_slice() {
        [one] => Some(bounded(&folded, one)),
        [low, high] if is_range_between(&folded, low, high) => Some(range(&folded, low, high)),
        _ => None,
    }
}

/// The bound that the words right before a place in a text give.
pub fn bound_before(text: &str) -> Option<Bound> {
    let folded = Folded::new(text);
    bound_ending_at(&folded, folded.words().len())
}

/// A figure as its words stand.
struct Figure {
    value: f64,
    vague: Option<(f64, f64)>,
    /// Folded characters.
    from: usize,
    to: usize,
    first_word: usize,
    next_word: usize,
    is_year: bool,
}

fn figure_at(folded: &Folded, word: usize) -> Option<Figure> {
    let (from, to) = *folded.words().get(word)?;
    let first = *folded.chars.get(from)?;
    if first.is_ascii_digit() {
        return digits_at(folded, word);
    }
    let text: String = folded.chars[from..to].iter().collect();
    if let Some((_, (value, low, high))) = VAGUE.iter().find(|(name, _)| *name == text) {
        let factor = magnitude(&folded.word(word + 1)).filter(|factor| *factor >= 100.0);
        let (factor, next) = factor.map_or((1.0, word + 1), |factor| (factor, word + 2));
        let end = folded.words().get(next - 1).map_or(to, |(_, to)| *to);
        return Some(Figure {
            value: value * factor,
            vague: Some((low * factor, high * factor)),
            from,
            to: end,
            first_word: word,
            next_word: next,
            is_year: false,
        });
    }
    number_words_at(folded, word)
}

fn unit(word: &str) -> Option<f64> {
    UNITS.iter().find(|(_, names)| names.contains(&word)).map(|(value, _)| *value)
}

fn magnitude(word: &str) -> Option<f64> {
    MAGNITUDES.iter().find(|(_, names)| names.contains(&word)).map(|(factor, _)| *factor)
}

fn number_words_at(folded: &Folded, word: usize) -> Option<Figure> {
    let mut value = unit(&folded.word(word))?;
    let mut next = word + 1;
    let mut smallest = value;
    loop {
        let text = folded.word(next);
        if let Some(more) =
            unit(&text).filter(|more| *more < smallest && smallest >= 20.0 && *more < 100.0 && *more != 1.5)
        {
            value += more;
            smallest = more;
        } else if let Some(factor) = magnitude(&text).or((text == "dozen").then_some(12.0)) {
            value *= factor;
            smallest = factor;
        } else {
            break;
        }
        next += 1;
    }
    let (from, to) = (folded.words().get(word)?.0, folded.words().get(next - 1)?.1);
    Some(Figure { value, vague: None, from, to, first_word: word, next_word: next, is_year: false })
}

/// Digits from a word on, with separators, decimals and a magnitude.
fn digits_at(folded: &Folded, word: usize) -> Option<Figure> {
    let (from, _) = *folded.words().get(word)?;
    let chars = &folded.chars;
    let mut at = from;
    let mut groups: Vec<(Option<char>, String)> = vec![(None, take_digits(chars, &mut at))];
    while let Some(separator) = chars.get(at).copied().filter(|c| matches!(c, ' ' | ',' | '.' | '\'')) {
        let mut after = at + 1;
        let digits = take_digits(chars, &mut after);
        let is_group =
            digits.len() == 3 && groups[0].1.len() <= 3 && !matches!(chars.get(after), Some(c) if c.is_ascii_digit());
        let is_decimal = matches!(separator, ',' | '.') && !digits.is_empty();
        if !(is_group || is_decimal)
            || (separator == ' ' && groups.last().is_some_and(|(last, _)| matches!(last, Some('.' | ','))))
        {
            break;
        }
        groups.push((Some(separator), digits));
        at = after;
    }
    if is_no_count(chars, from, at) {
        return None;
    }
    let is_cyrillic = chars.iter().any(|c| ('а'..='я').contains(c) || *c == 'і');
    let mut value = value_of(&groups, is_cyrillic)?;
    let mut end = at;
    let mut next = folded.words().iter().position(|(start, _)| *start >= at).unwrap_or(folded.words().len());
    // A magnitude stands right after, with or without a blank: `1.2bn`, `12 тис.`
    let glued: String = chars[at..].iter().take_while(|c| c.is_alphabetic()).collect();
    let after = if glued.is_empty() { folded.word(next) } else { glued.clone() };
    let blank = folded.words().get(next).is_some_and(|(start, _)| *start <= at + 1);
    if let Some(factor) = magnitude(&after).filter(|_| !glued.is_empty() || blank) {
        value *= factor;
        end = if glued.is_empty() { folded.words().get(next)?.1 } else { at + glued.chars().count() };
        next = folded.words().iter().position(|(start, _)| *start >= end).unwrap_or(folded.words().len());
    } else if !glued.is_empty() {
        // `72B3`, `155mm`: a designator or a measure.
        return None;
    }
    let is_year = groups.len() == 1 && groups[0].1.len() == 4 && (1900.0..2100.0).contains(&value);
    Some(Figure { value, vague: None, from, to: end, first_word: word, next_word: next, is_year })
}

fn take_digits(chars: &[char], at: &mut usize) -> String {
    let digits: String = chars.get(*at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).collect();
    *at += digits.len();
    digits
}

/// Dates, times, shares, part marks and designators.
fn is_no_count(chars: &[char], from: usize, to: usize) -> bool {
    let before = |back: usize| from.checked_sub(back).and_then(|at| chars.get(at)).copied();
    let after = chars.get(to).copied();
    let is_designator = before(1) == Some('-') && before(2).is_some_and(char::is_alphabetic)
        || before(1) == Some('№')
        || before(1) == Some('#');
    let is_share = after == Some('%') || (after == Some(' ') && chars.get(to + 1) == Some(&'%'));
    let is_clock = |c: Option<char>| c == Some(':') || c == Some('/');
    // The tail of what was no figure as a whole, such as a date.
    let is_tail = matches!(before(1), Some('.' | ',')) && before(2).is_some_and(|c| c.is_ascii_digit());
    let joins_digit = |c: Option<char>, beyond: Option<char>| is_clock(c) && beyond.is_some_and(|c| c.is_ascii_digit());
    is_designator
        || is_tail
        || is_share
        || joins_digit(after, chars.get(to + 1).copied())
        || joins_digit(before(1), before(2))
}

fn value_of(groups: &[(Option<char>, String)], is_cyrillic: bool) -> Option<f64> {
    let [(_, whole), rest @ ..] = groups else { return None };
    let joined =
        |groups: &[(Option<char>, String)]| groups.iter().map(|(_, digits)| digits.as_str()).collect::<String>();
    let Some((last, decimals)) = rest.split_last() else { return whole.parse().ok() };
    let _ = decimals;
    let separators: Vec<char> = rest.iter().filter_map(|(separator, _)| *separator).collect();
    let same = separators.iter().all(|separator| Some(separator) == separators.first());
    let last_separator = last.0?;
    let is_decimal = match last_separator {
        ' ' | '\'' => false,
        // Three figures after a lone separator: English writes thousands with a comma, the others decimals.
        ',' if separators.len() == 1 && last.1.len() == 3 => is_cyrillic,
        '.' if separators.len() == 1 && last.1.len() == 3 => !is_cyrillic,
        // More than one of a kind are thousands; two of a kind with two figures, such as a date, are nothing.
        _ if separators.len() > 1 && same => false,
        _ => true,
    };
    let thousands = if is_decimal { &groups[..groups.len() - 1] } else { groups };
    if thousands.iter().skip(1).any(|(_, digits)| digits.len() != 3) {
        return None;
    }
    let text = if is_decimal { format!("{}.{}", joined(thousands), last.1) } else { joined(thousands) };
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn finish(folded: &Folded, figure: &Figure) -> Option<Found> {
    let follows = folded.word(figure.next_word);
    let is_measure = MEASURES.contains(&follows.as_str());
    if figure.is_year || is_measure {
        return None;
    }
    Some(bounded(folded, figure))
}

fn bounded(folded: &Folded, figure: &Figure) -> Found {
    let plus = folded.chars.get(figure.to) == Some(&'+');
    let sign = figure.from.checked_sub(1).and_then(|at| folded.chars.get(at)).is_some_and(|c| matches!(c, '~' | '≈'));
    let bound = match bound_ending_at(folded, figure.first_word) {
        _ if plus => Some(Bound::AtLeast),
        None if sign => Some(Bound::Approx),
        bound => bound,
    };
    let span = folded.in_text(figure.from, figure.to);
    Found { quantity: with_bound(figure.value, figure.vague, bound), span, figure: span }
}

/// A figure under a bound. Approximate is a tenth either way, just below a tenth less: conventions, printed with the value.
pub fn with_bound(value: f64, vague: Option<(f64, f64)>, bound: Option<Bound>) -> Quantity {
    if let Some((low, high)) = vague {
        return Quantity { value, low: Some(low), high: Some(high), bound: Bound::Vague };
    }
    let (low, high) = match bound {
        None | Some(Bound::Exact | Bound::Range | Bound::Vague) => return Quantity::exact(value),
        Some(Bound::AtLeast) => (Some(value), None),
        Some(Bound::AtMost) => (None, Some(value)),
        Some(Bound::JustBelow) => (Some(value * 0.9), Some(value)),
        Some(Bound::Approx) => (Some(value * 0.9), Some(value * 1.1)),
    };
    Quantity { value, low, high, bound: bound.unwrap_or(Bound::Exact) }
}

/// The bound whose words end right before a word.
fn bound_ending_at(folded: &Folded, word: usize) -> Option<Bound> {
    let text = |count: usize| -> Option<String> {
        let start = word.checked_sub(count)?;
        Some((start..word).map(|place| folded.word(place)).collect::<Vec<_>>().join(" "))
    };
    [3, 2, 1]
        .into_iter()
        .filter_map(text)
        .find_map(|text| BOUNDS.iter().find(|(name, _)| *name == text).map(|(_, bound)| *bound))
}

fn is_range_between(folded: &Folded, low: &Figure, high: &Figure) -> bool {
    let between: String = folded.chars.get(low.to..high.from).unwrap_or_default().iter().collect();
    low.value < high.value && matches!(between.trim(), "-" | "to" | "до" | "and" | "по")
}

fn range(folded: &Folded, low: &Figure, high: &Figure) -> Found {
    let span = folded.in_text(low.from, high.to);
    Found { quantity: Quantity::range(low.value, high.value), span, figure: span }
}

/// Phrases by which a source states that there was none.
const ZERO: [&str; 14] = [
    "no attacks",
    "no strikes",
    "no sorties",
    "no launches",
    "no assaults",
    "no combat",
    "none were",
    "were not recorded",
    "was not recorded",
    "не було",
    "не зафіксовано",
    "жодного",
    "жодної",
    "не зафиксировано",
];

/// Where a text states a zero in words, in characters.
pub fn stated_zero(text: &str) -> Option<(usize, usize)> {
    let folded = Folded::new(text);
    ZERO.iter()
        .find_map(|phrase| super::words::Phrase::new(phrase).and_then(|phrase| folded.find(&phrase)))
        .map(|(from, to)| folded.in_text(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(f64, Option<f64>, Option<f64>, Bound)]) {
        let found: Vec<_> = read(text)
            .into_iter()
            .map(|found| (found.quantity.value, found.quantity.low, found.quantity.high, found.quantity.bound))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    fn exact(value: f64) -> (f64, Option<f64>, Option<f64>, Bound) {
        (value, Some(value), Some(value), Bound::Exact)
    }

    #[test]
    fn separators_and_magnitudes() {
        check("9 412 sorties", &[exact(9412.0)]);
        check("9\u{202f}412 and 1,234,567", &[exact(9412.0), exact(1_234_567.0)]);
        check("1.2bn for 12 тис. людей, 3,5 млрд", &[exact(1.2e9), exact(12e3), exact(3.5e9)]);
        check("1'234 shells", &[exact(1234.0)]);
        check("1.234,5 km2 and 1,234.5", &[exact(1234.5), exact(1234.5)]);
    }

    #[test]
    fn words_and_vague_words() {
        check("сорок чотири атаки", &[exact(44.0)]);
        check("twenty two attacks, two hundred shells", &[exact(22.0), exact(200.0)]);
        check("several hundred drones", &[(500.0, Some(300.0), Some(900.0), Bound::Vague)]);
    }

    #[test]
    fn bounds() {
        check("over 1,500 sorties", &[(1500.0, Some(1500.0), None, Bound::AtLeast)]);
        check("понад 1 500 вильотів", &[(1500.0, Some(1500.0), None, Bound::AtLeast)]);
        check("up to 30 tanks", &[(30.0, None, Some(30.0), Bound::AtMost)]);
        check("майже 100", &[(100.0, Some(90.0), Some(100.0), Bound::JustBelow)]);
    }

    #[test]
    fn what_is_no_count() {
        for text in [
            "a T-72 at 22:00",
            "155 mm shells",
            "80 % done",
            "on 12 March",
            "in 2025",
            "part 2/2",
            "13.12.2025",
            "F-16s",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_captured_group_is_one_figure() {
        assert_eq!(read_captured("9 412").unwrap().quantity, Quantity::exact(9412.0));
        assert_eq!(read_captured("30–40").unwrap().quantity, Quantity::range(30.0, 40.0));
        assert_eq!(read_captured("3 of 4"), None);
        assert_eq!(read_captured(""), None);
    }
}
