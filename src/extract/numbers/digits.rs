//! Digits with their separators: `1 234 567`, `1.234,5`, `182.4`.

use super::sentence::Comma;
use crate::extract::text::fold::{is_apostrophe, is_hyphen};
use crate::extract::text::lex::Line;

/// A figure has no more digits than a double holds exactly.
const MOST_DIGITS: usize = 15;

/// A figure in digits, or why its separators have no one reading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Digits {
    /// Plain digits with at most one point, or the reason.
    pub(super) plain: Result<String, String>,
    /// The token behind it.
    pub(super) to: usize,
}

/// What stands between two groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Blank,
    Apostrophe,
    Point,
    Comma,
}

/// Reads the digits at a token. `scaled` says whether a magnitude or unit stands at a token: it makes decimals likely.
pub(super) fn read(line: &Line<'_>, index: usize, comma: Comma, scaled: impl Fn(usize) -> bool) -> Option<Digits> {
    let first = line.digits(index)?;
    let mut groups = vec![first];
    let mut separators = Vec::new();
    let mut to = index + 1;
    while let Some(separator) = separator_at(line, to, first.len(), &separators) {
        groups.push(line.digits(to + 1).unwrap_or_default());
        separators.push(separator);
        to += 2;
    }
    let plain = interpret(&groups, &separators, comma, || scaled(to));
    let plain = plain.map_err(|why| format!("`{}` {why}", line.between(index, to)));
    Some(Digits { plain, to })
}

/// The separator at a token, where more digits of the same figure follow it.
fn separator_at(line: &Line<'_>, at: usize, first: usize, before: &[Separator]) -> Option<Separator> {
    let next = line.digits(at + 1)?;
    let is_group = next.len() == 3 && first <= 3 && before.iter().all(|separator| separator.only_groups());
    if line.is_blank(at) {
        let is_single = line.raw(at).chars().eq(line.raw(at).chars().next()) && !matches!(line.raw(at), "\t" | "\n");
        let is_plain = is_single && is_group && before.iter().all(|s| *s == Separator::Blank);
        return (is_plain && !names_a_size(line, at + 2)).then_some(Separator::Blank);
    }
    match line.mark(at)? {
        '.' => Some(Separator::Point),
        ',' => Some(Separator::Comma),
        mark if is_apostrophe(mark) && is_group => Some(Separator::Apostrophe),
        _ => None,
    }
}

/// Whether the digits before a token are the calibre or weight of what is counted: `72 155mm howitzers`.
fn names_a_size(line: &Line<'_>, at: usize) -> bool {
    let is_hyphenated = line.mark(at).is_some_and(is_hyphen);
    let word = line.word(if is_hyphenated { at + 1 } else { line.skip_blank(at) });
    let is_calibre = matches!(word, "mm" | "мм");
    let is_weight = ["kg", "kilogram", "lb", "pound", "кг", "кілограм", "килограм"].iter().any(|w| word.starts_with(w));
    is_calibre || (is_hyphenated && is_weight)
}

impl Separator {
    fn only_groups(self) -> bool {
        matches!(self, Self::Blank | Self::Apostrophe)
    }
}

fn interpret(
    groups: &[&str],
    separators: &[Separator],
    comma: Comma,
    scaled: impl Fn() -> bool,
) -> Result<String, String> {
    if groups.iter().map(|group| group.len()).sum::<usize>() > MOST_DIGITS {
        return Err("has more digits than a figure".to_owned());
    }
    let decimal = decimal_separator(groups, separators, comma, scaled)?;
    let (whole, decimals) = match (decimal, groups.split_last()) {
        (true, Some((last, whole))) => (whole, Some(*last)),
        _ => (groups, None),
    };
    let is_grouped = whole.len() == 1 || is_in_thousands(whole);
    let grouping = separators.get(..whole.len().saturating_sub(1)).unwrap_or_default();
    if !is_grouped || grouping.windows(2).any(|pair| pair.first() != pair.last()) {
        return Err("is not grouped in thousands".to_owned());
    }
    let whole = whole.concat();
    if whole.len() > 1 && whole.starts_with('0') {
        return Err("begins with a zero, as codes do".to_owned());
    }
    Ok(decimals.map_or_else(|| whole.clone(), |decimals| format!("{whole}.{decimals}")))
}

/// Whether the last separator begins the decimals.
fn decimal_separator(
    groups: &[&str],
    separators: &[Separator],
    comma: Comma,
    scaled: impl Fn() -> bool,
) -> Result<bool, String> {
    let Some((last, before)) = separators.split_last() else { return Ok(false) };
    if last.only_groups() {
        return Ok(false);
    }
    // Repeated alike they group; unlike the ones before, the last divides.
    if !before.is_empty() {
        return Ok(!before.contains(last));
    }
    let (whole, decimals) = (groups.first().copied().unwrap_or_default(), groups.last().copied().unwrap_or_default());
    if decimals.len() != 3 || whole.len() > 3 || whole == "0" {
        return Ok(true);
    }
    match (last, comma) {
        (Separator::Comma, Comma::Groups) => Ok(false),
        (Separator::Comma, Comma::Divides) => Ok(true),
        _ if scaled() => Ok(true),
        _ => Err("can be in thousands or have three decimals".to_owned()),
    }
}

fn is_in_thousands(groups: &[&str]) -> bool {
    let Some((first, rest)) = groups.split_first() else { return false };
    (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, comma: Comma, expected: Option<&str>) {
        let line = Line::new(text);
        let digits = read(&line, 0, comma, |at| line.word(line.skip_blank(at)) == "km").unwrap();
        assert_eq!(digits.plain.as_deref().ok(), expected, "{text}: {:?}", digits.plain);
    }

    #[test]
    fn separators_of_three_kinds() {
        check("1,234", Comma::Groups, Some("1234"));
        check("1,234", Comma::Divides, Some("1.234"));
        check("1,5", Comma::Groups, Some("1.5"));
        check("1,234,567", Comma::Divides, Some("1234567"));
        check("1.234.567", Comma::Groups, Some("1234567"));
        check("1.234.567,8", Comma::Groups, Some("1234567.8"));
        check("1,234.5", Comma::Divides, Some("1234.5"));
        check("1 234", Comma::Groups, Some("1234"));
        check("1\u{a0}234\u{202f}567", Comma::Groups, Some("1234567"));
        check("1\u{2009}234,5", Comma::Groups, Some("1234.5"));
        check("1'234’567", Comma::Groups, Some("1234567"));
        check("0.125", Comma::Groups, Some("0.125"));
        check("1.234 km", Comma::Groups, Some("1.234"));
    }

    #[test]
    fn groups_only_where_they_are_thousands() {
        check("1234 567", Comma::Groups, Some("1234"));
        check("12 34", Comma::Groups, Some("12"));
        check("1  234", Comma::Groups, Some("1"));
        check("1.234", Comma::Groups, None);
        check("12,34,567", Comma::Groups, None);
        check("1.2.3", Comma::Groups, None);
        check("0815", Comma::Groups, None);
        check("1234567890123456", Comma::Groups, None);
    }
}
