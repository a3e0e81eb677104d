//! Figures of the calendar and the clock that are written without a month's name.

use super::{Excluded, figure_end};
use crate::extract::dates;
use crate::extract::numbers::{bound, magnitude, unit};
use crate::extract::text::fold::is_dash;
use crate::extract::text::lex::Line;

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

/// `22:00`, `до 18.00`, `9 am`.
pub(super) fn time(line: &Line<'_>, index: usize) -> Option<Excluded> {
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
pub(super) fn decimal_date(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let part = |at: usize| line.digits(at).filter(|digits| digits.len() == 2)?.parse::<u32>().ok();
    let day = part(index).filter(|_| line.mark(index + 1) == Some('.'))?;
    let month = part(index + 2).filter(|month| (1..=12).contains(month) && (1..=31).contains(&day))?;
    let is_measured = magnitude::after(line, index + 3, false).is_some() || unit::after(line, index + 3).is_some();
    let is_longer = matches!(line.mark(index + 3), Some('.' | ',')) && line.digits(index + 4).is_some();
    (month > 0 && !is_measured && !is_longer).then_some(Excluded { why: "a date, or could be one", to: index + 3 })
}

/// `2026-2027`, with nothing behind that they could count.
pub(super) fn years(line: &Line<'_>, index: usize) -> Option<Excluded> {
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
pub(super) fn year(line: &Line<'_>, index: usize) -> Option<Excluded> {
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
        || bound::before(line, index).is_some();
    if counts || is_announced { None } else { excluded }
}
