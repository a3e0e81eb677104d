//! Ranges: `500-600 million`, `from 10 to 15`, `від 5 до 7`, `two or three`.

use super::measure::{self, Measure, Numeral};
use super::sentence::Comma;
use super::{Reading, bound, cardinal, exclude, unit};
use crate::extract::text::fold::is_dash;
use crate::extract::text::lex::Line;
use crate::model::quantity::Quantity;

/// A range, or why two figures that look like one have no reading as such.
pub(super) struct Span {
    pub(super) reading: Reading,
    pub(super) unit: Option<String>,
    /// The tokens of it all and of the figures alone.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) core_to: usize,
}

/// What joins the two ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Dash,
    /// `from … to`, `between … and`.
    Words,
    /// `to` or `or` alone.
    Loose,
}

/// The range that a figure begins, if it begins one.
pub(super) fn after(line: &Line<'_>, first: &Measure, comma: Comma) -> Option<Span> {
    if !is_end(first) {
        return None;
    }
    let opening = opening_before(line, first.from);
    let (link, next) = link(line, first.to, opening)?;
    let is_dotted = line.mark(next.wrapping_sub(1)).is_some_and(|mark| matches!(mark, '.' | '…'));
    // `1.2bn-1.5bn`: what stands before the dash is a magnitude or a unit, and no part of a name.
    let is_joined =
        next == first.to + 1 && line.digits(first.core.0).is_some() && line.is_word(first.to.wrapping_sub(1));
    let is_other = |excluded: exclude::Excluded| !(is_joined && excluded.why == exclude::DESIGNATOR);
    if !is_dotted && line.digits(next).is_some() && exclude::at(line, next).is_some_and(is_other) {
        return None;
    }
    let is_sum = first.unit.is_some_and(|at| matches!(at.unit, unit::Unit::Currency(_)));
    let second = measure::read_beside(line, next, comma, is_sum).filter(is_end)?;
    if is_unlike(first, &second) || is_signed(&second) {
        return None;
    }
    let from = if link == Link::Words { line.before(first.from).unwrap_or(first.from) } else { first.from };
    let is_change = link == Link::Loose && line.word(line.skip_blank(first.to)) == "to" && is_changed_by(line, first);
    if is_change {
        let reading = Reading::unclear("a change and what it came to");
        return Some(Span { reading, unit: None, from, to: second.to, core_to: second.core.1 });
    }
    let reading = reading(line, first, &second, link)?;
    Some(Span {
        reading,
        unit: second.unit_name().or_else(|| first.unit_name()),
        from,
        to: second.to,
        core_to: second.core.1,
    })
}

fn reading(line: &Line<'_>, first: &Measure, second: &Measure, link: Link) -> Option<Reading> {
    // `500-600 million`: the magnitude is of both, where that makes a range.
    let shares = first.power == 0 && first.value_at(0) < second.value_at(0);
    let low = first.value_at(if shares { second.power } else { first.power });
    let high = second.value_at(second.power);
    // `two to three hundred`: so is the word that multiplies.
    let shared = last_times(line, second).filter(|_| last_times(line, first).is_none());
    let low = shared.map(|times| low * times).filter(|scaled| *scaled < high).unwrap_or(low);
    if first.is_bare_integer() && second.is_bare_integer() && [low, high].iter().all(|v| (1900.0..2100.0).contains(v)) {
        return Some(Reading::other("years"));
    }
    let is_ascending = low < high;
    match link {
        Link::Loose if !is_ascending => None,
        Link::Words if is_changed_from(line, line.before(first.from).unwrap_or(0)) => {
            Some(Reading::unclear("a change from one figure to another"))
        }
        _ if !is_ascending => Some(Reading::unclear("two figures that do not make a range")),
        _ => Some(Reading::Value(Quantity::range(low, high))),
    }
}

/// The word that takes a figure so many times, where it ends with one: `hundred`, `dozen`, `сотень`.
fn last_times(line: &Line<'_>, measure: &Measure) -> Option<f64> {
    let within = measure.core.1.checked_sub(1).and_then(|last| cardinal::times(line.word(last)));
    let behind = || {
        Some(line.skip_blank(measure.core.1))
            .filter(|at| *at < measure.to)
            .and_then(|at| cardinal::times(line.word(at)))
    };
    within.or_else(behind)
}

/// Whether the figure is by how much something changed: `rose by 15 to 95`, `down 12 % to 52`. Drones are also shot down
/// and houses hit by some.
fn is_changed_by(line: &Line<'_>, first: &Measure) -> bool {
    let Some(at) = line.before(first.from) else { return false };
    match line.word(at) {
        "by" => bound::changes_before(line, at),
        "up" | "down" => first.unit_name().as_deref() == Some("%") || is_direction(line, at),
        word => bound::is_change(word),
    }
}

/// Whether `from` at a token is of a change: `fell from 120 to 80`, `up from 40 to 52`.
fn is_changed_from(line: &Line<'_>, from: usize) -> bool {
    line.before(from).is_some_and(|at| is_direction(line, at)) || bound::changes_before(line, from)
}

/// Whether a token is `up` or `down` as where a figure went, and not a part of a verb before it.
fn is_direction(line: &Line<'_>, at: usize) -> bool {
    let is_verbless = line.before(at).is_none_or(|before| {
        !line.is_word(before) || matches!(line.word(before), "is" | "are" | "was" | "were" | "and" | "now")
    });
    matches!(line.word(at), "up" | "down") && is_verbless
}

/// The word before the first figure that announces a range.
fn opening_before<'l>(line: &'l Line<'_>, start: usize) -> Option<&'l str> {
    let word = line.word(line.before(start)?);
    matches!(word, "from" | "between" | "від" | "от" | "з" | "із" | "зі" | "с" | "со" | "між" | "между").then_some(word)
}

/// What joins a figure that ends before a token to the next, and where that begins.
fn link(line: &Line<'_>, end: usize, opening: Option<&str>) -> Option<(Link, usize)> {
    let at = line.skip_blank(end);
    let next = line.skip_blank(at + 1);
    let is_spaced = at > end;
    if line.mark(at).is_some_and(is_dash) {
        // `дронів –12`: a dash with a blank on one side only is punctuation.
        let is_even = is_spaced == (next > at + 1);
        return is_even.then_some((Link::Dash, next));
    }
    if let Some(next) = behind_ellipsis(line, end) {
        return Some((Link::Dash, next));
    }
    let link = match (line.word(at), opening) {
        ("to", Some("from")) | ("and", Some("between")) => Link::Words,
        ("до", Some("від" | "от" | "з" | "із" | "зі" | "с" | "со")) => Link::Words,
        ("і" | "й" | "та", Some("між")) | ("и", Some("между")) => Link::Words,
        ("to" | "or" | "або" | "чи" | "или", None) => Link::Loose,
        _ => return None,
    };
    (is_spaced && next > at + 1).then_some((link, next))
}

/// The figure behind the dots of `10...15` and `10…15`.
fn behind_ellipsis(line: &Line<'_>, at: usize) -> Option<usize> {
    let next = match line.mark(at)? {
        '…' => at + 1,
        '.' if line.mark(at + 1) == Some('.') && line.mark(at + 2) == Some('.') => at + 3,
        _ => return None,
    };
    line.digits(next).map(|_| next)
}

fn is_end(measure: &Measure) -> bool {
    measure.trouble().is_none() && matches!(measure.numeral, Numeral::Digits(_) | Numeral::Words { .. })
}

fn is_unlike(first: &Measure, second: &Measure) -> bool {
    match (first.unit_name(), second.unit_name()) {
        (Some(first), Some(second)) => first != second,
        _ => false,
    }
}

fn is_signed(measure: &Measure) -> bool {
    matches!(&measure.numeral, Numeral::Digits(digits) if digits.starts_with('-'))
}
