//! Figures of the calendar and the clock that are written without a month's name.

use super::{Excluded, figure_end};
use crate::extract::dates;
use crate::extract::numbers::{bound, magnitude, unit, zero};
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
const BEFORE_YEARS: &[&str] = &[
    "in",
    "since",
    "until",
    "till",
    "during",
    "by",
    "from",
    "after",
    "before",
    "between",
    "у",
    "в",
    "з",
    "із",
    "с",
    "після",
    "між",
    "между",
];

/// `22:00`, `до 18.00`, `9 am`.
pub(super) fn time(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let excluded = |to| Some(Excluded { why: "a time of day or a ratio", to });
    if let Some(to) = military_time(line, index) {
        return excluded(to);
    }
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

/// The days before the last of some: `12, 13 and 14 March`, `у ніч з 12 на 13 березня`; and after it: `March 12 and 13`.
pub(super) fn day_of_list(line: &Line<'_>, index: usize) -> Option<Excluded> {
    let is_day = |at: usize| {
        let day = line.digits(at).filter(|digits| digits.len() <= 2).and_then(|digits| digits.parse::<u32>().ok());
        day.is_some_and(|day| (1..=31).contains(&day))
    };
    let excluded = Some(Excluded { why: "a day of a date", to: index + 1 });
    let mut at = index;
    for _ in 0..4 {
        let link = line.skip_blank(at + 1);
        let next = line.skip_blank(link + 1);
        let is_linked =
            is_and(line, link) || matches!(line.word(link), "to" | "на" | "до" | "по") || line.mark(link) == Some(',');
        if !is_day(at) || !is_linked || !is_day(next) {
            break;
        }
        if dates::at(line, next).is_some_and(|date| date.has_digits && date.to > next + 1) {
            return excluded;
        }
        at = next;
    }
    let link = line.before(index).filter(|link| is_and(line, *link))?;
    let day = line.before(link).filter(|day| is_day(*day))?;
    let month = line.before(day).filter(|month| line.is_word(*month))?;
    let is_date = dates::at(line, month).is_some_and(|date| date.has_digits && date.to == day + 1);
    let counts = line.is_word(line.skip_blank(index + 1));
    if is_day(index) && is_date && !counts { excluded } else { None }
}

fn is_and(line: &Line<'_>, at: usize) -> bool {
    matches!(line.word(at), "and" | "or" | "та" | "і" | "й" | "або" | "чи" | "и" | "или")
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
    let before = line.before(index).map_or("", |before| line.word(before));
    if matches!(word, "ранку" | "вечора" | "утра" | "вечера")
        || (matches!(word, "ночі" | "ночи" | "дня")
            && matches!(before, "о" | "об" | "в" | "у" | "до" | "після" | "после"))
    {
        return Some(next + 1);
    }
    let third = line.skip_blank(next + 1);
    let part = line.skip_blank(third + 1);
    let is_part =
        word == "in" && line.word(third) == "the" && matches!(line.word(part), "morning" | "afternoon" | "evening");
    if is_part && matches!(before, "at" | "by" | "around" | "about" | "until" | "after" | "before") {
        return Some(part + 1);
    }
    (matches!(before, "о" | "об") && word.starts_with("год")).then_some(next + 1)
}

/// `1400 GMT`, `0630 local time`.
fn military_time(line: &Line<'_>, index: usize) -> Option<usize> {
    let digits = line.digits(index).filter(|digits| digits.len() == 4)?;
    let part = |from: usize| digits.get(from..from + 2)?.parse::<u32>().ok();
    let next = line.skip_blank(index + 1);
    let is_zone = matches!(line.word(next), "gmt" | "utc" | "z" | "eet" | "eest")
        || (line.word(next) == "local" && line.word(line.skip_blank(next + 1)) == "time");
    (is_zone && part(0)? < 25 && part(2)? < 60).then_some(next + 1)
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
    if is_and(line, next) && year_like(line, line.skip_blank(next + 1)) {
        return excluded;
    }
    // `the 2022 invasion`, `Ukraine's 2026 budget`: what is counted would stand in the plural.
    let is_definite = matches!(preposition, "the" | "this" | "its" | "their") || preposition.ends_with("'s");
    if is_definite && line.word(next).is_ascii() && !is_plural(line.word(next)) {
        return excluded;
    }
    let is_joined = line.mark(next).is_some_and(|mark| is_dash(mark) || mark == '+');
    let counts = line.is_word(next) || is_measured || is_joined;
    let is_announced = before.is_some_and(|at| matches!(line.mark(at), Some(':' | '=' | '$' | '€' | '£' | '~' | '≈')))
        || unit::prefix(line, index.saturating_sub(1)).is_some()
        || bound::before(line, index).is_some();
    if counts || is_announced { None } else { excluded }
}

/// Whether a word is one for many of what can be counted.
fn is_plural(word: &str) -> bool {
    zero::is_plural(word) || matches!(word, "people" | "men" | "women" | "children" | "dead" | "wounded" | "killed")
}
