//! Dates that are counted from the day of the text: `next quarter`, `завтра`, `in the coming weeks`.

use super::{Next, Part, Read, Stated};
use crate::extract::dates::months::skip_article;
use crate::extract::text::lex::Line;

/// Reads a relative date at a token.
pub(super) fn read(line: &Line<'_>, index: usize) -> Option<Read> {
    if let Some(offset) = day(line.word(index)) {
        return stated(Next::Day, offset, index + 1);
    }
    if let Some((from, to, end)) = coming(line, index) {
        return Some((Ok(Stated::Ahead { from, to }), end));
    }
    if line.word(index) == "year" && line.mark(index + 1) == Some('-') && line.word(index + 2) == "end" {
        let end = Stated::Next { next: Next::Year, offset: 0, part: Part::Late };
        return Some((Ok(end), index + 3));
    }
    let (next, offset, to) = period(line, index)?;
    stated(next, offset, to)
}

/// `next month`, `цього тижня`, `в следующем квартале`: kind, distance and the token behind.
pub(super) fn period(line: &Line<'_>, index: usize) -> Option<(Next, i32, usize)> {
    let start = skip_article(line, skip_preposition(line, index));
    let offset = direction(line.word(start))?;
    let name = line.skip_blank(start + 1);
    Some((kind(line.word(name))?, offset, name + 1))
}

fn stated(next: Next, offset: i32, to: usize) -> Option<Read> {
    Some((Ok(Stated::Next { next, offset, part: Part::Whole }), to))
}

fn day(word: &str) -> Option<i32> {
    match word {
        "today" | "сьогодні" | "сегодня" => Some(0),
        "tomorrow" | "завтра" => Some(1),
        "yesterday" | "вчора" | "учора" | "вчера" => Some(-1),
        "післязавтра" | "послезавтра" => Some(2),
        _ => None,
    }
}

fn direction(word: &str) -> Option<i32> {
    let stems = [("наступн", 1), ("следующ", 1), ("минул", -1), ("прошл", -1), ("поточн", 0), ("текущ", 0)];
    match word {
        "next" => Some(1),
        "this" | "цього" | "цьому" | "этого" | "этом" | "этой" => Some(0),
        "last" => Some(-1),
        _ => stems.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, offset)| *offset),
    }
}

fn kind(word: &str) -> Option<Next> {
    let stems = [
        ("тижн", Next::Week),
        ("тижден", Next::Week),
        ("недел", Next::Week),
        ("місяц", Next::Month),
        ("месяц", Next::Month),
        ("квартал", Next::Quarter),
    ];
    match word {
        "week" => Some(Next::Week),
        "month" => Some(Next::Month),
        "quarter" => Some(Next::Quarter),
        "year" | "року" | "рік" | "році" | "год" | "года" | "году" => Some(Next::Year),
        _ => stems.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, kind)| *kind),
    }
}

/// `in the coming weeks`: one to six weeks; days: one to seven; months: one to six.
fn coming(line: &Line<'_>, index: usize) -> Option<(i32, i32, usize)> {
    let start = skip_article(line, skip_preposition(line, index));
    let word = line.word(start);
    let is_coming = word == "coming" || word.starts_with("найближч") || word.starts_with("ближайш");
    let name = line.skip_blank(start + 1);
    let (from, to) = match line.word(name) {
        "days" | "дні" | "днів" | "днями" | "дни" | "дней" => (1, 7),
        "weeks" | "тижні" | "тижнів" | "тижнями" | "недели" | "недель" => (7, 42),
        "months" | "місяці" | "місяців" | "місяцями" | "месяцы" | "месяцев" => {
            (30, 180)
        }
        _ => return None,
    };
    is_coming.then_some((from, to, name + 1))
}

fn skip_preposition(line: &Line<'_>, index: usize) -> usize {
    let is_preposition = matches!(line.word(index), "in" | "on" | "у" | "в" | "на" | "во");
    if is_preposition { line.skip_blank(index + 1) } else { index }
}
