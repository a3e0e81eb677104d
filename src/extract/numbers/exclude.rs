//! What has digits and is no figure: dates, times, designators, labels, parts of a series.

mod calendar;

use super::sentence::Comma;
use super::{digits, magnitude, unit};
use crate::extract::dates;
use crate::extract::text::fold::{is_apostrophe, is_hyphen};
use crate::extract::text::lex::Line;
use calendar::{day_of_list, decimal_date, time, year, years};

/// Why the digits are no figure, and the token behind what they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Excluded {
    pub(super) why: &'static str,
    pub(super) to: usize,
}

/// Why digits that go on with letters are no figure.
pub(super) const DESIGNATOR: &str = "a designator";

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
    "law",
    "week",
    "flight",
    "boeing",
    "airbus",
    "ak",
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

/// Says what the digits at a token are, if they are no figure.
pub(super) fn at(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let checks = [
        note,
        years,
        date,
        day_of_list,
        time,
        decimal_date,
        glued_before,
        part_marker,
        label,
        section,
        ordinal,
        glued_behind,
        factor,
        formation,
        year,
        list_number,
        angle,
    ];
    checks.into_iter().find_map(|check| check(line, index))
}

/// A date that begins at a token and has digits: at a word too, as `March 14, 2026` does.
pub(super) fn date(line: &Line<'_>, index: usize) -> Option<Excluded> {
    // No date with digits is longer than this; most words have no digits so near.
    if !line.has_digits(index, 16) {
        return None;
    }
    let parsed = dates::at(line, index).filter(|parsed| parsed.has_digits)?;
    Some(Excluded { why: "a date", to: parsed.to })
}

/// `3 штурмова бригада`, `12 Mechanized Brigade`: one formation, whose number it is; several would be `бригади`.
fn formation(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let is_one = line.digits(index).is_none_or(|digits| digits == "1");
    let mut at = line.skip_blank(index + 1);
    if let Some(name) = english_formation(line, at).or_else(|| inflected_formation(line, index)) {
        return Some(Excluded { why: "the number of a formation", to: name });
    }
    for _ in 0..4 {
        let word = line.word(at);
        if matches!(word, "бригада" | "армія" | "армия" | "дивізія" | "дивизия") {
            return (!is_one).then_some(Excluded { why: "the number of a formation", to: index + 1 });
        }
        // Adjectives of the same case and number.
        if !word.ends_with(['а', 'я']) {
            return None;
        }
        at = line.skip_blank(at + 1);
    }
    None
}

/// The token of `бригади` behind `47`: two, three and four brigades would be written alike.
fn inflected_formation(line: &Line<'_>, index: usize) -> Option<usize> {
    let digits = line.digits(index)?;
    let may_count = !digits.ends_with(['0', '5', '6', '7', '8', '9', '1']) && !matches!(digits, "12" | "13" | "14");
    let at = line.skip_blank(index + 1);
    let is_one = match line.word(at) {
        "корпусу" | "полку" | "батальйону" | "обрмп" | "омбр" | "ошбр" | "одшбр" => {
            true
        }
        "бригади" | "бригады" | "дивізії" | "дивизии" | "армії" | "армии" | "корпуса" | "полка" | "батальона" => {
            !may_count
        }
        _ => false,
    };
    is_one.then_some(at)
}

/// The token of `Brigade` behind words with capitals, from a token on.
fn english_formation(line: &Line<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    for _ in 0..4 {
        if !line.is_capital(at) {
            return None;
        }
        if matches!(line.word(at), "brigade" | "regiment" | "battalion" | "division" | "corps") {
            return Some(at);
        }
        at = line.skip_blank(at + 1);
    }
    None
}

/// `burning.[12]`: the number of a note.
fn note(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let is_bracketed =
        index.checked_sub(1).is_some_and(|before| line.mark(before) == Some('[')) && line.mark(index + 1) == Some(']');
    is_bracketed.then_some(Excluded { why: "the number of a note", to: index + 2 })
}

/// `F-16`, `M1A2`, `№5`, `H.R.815`, `report_12`: digits that go on with something before them.
fn glued_before(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let before = index.checked_sub(1)?;
    let excluded = |why| Some(Excluded { why, to: behind_designator(line, index + 1) });
    if line.is_word(before) {
        let is_currency = unit::prefix(line, before).is_some_and(|(_, at)| at == index);
        return (!is_currency).then_some(()).and_then(|()| excluded(DESIGNATOR));
    }
    let mark = line.mark(before)?;
    let word_before = before.checked_sub(1).is_some_and(|at| line.is_word(at));
    let digits_before = before.checked_sub(1).is_some_and(|at| line.digits(at).is_some());
    match mark {
        '№' | '#' | '§' => excluded("the number of a thing"),
        '_' | '@' | '&' | '=' if word_before || digits_before => excluded("a part of an address"),
        '/' | '\\' if word_before || digits_before => excluded("a part of an address or a series"),
        '.' if word_before => excluded("the number of a thing"),
        _ if word_before && (is_hyphen(mark) || mark == '\u{2013}') => excluded(DESIGNATOR),
        '"' | '»' | '”' if line.mark(before).is_some() && word_before => excluded(DESIGNATOR),
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
        // `12.5t-14.5t`: the decimals belong to it as well.
        let divides = matches!(line.mark(to), Some('.' | ',')) && line.digits(to + 1).is_some();
        let is_decimal = divides && to.checked_sub(1).is_some_and(|last| line.digits(last).is_some());
        let joined = is_decimal || line.mark(to).is_some_and(|mark| is_hyphen(mark) || mark == '/');
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
    let is_point = line.mark(before) == Some('.');
    let name = if is_point { before.checked_sub(1)? } else { before };
    // `H.R. 815`, `S. 2226`: single capitals before the point.
    let is_initial = is_point && line.is_capital(name) && line.word(name).chars().count() == 1;
    let is_sign = matches!(line.mark(before), Some('№' | '#' | '§'));
    if !is_sign && !is_initial && !is_label(line, name, is_point) {
        return None;
    }
    let to = behind_parentheses(line, behind_designator(line, figure_end(line, index)));
    Some(Excluded { why: "the number of a thing", to })
}

/// `no` without its point is mostly the word: `no 5` is written `No. 5` or `No 5`.
fn is_label(line: &Line<'_>, name: usize, has_point: bool) -> bool {
    let word = line.word(name);
    let is_short = matches!(word, "no" | "art" | "act" | "order" | "part" | "item" | "unit" | "stage" | "day" | "week");
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
        || is_case_ending(line.digits(index).unwrap_or_default(), word)
        || magnitude::power_of(word).is_some()
        || unit::after(line, end).is_some();
    (!is_figure).then(|| Excluded { why: "a part of a word", to: behind_designator(line, end) })
}

/// `137-ма дронами`, `12-ть ракет`, `3-х`: the end of the numeral in its case, where an ordinal has `-та`, `-й`, `-го`.
fn is_case_ending(digits: &str, ending: &str) -> bool {
    match ending {
        "ма" | "ьма" | "ома" | "ть" | "ти" | "ми" => true,
        "х" | "ох" => matches!(digits, "2" | "3" | "4"),
        _ => false,
    }
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
    // `2x Iskander-M` are two; `3x more` is none.
    let is_times = matches!(line.word(end), "x" | "х") && line.is_blank(end + 1) && line.is_capital(end + 2);
    if !line.is_word(end) || is_times {
        return None;
    }
    let is_known = magnitude::after(line, end, true).is_some() || unit::after(line, end).is_some();
    let is_single = line.digits(end + 1).is_none() || matches!(line.word(end), "km" | "км");
    (!is_known || !is_single).then(|| Excluded { why: DESIGNATOR, to: behind_designator(line, end) })
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
