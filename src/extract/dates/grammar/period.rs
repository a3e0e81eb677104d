//! Days of named months, and months, quarters, halves and years.

use super::{Part, Period, Read, Stated, day, is_year_word, year};
use crate::extract::dates::grammar::{Next, relative};
use crate::extract::dates::months::{month, season, skip_article};
use crate::extract::text::fold::is_dash;
use crate::extract::text::lex::Line;

/// `31 March 2026`, `10–12 березня`, `March 31st, 2026`.
pub(super) fn day_of_month(line: &Line<'_>, index: usize) -> Option<Read> {
    day_first(line, index).or_else(|| month_first(line, index))
}

/// A period with or without a year; a month alone needs a word before it that shows it is a date.
pub(super) fn read(line: &Line<'_>, index: usize, has_context: bool) -> Option<Read> {
    let (period, to) = months(line, index).or_else(|| quarter(line, index)).or_else(|| bare_year(line, index))?;
    if period == Period::Year {
        return bare_year_read(line, index);
    }
    let (year, to) = year_behind(line, to);
    let is_name = matches!(period, Period::Months { .. });
    if is_name && year.is_none() && !has_context {
        return None;
    }
    stated(year, period, Part::Whole, to)
}

/// The period behind `early`, `the end of`, `до кінця`.
pub(super) fn part_of(line: &Line<'_>, part: Part, index: usize) -> Option<Read> {
    let index = skip_article(line, index);
    if let Some((period, to)) = months(line, index).or_else(|| quarter(line, index)) {
        let (year, to) = year_behind(line, to);
        return stated(year, period, part, to);
    }
    if let Some((year, to)) = year(line, index) {
        return stated(Some(year), Period::Year, part, to);
    }
    let (next, offset, to) = relative::period(line, index).or_else(|| this_year(line, index))?;
    Some((Ok(Stated::Next { next, offset, part }), to))
}

/// `кінця року`, `the end of the year`: without a word before it, the current one.
fn this_year(line: &Line<'_>, index: usize) -> Option<(Next, i32, usize)> {
    let next = match line.word(index) {
        "year" | "року" | "года" => Next::Year,
        "month" | "місяця" | "месяца" => Next::Month,
        "quarter" | "кварталу" | "квартала" => Next::Quarter,
        "week" | "тижня" | "недели" => Next::Week,
        _ => return None,
    };
    Some((next, 0, index + 1))
}

fn stated(year: Option<i16>, period: Period, part: Part, to: usize) -> Option<Read> {
    Some((Ok(Stated::Period { year, period, part }), to))
}

fn day_first(line: &Line<'_>, index: usize) -> Option<Read> {
    let first = day(line, index)?;
    let (last, at) = second_day(line, index + 1).unwrap_or((first, index + 1));
    // `"24" лютого`, as decrees write it.
    let quote = usize::from(matches!(line.mark(at), Some('"' | '»' | '”')));
    let mut name = line.skip_blank(behind_ordinal(line, at + quote));
    if line.word(name) == "of" {
        name = line.skip_blank(name + 1);
    }
    let month = month(line, name).filter(|_| name > index + 1)?;
    let point = usize::from(line.word(name).chars().count() <= 4 && line.mark(name + 1) == Some('.'));
    if let Some(between) = between(line, (month, first), name + 1 + point).filter(|_| first == last) {
        return Some(between);
    }
    let (year, to) = year_behind(line, name + 1 + point);
    let to = if year.is_none() { name + 1 } else { to };
    Some((days(year, month, first, last), to))
}

fn month_first(line: &Line<'_>, index: usize) -> Option<Read> {
    let month = month(line, index).filter(|_| line.word(index).is_ascii())?;
    let point = usize::from(line.mark(index + 1) == Some('.'));
    let at = line.skip_blank(index + 1 + point);
    let first = day(line, at).filter(|_| at > index + 1)?;
    // `March 12 000` and `March 12.5` are no days.
    let is_day = !matches!(line.mark(at + 1), Some('.' | ',')) || line.digits(at + 2).is_none();
    if let Some(between) = between(line, (month, first), at + 1) {
        return Some(between);
    }
    let link = line.skip_blank(at + 1);
    let (last, to) = second_day(line, at + 1)
        .filter(|_| line.mark(link).is_some() || line.word(link) == "through")
        .unwrap_or((first, behind_ordinal(line, at + 1)));
    let (year, to) = year_behind(line, to);
    is_day.then(|| (days(year, month, first, last), to))
}

fn days(year: Option<i16>, month: i8, first: i8, last: i8) -> Result<Stated, String> {
    if last < first {
        return Err("the second day is before the first".to_owned());
    }
    Ok(Stated::Days { year, month, first, last })
}

/// `28 January – 3 February`, `January 28 to February 3`, `з 28 січня по 3 лютого`: from a month and day that end at a
/// token to another month and day.
fn between(line: &Line<'_>, from: (i8, i8), at: usize) -> Option<Read> {
    let link = line.skip_blank(at);
    let joins = matches!(line.word(link), "to" | "through" | "по" | "до");
    if !joins && !line.mark(link).is_some_and(is_dash) {
        return None;
    }
    let next = line.skip_blank(link + 1);
    let (to, end) = match day(line, next) {
        Some(day) => {
            let name = line.skip_blank(behind_ordinal(line, next + 1));
            ((month(line, name)?, day), name + 1)
        }
        None => {
            let at = line.skip_blank(next + 1);
            ((month(line, next)?, day(line, at)?), behind_ordinal(line, at + 1))
        }
    };
    let (year, end) = year_behind(line, end);
    Some((Ok(Stated::Between { year, from, to }), end))
}

/// The other end in `10–12` or `з 5 по 12`, and the token behind it.
fn second_day(line: &Line<'_>, at: usize) -> Option<(i8, usize)> {
    let link = line.skip_blank(at);
    let joins = matches!(line.word(link), "to" | "through" | "and" | "по" | "до" | "і" | "й" | "та" | "и");
    if !joins && !line.mark(link).is_some_and(is_dash) {
        return None;
    }
    let last = line.skip_blank(link + 1);
    day(line, last).map(|day| (day, last + 1))
}

fn behind_ordinal(line: &Line<'_>, at: usize) -> usize {
    if matches!(line.word(at), "st" | "nd" | "rd" | "th") {
        return at + 1;
    }
    let is_suffix = line.mark(at) == Some('-') && matches!(line.word(at + 1), "го" | "е" | "те" | "ого");
    if is_suffix { at + 2 } else { at }
}

/// A year behind a blank or comma, and the token behind it; else nothing and the same token.
fn year_behind(line: &Line<'_>, at: usize) -> (Option<i16>, usize) {
    let comma = usize::from(line.mark(at) == Some(','));
    let mut next = line.skip_blank(at + comma);
    if line.word(next) == "of" {
        next = line.skip_blank(next + 1);
    }
    match year(line, next).filter(|_| next > at) {
        Some((year, to)) => (Some(year), to),
        None => (None, at),
    }
}

/// A month, two months with a dash, or a season.
fn months(line: &Line<'_>, index: usize) -> Option<(Period, usize)> {
    if let Some(first) = season(line.word(index)) {
        // `fall` and `spring` are other words too.
        let has_year = year_behind(line, index + 1).0.is_some();
        return has_year.then_some((Period::Months { first, last: first + 2 }, index + 1));
    }
    let first = month(line, index)?;
    let dash = line.skip_blank(index + 1);
    let second = line.skip_blank(dash + 1);
    if let Some(last) = month(line, second).filter(|_| line.mark(dash).is_some_and(is_dash)) {
        return Some((Period::Months { first, last }, second + 1));
    }
    Some((Period::Months { first, last: first }, index + 1))
}

/// `Q1`, `first quarter of`, `II квартал`, `H1`, `second half of`, `перше півріччя`.
fn quarter(line: &Line<'_>, index: usize) -> Option<(Period, usize)> {
    if let Some(number) = line.digits(index + 1).and_then(|digits| digits.parse::<i8>().ok()) {
        match line.word(index) {
            "q" if (1..=4).contains(&number) => return Some((Period::Quarter(number), index + 2)),
            "h" if (1..=2).contains(&number) => return half_with_year(line, number, index + 2),
            _ => {}
        }
    }
    let number = ordinal(line, index)?;
    let suffix = if line.mark(index + 1) == Some('-') { index + 3 } else { index + 1 };
    let name = line.skip_blank(suffix);
    let word = line.word(name);
    if word == "quarter" || word.starts_with("квартал") {
        return Some((Period::Quarter(number), name + 1));
    }
    let is_half = word == "half" || word.starts_with("півріч") || word.starts_with("полугоди");
    let at = if line.word(line.skip_blank(name + 1)) == "of" { line.skip_blank(name + 1) } else { name + 1 };
    (is_half && number <= 2).then(|| half_with_year(line, number, at)).flatten()
}

/// `H1` is also a name of things: only with a year it is half of one.
fn half_with_year(line: &Line<'_>, number: i8, to: usize) -> Option<(Period, usize)> {
    year_behind(line, to).0.map(|_| (Period::Half(number), to))
}

fn ordinal(line: &Line<'_>, index: usize) -> Option<i8> {
    if let Some(digits) = line.digits(index) {
        return digits.parse().ok().filter(|number| (1..=4).contains(number));
    }
    let word = line.word(index);
    let stems = [("перш", 1), ("друг", 2), ("трет", 3), ("четверт", 4), ("перв", 1), ("втор", 2)];
    match word {
        "first" | "i" | "і" => Some(1),
        "second" | "ii" | "іі" => Some(2),
        "third" | "iii" | "ііі" => Some(3),
        "fourth" | "iv" => Some(4),
        _ => stems.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, number)| *number),
    }
}

fn bare_year(line: &Line<'_>, index: usize) -> Option<(Period, usize)> {
    year(line, index).map(|(_, to)| (Period::Year, to))
}

/// A year alone: with the word for it, or behind a preposition and with nothing that it could count.
fn bare_year_read(line: &Line<'_>, index: usize) -> Option<Read> {
    let (value, to) = year(line, index)?;
    let named = line.between(index, to).chars().any(char::is_alphabetic);
    let next = line.word(line.skip_blank(to));
    let counts = line.is_word(line.skip_blank(to)) && !is_function_word(next) && !is_year_word(next);
    let has_preposition = super::has_preposition(line, index);
    (named || (has_preposition && !counts))
        .then_some((Ok(Stated::Period { year: Some(value), period: Period::Year, part: Part::Whole }), to))
}

/// Words that no figure before them counts.
fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "to"
            | "the"
            | "a"
            | "for"
            | "with"
            | "as"
            | "after"
            | "when"
            | "at"
            | "by"
            | "in"
            | "on"
            | "but"
            | "і"
            | "та"
            | "й"
            | "и"
            | "або"
            | "в"
            | "у"
            | "на"
            | "за"
            | "з"
            | "до"
            | "від"
            | "от"
            | "но"
            | "але"
    )
}
