//! The digit of a claim: how credible it is beside what others say and what was before (field.md 2.2).
//!
//! Computed for each claim by itself and independent of the letter: a good
//! source can say something incredible. 1 two origins agree · 2 one origin, in
//! line with the series · 3 one origin, no history · 4 out of line, or one
//! other origin says otherwise · 5 two others say otherwise · 6 no claim.

use std::collections::HashMap;

use jiff::Timestamp;

use super::readings::median;
use super::{events, schedules};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::observation::{Observation, Value};
use crate::model::quantity::Quantity;
use crate::model::source::Source;
use crate::model::time::{Period, Span};
use crate::store::{Result, View};

/// Periods looked back on for what is usual.
const HISTORY: i64 = 30;
/// With fewer earlier values there is no series to be in line with.
const FEWEST: usize = 3;
/// So many deviations from the median are still in line.
const IN_LINE: f64 = 3.0;
/// Figures that differ by this share of the larger one are one figure, differently rounded.
const ROUNDING: f64 = 0.02;

/// The digits of some observations of one indicator, by their numbers, as known at a moment.
///
/// # Errors
/// What the store refuses.
pub fn digits(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    claims: &[Observation],
    known: Timestamp,
) -> Result<HashMap<i64, u8>> {
    let Some((first, last)) = claims.first().zip(claims.last()) else { return Ok(HashMap::new()) };
    let (from, to) = claims.iter().fold((first.event_time, last.event_time), |(from, to), one| {
        (from.min(one.event_time), to.max(one.event_time))
    });
    let period = |at| Period::containing(indicator.spec.period, at, &watch.zone);
    match indicator.spec.kind {
        Kind::Report => of_reports(view, watch, indicator, (from, to), known),
        Kind::Schedule => of_statements(view, watch, indicator, known),
        Kind::Level | Kind::Count => {
            let span = Span::new(period(from).offset(-HISTORY).span(&watch.zone).from, period(to).span(&watch.zone).to);
            let all = view.observations(&indicator.spec.name, known, span.from, span.to)?;
            let digit = |claim: &Observation| {
                let same_period = period(claim.event_time).span(&watch.zone);
                of_claim(claim, &all, same_period, &watch.sources)
            };
            Ok(claims.iter().map(|claim| (claim.id, digit(claim))).collect())
        }
    }
}

/// A report has the digit of its event.
fn of_reports(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    (from, to): (Timestamp, Timestamp),
    known: Timestamp,
) -> Result<HashMap<i64, u8>> {
    let within = indicator.spec.corroboration.within;
    let from = events::settled_before(view, indicator, from, known)?;
    let built = events::of(view, watch, indicator, Span::new(from, crate::model::time::after(to, within)), known)?;
    let digits = built.iter().filter_map(|event| Some((event, event.grade.credibility?)));
    Ok(digits.flat_map(|(event, digit)| event.members.iter().map(move |id| (*id, digit))).collect())
}

/// A statement has the digit of its package: who else says so, and independently.
fn of_statements(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    known: Timestamp,
) -> Result<HashMap<i64, u8>> {
    let reported = view.reports(&indicator.spec.name, known, Span::new(Timestamp::MIN, Timestamp::MAX))?;
    let series = schedules::series(&reported, watch, indicator);
    let mut digits = HashMap::new();
    for package in series.packages(&[]) {
        let digit = if series.origins(&package) >= 2 { 1 } else { 3 };
        digits.extend(package.statements.iter().map(|one| (one.observation.id, digit)));
    }
    Ok(digits)
}

/// The digit of one figure.
fn of_claim(claim: &Observation, all: &[Observation], period: Span, sources: &[Source]) -> u8 {
    let Value::Quantity(figure) = &claim.value else { return 6 };
    let source = |one: &Observation| sources.iter().find(|source| source.id == one.source);
    let own = source(claim);
    let is_other = |one: &&Observation| match (own, source(one)) {
        (Some(own), Some(other)) => own.owner != other.owner && (own.lineage.is_none() || own.lineage != other.lineage),
        _ => one.source != claim.source,
    };
    let quantity = |one: &Observation| match &one.value {
        Value::Quantity(quantity) => Some(*quantity),
        Value::Report(_) | Value::Statement(_) => None,
    };
    // Whoever says it twice is one voice: an owner agrees with one figure that does, else says otherwise.
    let mut voices: HashMap<&str, bool> = HashMap::new();
    for other in all.iter().filter(|one| period.contains(one.event_time)).filter(is_other) {
        let said = quantity(other).and_then(|quantity| agrees(*figure, quantity));
        let owner = source(other).map_or(other.source.as_str(), |source| source.owner.as_str());
        if let Some(agrees) = said {
            *voices.entry(owner).or_default() |= agrees;
        }
    }
    let agreeing = voices.values().filter(|agrees| **agrees).count();
    let before = all.iter().filter(|one| one.event_time < period.from && one.source == claim.source);
    let history: Vec<f64> = before.filter_map(quantity).map(|quantity| quantity.value).collect();
    match (agreeing, voices.len() - agreeing) {
        (0, 2..) => 5,
        (1.., _) => 1,
        (0, 1) => 4,
        _ if history.len() < FEWEST => 3,
        _ if is_in_line(figure.value, &history) => 2,
        _ => 4,
    }
}

/// Whether another figure says the same; `None` where it is open to one side and so says neither: `over 1 500` does not
/// confirm 44 812.
fn agrees(one: Quantity, other: Quantity) -> Option<bool> {
    let slack = one.value.abs().max(other.value.abs()) * ROUNDING;
    let range = |sum: Quantity| (sum.low.unwrap_or(f64::NEG_INFINITY), sum.high.unwrap_or(f64::INFINITY));
    let ((low, high), (other_low, other_high)) = (range(one), range(other));
    let overlap = low <= other_high + slack && other_low <= high + slack;
    let are_closed = [low, high, other_low, other_high].iter().all(|limit| limit.is_finite());
    (are_closed || !overlap).then_some(overlap)
}

/// Within three robust deviations of the median; a series that never moves may still move by a twentieth.
fn is_in_line(value: f64, history: &[f64]) -> bool {
    let Some(middle) = median(history) else { return true };
    let apart: Vec<f64> = history.iter().map(|one| (one - middle).abs()).collect();
    let spread = (1.4826 * median(&apart).unwrap_or(0.0)).max(middle.abs() * 0.05);
    (value - middle).abs() <= IN_LINE * spread
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::Name;
    use crate::model::observation::Evidence;
    use crate::model::quantity::Bound;
    use crate::model::source::{Discipline, Grade};

    fn source(id: &str, owner: &str) -> Source {
        Source {
            id: id.to_owned(),
            title: id.to_owned(),
            names: Vec::new(),
            reliability: None,
            discipline: Discipline::Media,
            party: None,
            owner: owner.to_owned(),
            lineage: None,
        }
    }

    fn said(source: &str, day: i64, value: f64) -> Observation {
        Observation {
            id: day,
            indicator: Name::new("w", "i"),
            key: format!("{source} {day}"),
            event_time: Timestamp::from_second(day * 86_400).unwrap(),
            value: Value::Quantity(Quantity::exact(value)),
            recorded_at: Timestamp::UNIX_EPOCH,
            feed: None,
            source: source.to_owned(),
            item: None,
            method: None,
            evidence: Evidence::default(),
            grade: Grade::default(),
            flags: Vec::new(),
            supersedes: None,
            author: None,
            withdrawn: false,
            entered_at: None,
        }
    }

    /// The digit of 100 on the tenth day by `a`, beside what others say on that day and after what `a` said before.
    #[track_caller]
    fn check(others: &[(&str, f64)], before: &[f64], expected: u8) {
        let sources = [source("a", "a"), source("b", "b"), source("c", "c"), source("mine", "a")];
        let claim = said("a", 10, 100.0);
        let mut all: Vec<Observation> =
            before.iter().enumerate().map(|(day, value)| said("a", day as i64, *value)).collect();
        all.push(claim.clone());
        all.extend(others.iter().map(|(source, value)| said(source, 10, *value)));
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        assert_eq!(of_claim(&claim, &all, Span::new(day(10), day(11)), &sources), expected, "{others:?} {before:?}");
    }

    #[test]
    fn every_digit() {
        check(&[("b", 101.0)], &[], 1);
        check(&[("b", 101.0), ("c", 500.0)], &[], 1);
        check(&[], &[90.0, 95.0, 110.0, 105.0], 2);
        check(&[], &[90.0], 3);
        check(&[("mine", 100.0)], &[], 3);
        check(&[], &[9.0, 10.0, 11.0, 10.0], 4);
        check(&[("b", 500.0)], &[90.0, 95.0, 110.0], 4);
        check(&[("b", 500.0), ("c", 400.0)], &[90.0, 95.0, 110.0], 5);
        // Twice by one voice is said otherwise once.
        check(&[("b", 500.0), ("b", 400.0)], &[90.0, 95.0, 110.0], 4);
        let claim = Observation {
            value: Value::Statement(crate::model::observation::Statement::default()),
            ..said("a", 1, 0.0)
        };
        assert_eq!(of_claim(&claim, &[], Span::new(Timestamp::MIN, Timestamp::MAX), &[]), 6);
    }

    #[test]
    fn an_open_figure_confirms_nothing_and_can_contradict() {
        let over = |low| Quantity { low: Some(low), high: None, bound: Bound::AtLeast, ..Quantity::exact(low) };
        assert_eq!(agrees(Quantity::exact(44_812.0), over(1_520.0)), None);
        assert_eq!(agrees(Quantity::exact(1_000.0), over(1_520.0)), Some(false));
        assert_eq!(agrees(Quantity::exact(100.0), Quantity::exact(101.0)), Some(true));
    }
}
