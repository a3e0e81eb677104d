//! The figure that a rule points at: in the captured part of a text, or all of a field.
//!
//! It is read where it stands, so that a bound, magnitude or unit beside the
//! captured digits counts, and a pattern that cuts `234` out of `1 234` is
//! found out.

use std::ops::Range;

use super::sentence::{Comma, Spot, scan};
use super::{Reading, plain_figure};
use crate::extract::text::lex::{is_line_end, is_wrapped};
use crate::model::quantity::Quantity;

/// So many bytes around a captured part are read with it.
const CONTEXT: usize = 200;

/// A figure with its unit and the bytes of the text it rests on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Captured {
    pub(crate) reading: Reading,
    pub(crate) unit: Option<String>,
    pub(crate) range: Range<usize>,
}

/// Reads the figure in a part of a text.
pub(crate) fn figure_at(text: &str, part: &Range<usize>, comma: Comma) -> Captured {
    let window = window(text, part);
    let shift = |range: &Range<usize>| window.start + range.start..window.start + range.end;
    let spots = scan(text.get(window.clone()).unwrap_or_default(), comma);
    let inside = spots.into_iter().map(|spot| Spot { core: shift(&spot.core), range: shift(&spot.range), ..spot });
    let touched: Vec<Spot> = inside.filter(|spot| spot.core.start < part.end && part.start < spot.core.end).collect();
    let spot = match one_of(touched) {
        Ok(spot) => spot,
        Err(reading) => return Captured { reading, unit: None, range: part.clone() },
    };
    let reading = uncut(text, &spot, part, comma);
    Captured { reading, unit: spot.unit, range: spot.range }
}

/// Reads a field that holds one figure: a number as machines write it, or one figure in words around it.
pub(crate) fn only_figure(text: &str, comma: Comma) -> Captured {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let all = start..start + trimmed.len();
    if let Some(value) = plain_figure(trimmed) {
        let reading = if value == 0.0 { Reading::StatedZero } else { Reading::Value(Quantity::exact(value)) };
        return Captured { reading, unit: None, range: all };
    }
    match one_of(scan(text, comma)) {
        Ok(Spot { of: Some(_), range, .. }) => {
            Captured { reading: Reading::unclear("a part and its whole"), unit: None, range }
        }
        Ok(spot) => Captured { reading: spot.reading, unit: spot.unit, range: spot.range },
        Err(reading) => Captured { reading, unit: None, range: all },
    }
}

/// The one figure of several stretches; the same figure twice is one.
fn one_of(spots: Vec<Spot>) -> Result<Spot, Reading> {
    let unclear = spots.iter().find(|spot| matches!(spot.reading, Reading::NoMatch { is_other: false, .. }));
    if let Some(spot) = unclear {
        return Err(spot.reading.clone());
    }
    let mut figures = spots.iter().filter(|spot| spot.reading.quantity().is_some());
    let Some(first) = figures.next() else {
        let other = spots.into_iter().next().map(|spot| spot.reading);
        return Err(other.unwrap_or_else(|| Reading::other("no figure")));
    };
    match figures.find(|spot| spot.reading != first.reading || spot.unit != first.unit) {
        Some(_) => Err(Reading::unclear("more than one figure")),
        None => Ok(first.clone()),
    }
}

/// The reading, unless the captured part holds only a piece of the figure.
fn uncut(text: &str, spot: &Spot, part: &Range<usize>, comma: Comma) -> Reading {
    let before = text.get(spot.core.start..part.start).unwrap_or_default();
    let is_whole = part.end >= spot.core.end && before.chars().all(|c| matches!(c, '+' | '-' | '\u{2212}'));
    let shown = || text.get(spot.core.clone()).unwrap_or_default().to_owned();
    match spot.of {
        Some(whole) => of_whole(text.get(part.clone()).unwrap_or_default(), whole, comma)
            .unwrap_or_else(|| Reading::unclear(format!("`{}` is a part and its whole", shown()))),
        None if is_whole || spot.reading == Reading::StatedZero => spot.reading.clone(),
        None => {
            let piece = text.get(part.clone()).unwrap_or_default().trim();
            Reading::unclear(format!("`{piece}` is only a piece of `{}`", shown()))
        }
    }
}

/// `п'яти` alone out of `чотири з п'яти` is the total; the part of it is no count.
fn of_whole(piece: &str, whole: f64, comma: Comma) -> Option<Reading> {
    let reading = one_of(scan(piece, comma)).ok().filter(|spot| spot.of.is_none())?.reading;
    reading.quantity().is_some_and(|quantity| quantity == Quantity::exact(whole)).then_some(reading)
}

/// The line around a part, bounded, beginning and ending between words.
fn window(text: &str, part: &Range<usize>) -> Range<usize> {
    let near = text.ceil_char_boundary(part.start.saturating_sub(CONTEXT));
    let before = text.get(near..part.start).unwrap_or_default();
    let hard_end = |(at, end): (usize, &str)| {
        let next = at + end.len();
        (!is_wrapped(text, at, next)).then_some(next)
    };
    let ends = before.rmatch_indices(is_line_end).map(|(at, end)| (near + at, end));
    let from = ends.filter_map(hard_end).next();
    let between = || before.find(char::is_whitespace).map(|at| near + at).filter(|_| near > 0);
    let from = from.or_else(between).unwrap_or(near);

    let rest = text.get(part.end..).unwrap_or_default();
    let after = rest.get(..rest.floor_char_boundary(CONTEXT)).unwrap_or_default();
    let mut ends = after.match_indices(is_line_end).map(|(at, end)| (part.end + at, end));
    let end = ends.find_map(|(at, end)| hard_end((at, end)).map(|_| at));
    let between = || after.rfind(char::is_whitespace).map(|at| part.end + at).filter(|_| after.len() < rest.len());
    let to = end.or_else(between).unwrap_or(part.end + after.len());
    from..to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, part: &str, expected: Option<(f64, Option<f64>, Option<f64>)>) {
        let at = text.find(part).unwrap();
        let captured = figure_at(text, &(at..at + part.len()), Comma::of(text, None));
        let found = captured.reading.quantity().map(|quantity| (quantity.value, quantity.low, quantity.high));
        assert_eq!(found, expected, "{part} in {text}: {captured:?}");
    }

    fn exact(value: f64) -> Option<(f64, Option<f64>, Option<f64>)> {
        Some((value, Some(value), Some(value)))
    }

    #[test]
    fn what_stands_beside_the_captured_digits_counts() {
        check("flew over 120 sorties", "120", Some((120.0, Some(120.0), None)));
        check("fired 1.2 million rounds", "1.2", exact(1_200_000.0));
        check("12 March: 40 strikes", "40", exact(40.0));
        check("чотири з п'яти атак", "п'яти", exact(5.0));
        check("no strikes at all", "no", exact(0.0));
    }

    #[test]
    fn a_piece_of_a_figure_is_none() {
        check("1 234 sorties", "234", None);
        check("1,234 sorties", "1", None);
        check("from 10 to 15 km", "15", None);
        check("чотири з п'яти атак", "чотири", None);
        check("12, 14 strikes", "12, 14", None);
        check("on 12 March", "12", None);
        check("155 mm shells", "155", None);
    }

    #[test]
    fn a_field_holds_one_figure() {
        let cases = [
            ("2026", exact(2026.0)),
            (" 1.234 ", exact(1.234)),
            ("1,234", exact(1234.0)),
            ("412 sorties", exact(412.0)),
            ("0", exact(0.0)),
            ("n/a", None),
            ("12; 14", None),
            ("4 of 5", None),
        ];
        for (text, expected) in cases {
            let found = only_figure(text, Comma::Groups).reading.quantity();
            assert_eq!(found.map(|quantity| (quantity.value, quantity.low, quantity.high)), expected, "{text}");
        }
    }
}
