//! Observations and coverage → readings: one value a period, zero and missing told apart.

mod delay;
mod feed;
mod fold;
pub mod nowcast;
pub mod totals;

use jiff::Timestamp;

use self::feed::FeedSeries;
pub use self::fold::median;
use self::fold::{Taken, aggregated, counts};
pub use self::totals::reset_start;
use super::{AsOf, earliest, guards, observability};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::{Aggregate, Combine};
use crate::model::name::Name;
use crate::model::observation::Observation;
use crate::model::quantity::{Bound, Quantity};
use crate::model::reading::Reading;
use crate::model::time::{Period, Span};
use crate::store::{Result, View};

/// From this share of a period on, what polls account for may stand for the whole.
pub const ENOUGH_COVERAGE: f64 = 0.9;

/// Periods that tell whether a value is unlike its past.
const PAST: u32 = 30;

/// Whose readings, and from where they are seen.
#[derive(Clone, Copy)]
struct Question<'a> {
    view: &'a View<'a>,
    watch: &'a Watch,
    indicator: &'a WatchedIndicator,
    as_of: AsOf,
}

/// The readings of the last `periods` periods, oldest first; the last one is the running period.
///
/// # Errors
/// What the store refuses.
pub fn readings(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    periods: u32,
    as_of: AsOf,
) -> Result<Vec<Reading>> {
    let running = Period::containing(indicator.spec.period, as_of.at, &watch.zone);
    // What is unlike the past is told from the past, also where only the newest periods are asked for.
    let wanted = periods.max(1) as usize;
    let back = i64::from(periods.max(PAST)) - 1;
    let span = Span::new(running.offset(-back).span(&watch.zone).from, running.span(&watch.zone).to);
    let question = Question { view, watch, indicator, as_of };
    let mut feeds = Vec::new();
    for feed in feeds_of(indicator) {
        feeds.push(FeedSeries::load(&question, &feed, span)?);
    }
    let by_hand = by_hand(&question, span)?;
    let mut series: Vec<Reading> = Vec::new();
    let mut confirmed = Vec::new();
    for period in (0..=back).rev().map(|steps| running.offset(-steps)) {
        let candidates: Vec<Reading> = feeds.iter().map(|feed| feed.reading(period)).collect();
        let is_stated_by_hand = by_hand.iter().any(|one| period.span(&watch.zone).contains(one.event_time));
        confirmed.push(is_stated_by_hand || is_confirmed_zero(&candidates, watch));
        series.push(with_hand_made(combine(indicator, period, candidates, watch), &by_hand, indicator));
    }
    let mut series = observability::veil(view, watch, indicator, series, as_of)?;
    guards::mark(&mut series, &confirmed, indicator.spec.kind);
    Ok(series.split_off(series.len().saturating_sub(wanted)))
}

/// When time alone makes the newest closed period of an indicator final, where that is still to come.
pub fn next_settling(series: &[Reading], at: Timestamp) -> Option<Timestamp> {
    let open = series.iter().filter(|reading| !reading.is_final && reading.span.to <= at);
    open.map(|reading| reading.settles_at).filter(|settles| *settles > at).fold(None, |a, b| earliest(a, Some(b)))
}

/// The feeds of an indicator in the order in which they are first named.
pub fn feeds_of(indicator: &WatchedIndicator) -> Vec<Name> {
    let mut feeds: Vec<Name> = Vec::new();
    for input in &indicator.spec.inputs {
        if !feeds.contains(&input.feed) {
            feeds.push(input.feed.clone());
        }
    }
    feeds
}

/// The share of a span, up to `until`, that spans of coverage account for: 0 to 1.
pub fn share_covered(span: Span, until: Timestamp, coverage: &[Span]) -> f64 {
    let span = Span::new(span.from, span.to.min(until));
    let whole = span.duration().as_secs_f64();
    if whole <= 0.0 {
        return 0.0;
    }
    let mut reached = span.from;
    let mut covered = 0.0;
    // Ascending by start, so what is left of `reached` was counted already.
    for part in coverage {
        let part = Span::new(part.from.max(reached), part.to.min(span.to));
        covered += part.duration().as_secs_f64();
        reached = reached.max(part.to);
    }
    (covered / whole).clamp(0.0, 1.0)
}

/// Whether two feeds of different sources state that a period had nothing.
fn is_confirmed_zero(candidates: &[Reading], watch: &Watch) -> bool {
    let zeros = candidates.iter().filter(|reading| reading.value == Some(0.0));
    let mut sources: Vec<&str> = zeros
        .filter_map(|reading| watch.feeds.iter().find(|feed| reading.feed.as_deref() == Some(&feed.name.to_string())))
        .map(|feed| feed.source.lineage.as_deref().unwrap_or(&feed.source.owner))
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources.len() > 1
}

fn combine(indicator: &WatchedIndicator, period: Period, candidates: Vec<Reading>, watch: &Watch) -> Reading {
    let span = period.span(&watch.zone);
    let missing = || Reading {
        period,
        span,
        value: None,
        low: None,
        high: None,
        is_final: false,
        settles_at: candidates.iter().map(|reading| reading.settles_at).max().unwrap_or(span.to),
        is_whole: true,
        coverage: 0.0,
        flags: Vec::new(),
        vintages: Vec::new(),
        feed: None,
    };
    let present: Vec<&Reading> = candidates.iter().filter(|reading| reading.value.is_some()).collect();
    let aggregate = match indicator.spec.combine {
        Combine::First => {
            let first = present.first().copied();
            let best = || candidates.iter().max_by(|a, b| a.coverage.total_cmp(&b.coverage));
            return first.or_else(best).cloned().unwrap_or_else(missing);
        }
        Combine::Sum => Aggregate::Sum,
        Combine::Max => Aggregate::Max,
        Combine::Median => Aggregate::Median,
    };
    if present.is_empty() {
        return candidates.first().cloned().unwrap_or_else(missing);
    }
    let quantity = |reading: &&Reading| {
        let (low, high) = (reading.low, reading.high);
        reading.value.map(|value| Quantity { value, low, high, bound: Bound::Exact })
    };
    let quantities: Vec<Quantity> = present.iter().filter_map(quantity).collect();
    let whole = aggregated(&quantities, aggregate);
    let is_whole = present.len() == candidates.len();
    Reading {
        value: Some(whole.value),
        low: whole.low,
        // A feed without a value could only add to a sum or a maximum.
        high: whole.high.filter(|_| is_whole),
        is_final: present.iter().all(|reading| reading.is_final),
        is_whole: is_whole && present.iter().all(|reading| reading.is_whole),
        coverage: candidates.iter().map(|reading| reading.coverage).fold(1.0, f64::min),
        flags: present.iter().flat_map(|reading| reading.flags.clone()).collect(),
        vintages: present.iter().flat_map(|reading| reading.vintages.clone()).collect(),
        ..missing()
    }
}

fn by_hand(question: &Question<'_>, span: Span) -> Result<Vec<Observation>> {
    let Question { view, indicator, as_of, .. } = *question;
    let mut found = view.hand_made(&indicator.spec.name, as_of.known, span.from, span.to)?;
    found.retain(counts);
    Ok(found)
}

/// What a person recorded stands before what feeds say.
fn with_hand_made(reading: Reading, by_hand: &[Observation], indicator: &WatchedIndicator) -> Reading {
    let within: Vec<&Observation> =
        by_hand.iter().filter(|observation| reading.span.contains(observation.event_time)).collect();
    if within.is_empty() {
        return reading;
    }
    let taken = Taken::of(&within, indicator.spec.aggregate);
    Reading {
        value: Some(taken.quantity.value),
        low: taken.quantity.low,
        high: taken.quantity.high,
        is_whole: true,
        coverage: 1.0,
        flags: taken.flags,
        vintages: taken.vintages,
        feed: None,
        ..reading
    }
}
