//! What is written as a date, before anybody asks which days it means.

mod numeric;
mod period;
mod relative;

use super::months;
use crate::extract::text::lex::Line;

/// A date as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stated {
    /// A day of a month, or the days between two of them.
    Days { year: Option<i16>, month: i8, first: i8, last: i8 },
    /// From a month and day to another, whose year is named or not.
    Between { year: Option<i16>, from: (i8, i8), to: (i8, i8) },
    /// A part of a period of the calendar.
    Period { year: Option<i16>, period: Period, part: Part },
    /// A part of the period so many of its kind from now.
    Next { next: Next, offset: i32, part: Part },
    /// Between two numbers of days from now.
    Ahead { from: i32, to: i32 },
}

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Months { first: i8, last: i8 },
    Quarter(i8),
    Half(i8),
    Year,
}

/// A kind of period that is counted from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Which part of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Early,
    Middle,
    Late,
}

/// A date read from a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// What it states, or why that has no one reading.
    pub(crate) stated: Result<Stated, String>,
    /// `by`, `до`: any day up to it.
    pub(crate) is_deadline: bool,
    /// The token behind it.
    pub(crate) to: usize,
    /// Whether digits belong to it.
    pub(crate) has_digits: bool,
}

/// A statement and the token behind it.
type Read = (Result<Stated, String>, usize);

/// Reads a date that begins at a token.
pub(crate) fn at(line: &Line<'_>, index: usize) -> Option<Parsed> {
    let is_start = line.digits(index).is_some() || line.is_word(index);
    if !is_start || is_glued(line, index) {
        return None;
    }
    let deadline = deadline(line, index);
    let start = deadline.unwrap_or(index);
    // `до кінця березня`: the preposition belongs to the part as well.
    let parts = [months::part(line, index), months::part(line, start)];
    let part = parts.into_iter().flatten().next();
    let (stated, to) = match part {
        Some((part, at)) => period::part_of(line, part, at)?,
        None => whole(line, start, deadline.is_some())?,
    };
    let has_digits = (index..to).any(|token| line.digits(token).is_some());
    let stated = if is_open(line, index) { Err("a day from which on, with no end".to_owned()) } else { stated };
    Some(Parsed { stated, is_deadline: deadline.is_some(), to, has_digits })
}

/// Whether a date only begins a time: `after 1 March`, `not before 1 March`, `не раніше 1 березня`.
fn is_open(line: &Line<'_>, index: usize) -> bool {
    let before = line.before(index);
    let word = |at: Option<usize>| at.map_or("", |at| line.word(at));
    let earlier = before.and_then(|at| line.before(at));
    match (line.word(index), word(before)) {
        ("before", "not") => true,
        (_, "after" | "since" | "після" | "после") => true,
        (_, "раніше" | "ранее" | "раньше") => word(earlier) == "не",
        (_, "than") => word(earlier) == "earlier",
        _ => false,
    }
}

fn whole(line: &Line<'_>, start: usize, has_context: bool) -> Option<Read> {
    let start = months::skip_article(line, start);
    numeric::read(line, start)
        .or_else(|| period::day_of_month(line, start))
        .or_else(|| period::read(line, start, has_context || has_preposition(line, start)))
        .or_else(|| relative::read(line, start))
}

/// The token behind a word that makes the date a deadline.
fn deadline(line: &Line<'_>, index: usize) -> Option<usize> {
    let next = line.skip_blank(index + 1);
    let third = line.skip_blank(next + 1);
    match (line.word(index), line.word(next), line.word(third)) {
        ("no" | "not", "later", "than") => Some(line.skip_blank(third + 1)),
        ("не", "пізніше" | "позднее" | "позже", "ніж") => Some(line.skip_blank(third + 1)),
        ("не", "пізніше" | "позднее" | "позже", _) => Some(third),
        ("by" | "until" | "till" | "before" | "through" | "до" | "к", _, _) => Some(next),
        _ => None,
    }
    .filter(|at| *at < line.len())
}

/// Whether the word before a token is one that stands before periods.
fn has_preposition(line: &Line<'_>, index: usize) -> bool {
    let Some(before) = line.before(index) else { return false };
    let words = [
        "in",
        "of",
        "since",
        "during",
        "until",
        "by",
        "from",
        "through",
        "for",
        "after",
        "before",
        "у",
        "в",
        "з",
        "із",
        "за",
        "на",
        "к",
        "до",
        "с",
        "со",
        "по",
        "після",
        "протягом",
    ];
    words.contains(&line.word(before))
}

/// Whether a token goes on with a word or figure before it: `Donetsk-2`, `№5`, `1.2.2026` from its middle.
fn is_glued(line: &Line<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else { return false };
    match line.mark(before) {
        Some('-' | '.' | ',' | '/' | ':' | '_' | '\'' | '\u{2010}' | '\u{2011}') => {
            before.checked_sub(1).is_some_and(|at| line.is_word(at) || line.digits(at).is_some())
                && line.digits(index).is_some()
        }
        Some('№' | '#' | '§') => true,
        Some(_) => false,
        None => line.digits(before).is_some() || (line.is_word(before) && line.digits(index).is_some()),
    }
}

/// A year in four digits, with the word for year behind it or none; and the token behind.
pub(super) fn year(line: &Line<'_>, index: usize) -> Option<(i16, usize)> {
    let digits = line.digits(index).filter(|digits| digits.len() == 4)?;
    let year: i16 = digits.parse().ok().filter(|year| (1900..=2100).contains(year))?;
    let word = line.skip_blank(index + 1);
    Some((year, if is_year_word(line.word(word)) { after_point(line, word) } else { index + 1 }))
}

/// Whether a word says that the figure before it is a year.
pub(crate) fn is_year_word(word: &str) -> bool {
    matches!(
        word,
        "року"
            | "рік"
            | "році"
            | "роком"
            | "р"
            | "рр"
            | "год"
            | "года"
            | "году"
            | "г"
            | "гг"
            | "year"
    )
}

/// Behind a word and the point of its abbreviation.
fn after_point(line: &Line<'_>, word: usize) -> usize {
    let is_short = line.word(word).chars().count() <= 2 && line.mark(word + 1) == Some('.');
    word + 1 + usize::from(is_short)
}

/// A day of the month in one or two digits.
pub(super) fn day(line: &Line<'_>, index: usize) -> Option<i8> {
    let digits = line.digits(index).filter(|digits| digits.len() <= 2)?;
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}
