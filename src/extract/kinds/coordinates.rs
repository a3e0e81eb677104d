//! Coordinates in a text: `49.7106, 37.6156`, `49.71 N 37.62 E`, `49°42'38"N 37°36'56"E`.

use std::ops::Range;

use crate::extract::text::fold::is_apostrophe;
use crate::extract::text::lex::{Line, lines};
use crate::model::geo::Point;

/// Without letters or signs of an angle, two decimals are a price or a score; coordinates have more.
const FEWEST_DECIMALS: usize = 3;

/// One angle and what its writing says of it.
struct Angle {
    degrees: f64,
    /// `N`, `S`, `E` or `W`.
    hemisphere: Option<char>,
    /// Written as an angle, or with decimals enough.
    is_plain: bool,
    to: usize,
}

/// Every pair of a text with its bytes.
pub(super) fn read(text: &str) -> Vec<(Point, Range<usize>)> {
    let mut found = Vec::new();
    for (offset, text) in lines(text) {
        let line = Line::new(text);
        let mut index = 0;
        while index < line.len() {
            let Some((point, to)) = pair(&line, index) else {
                index += 1;
                continue;
            };
            let (from, end) = line.bytes(index, to);
            found.push((point, offset + from..offset + end));
            index = to;
        }
    }
    found
}

fn pair(line: &Line<'_>, index: usize) -> Option<(Point, usize)> {
    // `1.49.7106` is no angle from its middle.
    let before = index.checked_sub(1);
    if before.is_some_and(|at| line.digits(at).is_some() || matches!(line.mark(at), Some('.' | ','))) {
        return None;
    }
    let first = angle(line, index)?;
    let mut next = line.skip_blank(first.to);
    if matches!(line.mark(next), Some(',' | ';' | '/')) {
        next = line.skip_blank(next + 1);
    }
    let second = angle(line, next).filter(|_| next > first.to)?;
    if !(first.is_plain && second.is_plain) {
        return None;
    }
    let (lat, lon) = match (first.hemisphere, second.hemisphere) {
        (Some('N' | 'S'), Some('E' | 'W')) | (None, None) => (first.degrees, second.degrees),
        (Some('E' | 'W'), Some('N' | 'S')) => (second.degrees, first.degrees),
        _ => return None,
    };
    Point::new(lat, lon).map(|point| (point, second.to))
}

fn angle(line: &Line<'_>, index: usize) -> Option<Angle> {
    let leading = hemisphere(line, index);
    let mut at = if leading.is_some() { line.skip_blank(index + 1) } else { index };
    let is_negative = matches!(line.mark(at), Some('-' | '\u{2212}'));
    at += usize::from(is_negative);
    let (mut degrees, decimals, mut to) = decimal(line, at)?;
    let mut is_angle = false;
    if line.mark(to) == Some('°') {
        is_angle = true;
        to += 1;
        let (parts, end) = minutes(line, to);
        degrees += parts;
        to = end;
    }
    let trailing = hemisphere(line, line.skip_blank(to)).filter(|_| leading.is_none());
    if trailing.is_some() {
        to = line.skip_blank(to) + 1;
    }
    let hemisphere = leading.or(trailing);
    let is_south = is_negative || matches!(hemisphere, Some('S' | 'W'));
    let is_plain = is_angle || decimals >= FEWEST_DECIMALS || (hemisphere.is_some() && decimals > 0);
    Some(Angle { degrees: if is_south { -degrees } else { degrees }, hemisphere, is_plain, to })
}

/// Minutes and seconds behind the degrees, in degrees, and the token behind them.
fn minutes(line: &Line<'_>, from: usize) -> (f64, usize) {
    let mut sum = 0.0;
    let mut to = from;
    for (share, is_sign) in [(60.0, is_minute as fn(char) -> bool), (3600.0, is_second)] {
        let at = line.skip_blank(to);
        let Some((value, _, end)) = decimal(line, at).filter(|(value, ..)| *value < 60.0) else { break };
        if !line.mark(end).is_some_and(is_sign) {
            break;
        }
        // Seconds are also written with two apostrophes.
        let is_double = share > 60.0 && line.mark(end).is_some_and(is_apostrophe);
        sum += value / share;
        to = end + 1 + usize::from(is_double && line.mark(end + 1).is_some_and(is_apostrophe));
    }
    (sum, to)
}

fn is_minute(mark: char) -> bool {
    is_apostrophe(mark)
}

fn is_second(mark: char) -> bool {
    matches!(mark, '"' | '″' | '”' | '“') || is_apostrophe(mark)
}

/// Digits with a point: the figure, its decimals and the token behind.
fn decimal(line: &Line<'_>, index: usize) -> Option<(f64, usize, usize)> {
    let whole = line.digits(index).filter(|digits| digits.len() <= 3)?;
    if line.mark(index + 1) == Some('.')
        && let Some(decimals) = line.digits(index + 2).filter(|digits| digits.len() <= 15)
    {
        return Some((format!("{whole}.{decimals}").parse().ok()?, decimals.len(), index + 3));
    }
    Some((whole.parse().ok()?, 0, index + 1))
}

fn hemisphere(line: &Line<'_>, index: usize) -> Option<char> {
    match line.raw(index) {
        "N" => Some('N'),
        "S" => Some('S'),
        "E" => Some('E'),
        "W" => Some('W'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(f64, f64)]) {
        let found = read(text);
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for ((point, _), (lat, lon)) in found.iter().zip(expected) {
            assert!((point.lat - lat).abs() < 1e-4 && (point.lon - lon).abs() < 1e-4, "{text}: {point:?}");
        }
    }

    #[test]
    fn pairs_in_all_spellings() {
        check("Column at 49.7106, 37.6156 moving", &[(49.7106, 37.6156)]);
        check("49.71 N 37.62 E", &[(49.71, 37.62)]);
        check("N49.71 E37.62", &[(49.71, 37.62)]);
        check("N 49.71, E 37.62", &[(49.71, 37.62)]);
        check("37.62E 49.71N", &[(49.71, 37.62)]);
        check("49°42'38\"N 37°36'56\"E", &[(49.710_555, 37.615_555)]);
        check("49°42′38″ 37°36′56″", &[(49.710_555, 37.615_555)]);
        check("-33.8568, 151.2153", &[(-33.8568, 151.2153)]);
        check("lost 12.50, 13.20 and 49.7106", &[]);
        check("95.1234, 37.6156", &[]);
        check("49.7106 N 37.6156 N", &[]);
    }
}
