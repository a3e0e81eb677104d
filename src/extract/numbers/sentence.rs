//! The walk through a text: what each stretch of it is, in order.

use std::ops::Range;

use super::measure::{self, Measure, Numeral};
use super::{Found, Reading, begin, bound, exclude, range, zero};
use crate::extract::text::fold::is_hyphen;
use crate::extract::text::lex::{Line, lines};
use crate::model::quantity::Quantity;

/// What one comma between a digit and three more does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comma {
    /// It groups thousands, as in English.
    Groups,
    /// It begins the decimals, as in Ukrainian, Russian and German.
    Divides,
}

/// One figure, or what looked like one, in bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spot {
    pub(crate) reading: Reading,
    pub(crate) of: Option<f64>,
    pub(crate) unit: Option<String>,
    /// With bound, currency and unit.
    pub(crate) range: Range<usize>,
    /// Digits or number words alone.
    pub(crate) core: Range<usize>,
}

/// Languages of Europe in which a comma begins the decimals; of an unknown one nothing follows.
const DIVIDING: [&str; 28] = [
    "uk", "ru", "be", "bg", "mk", "sr", "hr", "bs", "sl", "cs", "sk", "pl", "de", "nl", "fr", "es", "it", "pt", "ro",
    "hu", "sv", "no", "nb", "da", "fi", "el", "tr", "lt",
];

/// Words of which nearly every sentence in English has one, and none in German.
const ENGLISH: [&str; 10] = [" the ", " of ", " and ", " to ", " for ", " said ", " says ", " were ", " has ", "The "];

impl Comma {
    /// By the letters of a text, else by the language tag of its item.
    pub(crate) fn of(text: &str, language: Option<&str>) -> Self {
        let (mut latin, mut cyrillic, mut has_umlaut) = (0_usize, 0_usize, false);
        for c in text.chars() {
            match c {
                'a'..='z' | 'A'..='Z' => latin += 1,
                '\0'..='\x7f' => continue,
                'ä' | 'ö' | 'ü' | 'ß' => (latin, has_umlaut) = (latin + 1, true),
                '\u{400}'..='\u{52f}' if c.is_alphabetic() => cyrillic += 1,
                _ if c.is_alphabetic() => latin += 1,
                _ => continue,
            }
            if latin + cyrillic == 2_000 {
                break;
            }
        }
        let tag = language.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        let divides = DIVIDING.iter().any(|known| tag.eq_ignore_ascii_case(known));
        // English names German places; where it speaks it is English all the same.
        let is_foreign = has_umlaut && !ENGLISH.iter().any(|word| text.contains(word));
        let german = ["Mrd", "Mio", "Milliarde", "Millionen"];
        let is_german = text.match_indices('M').any(|(at, _)| german.iter().any(|word| text[at..].starts_with(word)));
        if cyrillic > latin || is_foreign || is_german || divides { Self::Divides } else { Self::Groups }
    }
}

impl Spot {
    /// The public form, with its span in characters.
    pub(super) fn found(self, text: &str, span: (usize, usize)) -> Found {
        let shown = text.get(self.range.clone()).unwrap_or_default().to_owned();
        Found { reading: self.reading, of: self.of, unit: self.unit, span, text: shown }
    }
}

/// Reads every figure of a text.
pub(crate) fn scan(text: &str, comma: Comma) -> Vec<Spot> {
    let mut spots = Vec::new();
    for (offset, text) in lines(text) {
        let line = Line::new(text);
        let mut index = 0;
        while index < line.len() {
            let Some((mut spot, to)) = spot_at(&line, index, comma) else {
                index += 1;
                continue;
            };
            spot.range = offset + spot.range.start..offset + spot.range.end;
            spot.core = offset + spot.core.start..offset + spot.core.end;
            // A bound before the figure may reach into nothing that was read already.
            let end = spots.last().map_or(0, |last: &Spot| last.range.end);
            spot.range.start = spot.range.start.max(end);
            spots.push(spot);
            index = to.max(index + 1);
        }
    }
    spots
}

fn spot_at(line: &Line<'_>, index: usize, comma: Comma) -> Option<(Spot, usize)> {
    if begin::may_begin(line, index) { any_spot_at(line, index, comma) } else { None }
}

/// What begins at a token, whatever token that is.
pub(super) fn any_spot_at(line: &Line<'_>, index: usize, comma: Comma) -> Option<(Spot, usize)> {
    if line.is_blank(index) || zero::is_phrase(line, index) {
        return None;
    }
    if let Some(zero) = zero::at(line, index) {
        return Some((spot(line, zero.reading, (zero.from, zero.to), (zero.from, zero.to)), zero.to));
    }
    let excluded = if line.digits(index).is_some() { exclude::at(line, index) } else { exclude::date(line, index) };
    if let Some(excluded) = excluded {
        let tokens = (index, excluded.to);
        return Some((spot(line, Reading::other(excluded.why), tokens, tokens), excluded.to));
    }
    if matches!(line.mark(index), Some('+' | '-' | '\u{2212}'))
        && line.digits(index + 1).is_some()
        && exclude::at(line, index + 1).is_some()
    {
        // The sign before what is no figure: `-12 March`, `-5°`.
        return None;
    }
    let measure = measure::read(line, index, comma)?;
    if let Some((reading, to)) = signed(line, &measure) {
        return Some((spot(line, reading, (index, to), (measure.core.0, to)), to));
    }
    figure(line, &measure, comma)
}

/// A figure with its range, its whole and its bound.
fn figure(line: &Line<'_>, measure: &Measure, comma: Comma) -> Option<(Spot, usize)> {
    if let Some(trouble) = measure.trouble() {
        return Some((spot(line, trouble, (measure.from, measure.to), measure.core), measure.to));
    }
    if let Some(unclear) = of_a_fraction(line, measure, comma) {
        return Some(unclear);
    }
    if is_none_of(line, measure) {
        return Some((
            spot(line, Reading::unclear("none of them"), (measure.from, measure.to), measure.core),
            measure.to,
        ));
    }
    if let Some(span) = range::after(line, measure, comma) {
        // `at least 5-7` is open above, and `from` announces no bound.
        let bound = bound::before(line, measure.from).filter(|_| span.from == measure.from);
        let from = bound.map_or(span.from, |(_, from)| from);
        let reading = match (span.reading, bound) {
            (Reading::Value(range), Some((bound, _))) => Reading::Value(bound::open(range, bound)),
            (reading, _) => reading,
        };
        let mut found = spot(line, reading, (from, span.to), (measure.core.0, span.core_to));
        found.unit = span.unit;
        return Some((found, span.to));
    }
    if let Some((whole, to)) = whole_behind(line, measure, comma) {
        // `at least 30 of 45`.
        let bound = bound::before(line, measure.from);
        let quantity = bound.map_or(measure.quantity(), |(bound, _)| bound::apply(measure.quantity(), bound));
        let from = bound.map_or(measure.from, |(_, from)| from);
        let mut found = spot(line, value(quantity), (from, to), (measure.core.0, to));
        found.of = Some(whole);
        return Some((found, to));
    }
    if let Some(to) = share(line, measure, comma) {
        let reading = Reading::other("a share: so many in so many");
        return Some((spot(line, reading, (measure.from, to), (measure.core.0, to)), to));
    }
    if let Some(why) = part_of_phrase(line, measure) {
        return why
            .map(|why| (spot(line, Reading::unclear(why), (measure.from, measure.to), measure.core), measure.to));
    }
    Some(bounded(line, measure))
}

/// What a figure is the fraction of, `three quarters of a million`, and decimals in words, `five point two billion`:
/// neither part is a figure of its own.
fn of_a_fraction(line: &Line<'_>, measure: &Measure, comma: Comma) -> Option<(Spot, usize)> {
    let unclear =
        |why: &str, to: usize| Some((spot(line, Reading::unclear(why), (measure.from, to), (measure.core.0, to)), to));
    let mut of = line.before(measure.from);
    if of.is_some_and(|the| line.word(the) == "the") {
        of = of.and_then(|the| line.before(the));
    }
    let of = of.filter(|of| line.word(*of) == "of");
    let fraction = of.and_then(|of| line.before(of)).map_or("", |fraction| line.word(fraction));
    if matches!(fraction, "quarter" | "quarters" | "third" | "thirds" | "fifth" | "fifths" | "tenth" | "tenths") {
        return unclear("a fraction of it", measure.to);
    }
    let point = line.skip_blank(measure.to);
    let is_in_words = matches!(measure.numeral, Numeral::Words { .. }) && line.is_word(measure.core.0);
    if is_in_words && line.word(point) == "point" {
        let decimals = measure::read(line, line.skip_blank(point + 1), comma)?;
        return unclear("decimals in words", decimals.to);
    }
    None
}

/// Whether a figure is how many there are of which it is none: `none of the 12`, `not one of the 12`, `жоден із 12`.
fn is_none_of(line: &Line<'_>, measure: &Measure) -> bool {
    let word = |at: Option<usize>| at.map_or("", |at| line.word(at));
    let mut at = line.before(measure.from);
    if word(at) == "the" {
        at = at.and_then(|the| line.before(the));
    }
    let before = at.and_then(|link| line.before(link));
    let second = word(before.and_then(|one| line.before(one)));
    match (word(at), word(before)) {
        ("of", "none" | "neither") | ("з" | "із" | "зі" | "из", "жоден" | "жодна" | "жодне" | "жодного" | "жодної") => {
            true
        }
        ("of", "one") => second == "not",
        ("з" | "із" | "зі" | "из", "один" | "одна" | "одного" | "одной") => {
            matches!(second, "ни" | "ні")
        }
        ("not" | "ни" | "ні", _) => {
            let is_one = matches!(measure.numeral, Numeral::Words { value, .. } if value == 1.0) && measure.power == 0;
            is_one && matches!(line.word(line.skip_blank(measure.to)), "of" | "з" | "із" | "зі" | "из")
        }
        _ => false,
    }
}

fn bounded(line: &Line<'_>, measure: &Measure) -> (Spot, usize) {
    let before = bound::before(line, measure.from);
    let after = bound::after(line, measure.to);
    let quantity = measure.quantity();
    let quantity = match (before, after) {
        (Some((bound, _)), _) | (None, Some((bound, _))) => bound::apply(quantity, bound),
        (None, None) => quantity,
    };
    let from = before.map_or(measure.from, |(_, from)| from);
    let to = after.map_or(measure.to, |(_, to)| to);
    let is_share = measure.unit_name().as_deref() == Some("%");
    let reading = if is_share { Reading::Value(quantity) } else { value(quantity) };
    let mut found = spot(line, reading, (from, to), measure.core);
    found.unit = measure.unit_name();
    (found, to)
}

fn value(quantity: Quantity) -> Reading {
    if quantity == Quantity::exact(0.0) { Reading::StatedZero } else { Reading::Value(quantity) }
}

/// In `5 of 6` the 6, and the token behind it.
fn whole_behind(line: &Line<'_>, part: &Measure, comma: Comma) -> Option<(f64, usize)> {
    let link = line.skip_blank(part.to);
    let mut next = line.skip_blank(link + 1);
    match line.word(link) {
        "out" if line.word(next) == "of" => next = line.skip_blank(next + 1),
        "of" | "з" | "із" | "зі" | "из" => {}
        _ => return None,
    }
    if line.word(next) == "the" {
        next = line.skip_blank(next + 1);
    }
    if line.digits(next).is_some() && exclude::at(line, next).is_some() {
        return None;
    }
    let whole = measure::read(line, next, comma)?;
    let is_plain = |measure: &Measure| measure.power == 0 && !matches!(measure.numeral, Numeral::Vague(_));
    let (part_value, whole_value) = (part.quantity().value, whole.quantity().value);
    (is_plain(part) && is_plain(&whole) && part_value <= whole_value).then_some((whole_value, whole.to))
}

/// The token behind `one in five drones`, where neither figure is how many there were.
fn share(line: &Line<'_>, part: &Measure, comma: Comma) -> Option<usize> {
    let link = line.skip_blank(part.to);
    let next = line.skip_blank(link + 1);
    let whole = (line.word(link) == "in").then(|| measure::read(line, next, comma)).flatten()?;
    let is_plain = whole.unit.is_none() && part.unit.is_none();
    (is_plain && (2.0..=10.0).contains(&whole.quantity().value)).then_some(whole.to)
}

/// Number words that are part of another phrase: `one of the`, `two-thirds`, `two-day`. Inner `None`: say nothing.
fn part_of_phrase(line: &Line<'_>, measure: &Measure) -> Option<Option<String>> {
    let Numeral::Words { value, .. } = &measure.numeral else { return None };
    let hyphen = line.mark(measure.to).is_some_and(is_hyphen);
    let next = if hyphen { measure.to + 1 } else { line.skip_blank(measure.to) };
    let word = line.word(next);
    let fractions = ["third", "quarter", "fifth", "tenth", "третин", "трет", "чверт", "четверт", "десятих", "десятых"];
    if line.is_word(measure.core.0) && fractions.iter().any(|stem| word.starts_with(stem)) {
        return Some(Some("a fraction".to_owned()));
    }
    // `forty-seventh`, but five first responders are five.
    if line.is_word(measure.core.0) && *value >= 20.0 && *value % 10.0 == 0.0 && is_ordinal(word) {
        return Some(Some("an ordinal".to_owned()));
    }
    if hyphen && line.is_word(next) {
        return Some(Some("a part of a word".to_owned()));
    }
    let is_fraction_of = line.before(measure.from).is_some_and(|before| line.word(before) == "of")
        && line.between(0, measure.from).trim_end().to_lowercase().ends_with("quarter of");
    if is_fraction_of {
        return Some(Some("a fraction".to_owned()));
    }
    let before = line.before(measure.from).map_or("", |before| line.word(before));
    // `twice as many`, `в два рази більше`: how often one thing is in another.
    let is_as = word == "as" && matches!(line.word(measure.core.0), "twice" | "thrice");
    let preposition = line.before(measure.from).map_or("", |before| line.word(before));
    if is_as || (word.starts_with("раз") && matches!(preposition, "у" | "в")) {
        return Some(Some("a factor".to_owned()));
    }
    let is_pronoun = *value == 1.0
        && measure.power == 0
        && line.is_word(measure.core.0)
        && (matches!(word, "of" | "another" | "з" | "із" | "зі" | "из" | "одного" | "одному" | "")
            || matches!(before, "no" | "the" | "this" | "that" | "every" | "each" | "any"));
    is_pronoun.then_some(None)
}

/// `first`, `п'ята`, `седьмого`: with the tens before it one ordinal.
fn is_ordinal(word: &str) -> bool {
    let english = ["first", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    let stems = [
        "перш",
        "перв",
        "друг",
        "втор",
        "трет",
        "четверт",
        "п'ят",
        "пят",
        "шост",
        "шест",
        "сьом",
        "седьм",
        "восьм",
        "дев'ят",
        "девят",
    ];
    let endings = [
        "ий", "ый", "ой", "а", "я", "е", "є", "ое", "ого", "ої", "ому", "у", "ю", "ій", "ою", "ую", "им", "ым", "ом",
        "их", "ых", "ая", "ья", "ье", "ьего", "ьей", "ью", "ього", "ьої", "ьому",
    ];
    english.contains(&word)
        || stems.iter().filter_map(|stem| word.strip_prefix(stem)).any(|ending| endings.contains(&ending))
}

/// A sign that is no sign: the bullet of a list or a dash, the plus of a telephone number.
fn signed(line: &Line<'_>, measure: &Measure) -> Option<(Reading, usize)> {
    let next = line.skip_blank(measure.to);
    if line.mark(measure.core.0) == Some('+') && next > measure.to && line.digits(next).is_some() {
        let mut to = next + 1;
        while line.digits(line.skip_blank(to)).is_some() {
            to = line.skip_blank(to) + 1;
        }
        return Some((Reading::other("a telephone number"), to));
    }
    let word = line.before(measure.from).map_or("", |before| line.word(before));
    if matches!(word, "minus" | "мінус" | "минус") {
        return Some((Reading::unclear("a sign in words"), measure.to));
    }
    let is_bullet = line.mark(measure.core.0) == Some('-')
        && line.before(measure.core.0).is_none()
        && measure.unit.is_none()
        && line.is_word(next);
    is_bullet.then(|| (Reading::unclear("the `-` can be a minus or the mark of a list"), measure.to))
}

fn spot(line: &Line<'_>, reading: Reading, tokens: (usize, usize), core: (usize, usize)) -> Spot {
    let (from, to) = line.bytes(tokens.0, tokens.1);
    let (core_from, core_to) = line.bytes(core.0, core.1);
    Spot { reading, of: None, unit: None, range: from..to, core: core_from..core_to }
}
