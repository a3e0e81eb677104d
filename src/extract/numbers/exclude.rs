//! What has digits and is no figure: dates, times, designators, labels, parts of a series.

use super::sentence::Comma;
use super::{digits, magnitude, unit};
use crate::extract::dates;
use crate::extract::text::fold::{is_apostrophe, is_dash, is_hyphen};
use crate::extract::text::lex::Line;

/// Why the digits are no figure, and the token behind what they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Excluded {
    pub(super) why: &'static str,
    pub(super) to: usize,
}

/// Words before the number of a thing that has one.
const LABELS: &[&str] = &[
    "section",
    "sections",
    "sec",
    "article",
    "articles",
    "art",
    "chapter",
    "bill",
    "act",
    "resolution",
    "resolutions",
    "no",
    "nr",
    "number",
    "paragraph",
    "para",
    "page",
    "pages",
    "part",
    "volume",
    "vol",
    "figure",
    "fig",
    "table",
    "order",
    "route",
    "highway",
    "hill",
    "grid",
    "channel",
    "message",
    "version",
    "phase",
    "stage",
    "unit",
    "caliber",
    "calibre",
    "day",
    "annex",
    "appendix",
    "item",
    "directive",
    "leopard",
    "leclerc",
    "challenger",
    "shahed",
    "geran",
    "stryker",
    "gripen",
    "шахед",
    "герань",
    "стаття",
    "статті",
    "статья",
    "статьи",
    "ст",
    "розділ",
    "раздел",
    "пункт",
    "пункту",
    "наказ",
    "приказ",
    "закон",
    "висота",
    "высота",
    "траса",
    "трасса",
    "калібр",
    "калібру",
    "калибр",
    "калибра",
    "том",
    "частина",
    "часть",
    "етап",
    "этап",
];

/// Prepositions before a time of day that is written with a point.
const BEFORE_TIMES: &[&str] = &[
    "at",
    "by",
    "until",
    "till",
    "from",
    "to",
    "since",
    "on",
    "на",
    "о",
    "об",
    "до",
    "з",
    "із",
    "с",
    "со",
    "в",
    "у",
    "к",
    "від",
    "от",
    "після",
    "после",
];

/// Prepositions before a year.
const BEFORE_YEARS: &[&str] =
    &["in", "since", "until", "till", "during", "by", "from", "after", "before", "у", "в", "з", "із", "с", "після"];

/// Says what the digits at a token are, if they are no figure.
pub(super) fn at(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let checks = [
        date,
        time,
        decimal_date,
        glued_before,
        part_marker,
        label,
        section,
        ordinal,
        glued_behind,
        factor,
        years,
        year,
        list_number,
        angle,
    ];
    checks.into_iter().find_map(|check| check(line, index))
}

/// A date that begins at a token and has digits: at a word too, as `March 14, 2026` does.
pub(super) fn date(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let parsed = dates::at(line, index).filter(|parsed| parsed.has_digits)?;
    Some(Excluded { why: "a date", to: parsed.to })
}

fn time(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let excluded = |to| Some(Excluded { why: "a time of day or a ratio", to });
    let hour: u32 = line.digits(index).filter(|digits| digits.len() <= 2)?.parse().ok()?;
    if line.mark(index + 1) == Some(':') && line.digits(index + 2).is_some() {
        let mut to = index + 3;
        while line.mark(to) == Some(':') && line.digits(to + 1).is_some() {
            to += 2;
        }
        return excluded(to);
    }
    if let Some(to) = hour_with_word(line, index) {
        return excluded(to);
    }
    let minutes = line.digits(index + 2).filter(|digits| digits.len() == 2 && line.mark(index + 1) == Some('.'))?;
    let is_time = hour < 25 && minutes.parse::<u32>().is_ok_and(|minutes| minutes < 60);
    let is_scaled = magnitude::after(line, index + 3, false).is_some()
        || unit::after(line, index + 3).is_some_and(|at| !matches!(at.unit, unit::Unit::Duration(_)));
    let has_preposition = line.before(index).is_some_and(|before| BEFORE_TIMES.contains(&line.word(before)));
    (is_time && has_preposition && !is_scaled).then_some(()).and_then(|()| excluded(index + 3))
}

/// `9 am`, `5 p.m.`, `о 22 годині`.
fn hour_with_word(line: &Line<'_>, index: usize) -> Option<usize> {
    let next = line.skip_blank(index + 1);
    let word = line.word(next);
    if matches!(word, "am" | "pm" | "o'clock") {
        return Some(next + 1);
    }
    let is_dotted = matches!(word, "a" | "p") && line.mark(next + 1) == Some('.') && line.word(next + 2) == "m";
    if is_dotted {
        return Some(next + 3);
    }
    let at = line.before(index).is_some_and(|before| matches!(line.word(before), "о" | "об"));
    (at && word.starts_with("год")).then_some(next + 1)
}

/// `24.02`: a day and month as well as a figure.
fn decimal_date(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let part = |at: usize| line.digits(at).filter(|digits| digits.len() == 2)?.parse::<u32>().ok();
    let day = part(index).filter(|_| line.mark(index + 1) == Some('.'))?;
    let month = part(index + 2).filter(|month| (1..=12).contains(month) && (1..=31).contains(&day))?;
    let is_measured = magnitude::after(line, index + 3, false).is_some() || unit::after(line, index + 3).is_some();
    let is_longer = matches!(line.mark(index + 3), Some('.' | ',')) && line.digits(index + 4).is_some();
    (month > 0 && !is_measured && !is_longer).then_some(Excluded { why: "a date, or could be one", to: index + 3 })
}

/// `F-16`, `M1A2`, `№5`, `H.R.815`, `report_12`: digits that go on with something before them.
fn glued_before(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let before = index.checked_sub(1)?;
    let excluded = |why| Some(Excluded { why, to: behind_designator(line, index + 1) });
    if line.is_word(before) {
        let is_currency = unit::prefix(line, before).is_some_and(|(_, at)| at == index);
        return (!is_currency).then_some(()).and_then(|()| excluded("a designator"));
    }
    let mark = line.mark(before)?;
    let word_before = before.checked_sub(1).is_some_and(|at| line.is_word(at));
    let digits_before = before.checked_sub(1).is_some_and(|at| line.digits(at).is_some());
    match mark {
        '№' | '#' | '§' => excluded("the number of a thing"),
        '_' | '@' | '&' | '=' if word_before || digits_before => excluded("a part of an address"),
        '/' | '\\' if word_before || digits_before => excluded("a part of an address or a series"),
        '.' if word_before => excluded("the number of a thing"),
        _ if word_before && (is_hyphen(mark) || mark == '\u{2013}') => excluded("a designator"),
        '"' | '»' | '”' if line.mark(before).is_some() && word_before => excluded("a designator"),
        '.' if !digits_before => excluded("a part of a number"),
        _ if is_apostrophe(mark) && line.digits(index).is_some_and(|digits| digits.len() == 2) => {
            let is_quoted = line.mark(index + 1).is_some_and(is_apostrophe);
            (!is_quoted).then_some(()).and_then(|()| excluded("a year"))
        }
        // A fraction such as ½ that the lexer does not join.
        _ if mark.is_numeric() => excluded("a part of a number"),
        _ => None,
    }
}

/// Behind the letters, digits and hyphens that go on with a designator: `M1A2`, `Х-59/69`, `Т-72Б3`.
fn behind_designator(line: &Line<'_>, from: usize) -> usize {
    let mut to = from;
    loop {
        let joined = line.mark(to).is_some_and(|mark| is_hyphen(mark) || mark == '/');
        let at = if joined { to + 1 } else { to };
        if !line.is_word(at) && line.digits(at).is_none() {
            return to;
        }
        to = at + 1;
    }
}

/// `2/2`, `(1\2)`, `24/7`.
fn part_marker(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let is_slash = matches!(line.mark(index + 1), Some('/' | '\\'));
    (is_slash && line.digits(index + 2).is_some())
        .then_some(Excluded { why: "a part of a series or a fraction", to: index + 3 })
}

fn label(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let before = line.before(index)?;
    let to = behind_parentheses(line, behind_designator(line, figure_end(line, index)));
    let excluded = Some(Excluded { why: "the number of a thing", to });
    if matches!(line.mark(before), Some('№' | '#' | '§')) {
        return excluded;
    }
    let is_point = line.mark(before) == Some('.');
    let name = if is_point { before.checked_sub(1)? } else { before };
    // `H.R. 815`, `S. 2226`: single capitals before the point.
    let is_initial = is_point && line.is_capital(name) && line.word(name).chars().count() == 1;
    (is_initial || is_label(line, name, is_point)).then_some(()).and(excluded)
}

/// `no` without its point is mostly the word: `no 5` is written `No. 5` or `No 5`.
fn is_label(line: &Line<'_>, name: usize, has_point: bool) -> bool {
    let word = line.word(name);
    let is_short = matches!(word, "no" | "art" | "act" | "order" | "part" | "item" | "unit" | "stage" | "day");
    LABELS.contains(&word)
        && (has_point || !is_short || line.is_capital(name) || line.mark(name + 2).is_some())
        && (!has_point || word.chars().count() <= 4)
}

/// `506(a)(1)`.
fn section(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let to = behind_parentheses(line, index + 1);
    let is_letter = line.word(index + 2).chars().count() == 1;
    (to > index + 1 && is_letter).then_some(Excluded { why: "the number of a section", to })
}

fn behind_parentheses(line: &Line<'_>, from: usize) -> usize {
    let mut to = from;
    while line.mark(to) == Some('(') && line.mark(to + 2) == Some(')') && !line.is_blank(to + 1) {
        to += 3;
    }
    to
}

/// `47th`, `112-та`, `10-kilometre`: digits that are the beginning of a word.
fn ordinal(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let end = figure_end(line, index);
    if matches!(line.word(end), "st" | "nd" | "rd" | "th") {
        return Some(Excluded { why: "an ordinal", to: end + 1 });
    }
    let word = line.mark(end).filter(|mark| is_hyphen(*mark)).map(|_| line.word(end + 1))?;
    let is_figure = word.is_empty()
        || matches!(word, "plus" | "odd")
        || magnitude::power_of(word).is_some()
        || unit::after(line, end).is_some();
    (!is_figure).then_some(Excluded { why: "a part of a word", to: behind_designator(line, end) })
}

/// `3М22`, `4x4`, `22°`: letters that are neither magnitude nor unit directly behind digits.
fn glued_behind(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let end = figure_end(line, index);
    if line.mark(end).is_some_and(char::is_numeric) {
        return Some(Excluded { why: "a part of a number", to: end + 1 });
    }
    if matches!(line.mark(end), Some('^' | '×')) && line.digits(end + 1).is_some() {
        return Some(Excluded { why: "a part of a formula", to: end + 2 });
    }
    if !line.is_word(end) {
        return None;
    }
    let is_known = magnitude::after(line, end, true).is_some() || unit::after(line, end).is_some();
    let is_single = line.digits(end + 1).is_none() || matches!(line.word(end), "km" | "км");
    (!is_known || !is_single).then_some(Excluded { why: "a designator", to: behind_designator(line, end) })
}

/// The token behind the digits and separators at a token.
fn figure_end(line: &Line<'_>, index: usize) -> usize {
    digits::read(line, index, Comma::Groups, |_| false).map_or(index + 1, |digits| digits.to)
}

/// `у 3 рази більше`, `3 times more`: how often something is contained, not how often it was.
fn factor(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let end = figure_end(line, index);
    let next = line.skip_blank(end);
    let behind = line.word(line.skip_blank(next + 1));
    let is_english = line.word(next) == "times"
        && matches!(behind, "more" | "less" | "fewer" | "higher" | "lower" | "larger" | "greater" | "as" | "the");
    let preposition = line.before(index).is_some_and(|before| matches!(line.word(before), "у" | "в"));
    let is_cyrillic = preposition && line.word(next).starts_with("раз");
    (is_english || is_cyrillic).then_some(Excluded { why: "a factor", to: next + 1 })
}

/// `2026-2027`, with nothing behind that they could count.
fn years(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let dash = line.skip_blank(index + 1);
    let second = line.skip_blank(dash + 1);
    let is_range = line.mark(dash).is_some_and(is_dash) && year_like(line, index) && year_like(line, second);
    let next = line.skip_blank(second + 1);
    let is_named = dates::is_year_word(line.word(next))
        || matches!(line.word(next), "роки" | "років" | "роках" | "годы" | "годов" | "годах" | "years");
    (is_range && (is_named || !line.is_word(next))).then_some(Excluded { why: "years", to: second + 1 })
}

fn year_like(line: &Line<'_>, index: usize) -> bool {
    let year = line.digits(index).filter(|digits| digits.len() == 4).and_then(|digits| digits.parse::<u32>().ok());
    year.is_some_and(|year| (1900..=2100).contains(&year)) && figure_end(line, index) == index + 1
}

/// Four digits that a reader takes for a year: behind `in`, or with nothing behind that they could count.
fn year(line: &Line<'_>, index: usize) -> Option<Excluded> {
    if !year_like(line, index) {
        return None;
    }
    let excluded = Some(Excluded { why: "a year, or could be one", to: index + 1 });
    let before = line.before(index);
    let preposition = before.map_or("", |before| line.word(before));
    if BEFORE_YEARS.contains(&preposition) {
        return excluded;
    }
    let is_measured = magnitude::after(line, index + 1, false).is_some() || unit::after(line, index + 1).is_some();
    let next = line.skip_blank(index + 1);
    let is_joined = line.mark(next).is_some_and(|mark| is_dash(mark) || mark == '+');
    let counts = line.is_word(next) || is_measured || is_joined;
    let is_announced = before.is_some_and(|at| matches!(line.mark(at), Some(':' | '=' | '$' | '€' | '£' | '~' | '≈')))
        || unit::prefix(line, index.saturating_sub(1)).is_some()
        || super::bound::before(line, index).is_some();
    if counts || is_announced { None } else { excluded }
}

/// `1. text`, `2) text` at the beginning of a line.
fn list_number(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let is_first = line.before(index).is_none();
    let is_short = line.digits(index).is_some_and(|digits| digits.len() <= 2);
    let is_marked =
        matches!(line.mark(index + 1), Some('.' | ')')) && line.is_blank(index + 2) && index + 3 < line.len();
    (is_first && is_short && is_marked).then_some(Excluded { why: "the number of a list", to: index + 2 })
}

/// Degrees, with their minutes and seconds, and decimal degrees with a hemisphere.
fn angle(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let end = figure_end(line, index);
    let hemisphere = line.skip_blank(end);
    let is_hemisphere = matches!(line.raw(hemisphere), "N" | "E" | "S" | "W") && end > index + 1;
    if !is_hemisphere && line.mark(end) != Some('°') {
        return None;
    }
    let mut to = end + 1;
    while line.digits(line.skip_blank(to)).is_some()
        && line.mark(line.skip_blank(to) + 1).is_some_and(|mark| is_apostrophe(mark) || matches!(mark, '"' | '″' | '”'))
    {
        to = line.skip_blank(to) + 2;
    }
    Some(Excluded { why: "an angle", to })
}
