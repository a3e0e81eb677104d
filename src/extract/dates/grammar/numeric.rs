//! Dates in digits: `2026-03-31`, `31.03.2026`, `31/3/26`.

use super::{Read, Stated};
use crate::extract::text::lex::Line;

/// Reads a date in digits at a token.
pub(super) fn read(line: &Line<'_>, index: usize) -> Option<Read> {
    let first = line.digits(index)?;
    let separator = line.mark(index + 1)?;
    let middle = line.digits(index + 2).filter(|digits| digits.len() <= 2)?;
    let last = line.digits(index + 4).filter(|_| line.mark(index + 3) == Some(separator))?;
    let to = index + 5;
    if first.len() == 4 && matches!(separator, '-' | '/' | '.') && last.len() <= 2 {
        let to = behind_time(line, to);
        return Some((stated(first, middle, last), to));
    }
    if first.len() > 2 || !matches!(last.len(), 2 | 4) {
        return None;
    }
    match separator {
        '.' | '-' => valid(last, middle, first).map(|stated| (Ok(stated), to)),
        '/' => Some((slashed(first, middle, last), to)),
        _ => None,
    }
}

/// Day and month change places between countries; only a day above 12 tells.
fn slashed(first: &str, second: &str, year: &str) -> Result<Stated, String> {
    let readings = [valid(year, second, first), valid(year, first, second)];
    match readings {
        [Some(one), Some(other)] if one != other => {
            Err(format!("`{first}/{second}/{year}` can be day and month in either order"))
        }
        [Some(one), _] | [None, Some(one)] => Ok(one),
        [None, None] => Err(format!("`{first}/{second}/{year}` is no date")),
    }
}

fn stated(year: &str, month: &str, day: &str) -> Result<Stated, String> {
    valid(year, month, day).ok_or_else(|| format!("no such date: {year}-{month}-{day}"))
}

fn valid(year: &str, month: &str, day: &str) -> Option<Stated> {
    let year = if year.len() == 2 { 2000 + year.parse::<i16>().ok()? } else { year.parse().ok()? };
    let month: i8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day: i8 = day.parse().ok()?;
    jiff::civil::Date::new(year, month, day).ok()?;
    Some(Stated::Days { year: Some(year), month, first: day, last: day })
}

/// Behind a time that is joined to the date: `2026-03-31T12:00:00Z`.
fn behind_time(line: &Line<'_>, at: usize) -> usize {
    if line.word(at) != "t" || line.digits(at + 1).is_none() {
        return at;
    }
    let mut to = at + 2;
    while matches!(line.mark(to), Some(':' | '.' | '+')) && line.digits(to + 1).is_some() {
        to += 2;
    }
    if line.word(to) == "z" { to + 1 } else { to }
}
