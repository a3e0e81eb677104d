//! Running totals → what was added in each period.
//!
//! A total that falls is a correction or a glitch. Until the fall has persisted
//! the highest total stands, and nothing is ever differenced below zero.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fold::{Taken, quantity_of};
use crate::model::indicator::{Aggregate, Reset};
use crate::model::observation::{Flag, Observation};
use crate::model::quantity::{Bound, Quantity};
use crate::model::time::{Period, PeriodLength, Span, after, start_of_day};
use crate::pipeline::guards::{FALL_PERSISTS, FALL_POLLS};

/// Whether a running total lasts longer than a period, so that the period's value is a difference.
pub fn is_coarser(reset: Reset, period: PeriodLength) -> bool {
    match reset {
        Reset::Day => false,
        Reset::Month => matches!(period, PeriodLength::Day | PeriodLength::Week),
        Reset::Year | Reset::Never => true,
    }
}

/// The date on which the running total that holds at an instant began; `None`: it never begins again.
pub fn reset_start(reset: Reset, at: Timestamp, zone: &TimeZone) -> Option<Date> {
    let date = zone.to_datetime(at).date();
    match reset {
        Reset::Day => Some(date),
        Reset::Month => Some(date.first_of_month()),
        Reset::Year => Some(date.first_of_year()),
        Reset::Never => None,
    }
}

/// The course of a running total: its points by event time, each with the height that stands there.
pub(super) struct Course {
    points: Vec<Point>,
    reset: Reset,
    zone: TimeZone,
}

/// One point of a course.
struct Point {
    at: Timestamp,
    id: i64,
    quantity: Quantity,
    flags: Vec<Flag>,
    /// The highest total so far; a lower one once a fall has persisted.
    height: f64,
}

impl Course {
    /// From the observations of a total by event time; of each time the newest vintage counts.
    pub fn new(observations: &[Observation], reset: Reset, zone: &TimeZone, known: Timestamp) -> Self {
        let newest: Vec<&Observation> =
            observations.chunk_by(|a, b| a.event_time == b.event_time).filter_map(<[_]>::last).collect();
        let mut points: Vec<Point> = Vec::new();
        for (place, observation) in newest.iter().enumerate() {
            let Some(quantity) = quantity_of(observation) else { continue };
            let begun = reset_start(reset, observation.event_time, zone);
            let before = points.last().filter(|last| reset_start(reset, last.at, zone) == begun);
            let height = match before {
                Some(before) if quantity.value < before.height => {
                    let later = newest.get(place + 1..).unwrap_or_default();
                    if persists(observation, before.height, later, known) { quantity.value } else { before.height }
                }
                _ => quantity.value,
            };
            let (at, id, flags) = (observation.event_time, observation.id, observation.flags.clone());
            points.push(Point { at, id, quantity, flags, height });
        }
        Self { points, reset, zone: zone.clone() }
    }

    /// The points before an instant.
    fn before(&self, limit: Timestamp) -> &[Point] {
        self.points.get(..self.points.partition_point(|point| point.at < limit)).unwrap_or_default()
    }

    /// What was added within a span: the height at its end less the height at its start.
    pub fn flow(&self, span: Span, coverage: f64) -> Option<Taken> {
        let last_instant = Timestamp::from_millisecond(span.to.as_millisecond() - 1).ok()?;
        let begun = reset_start(self.reset, last_instant, &self.zone)
            .map_or(Timestamp::MIN, |date| start_of_day(date, &self.zone));
        let (until_end, until_start) = (self.before(span.to), self.before(span.from));
        let end = until_end.last().filter(|point| point.at >= begun)?;
        // A total that stands still is not stated anew; polls account for its standing.
        if end.at < span.from && coverage <= 0.0 {
            return None;
        }
        let within = until_end.get(until_start.len()..).unwrap_or_default();
        let mut flags: Vec<Flag> = within.iter().flat_map(|point| point.flags.iter().copied()).collect();
        flags.sort();
        flags.dedup();
        if begun == span.from {
            let quantity = Quantity { value: end.height, ..end.quantity };
            return Some(Taken { quantity, flags, vintages: vec![end.id], is_whole: true });
        }
        let start = until_start.last().filter(|point| point.at >= begun)?;
        let growth = (end.height - start.height).max(0.0);
        let quantity = if flags.contains(&Flag::Fell) {
            // What was added while the total was corrected downwards cannot be told.
            Quantity { value: growth, low: Some(0.0), high: None, bound: Bound::AtLeast }
        } else {
            Quantity::exact(growth)
        };
        Some(Taken { quantity, flags, vintages: vec![start.id, end.id], is_whole: true })
    }
}

/// Whether a fall was still there after three points or a day; a later point as high as before refutes it.
fn persists(fall: &Observation, height: f64, later: &[&Observation], known: Timestamp) -> bool {
    for (place, observation) in later.iter().enumerate() {
        let is_back = quantity_of(observation).is_some_and(|quantity| quantity.value >= height);
        if is_back {
            return false;
        }
        let is_a_day_later = observation.event_time >= after(fall.event_time, FALL_PERSISTS);
        if is_a_day_later || place + 2 >= FALL_POLLS {
            return true;
        }
    }
    known >= after(fall.recorded_at, FALL_PERSISTS)
}

/// Daily (or monthly) totals of a longer period; days without one leave the high side open.
pub(super) fn complete(
    within: &[&Observation],
    reset: Reset,
    period: Period,
    zone: &TimeZone,
    at: Timestamp,
) -> Option<Taken> {
    if within.is_empty() {
        return None;
    }
    let taken = Taken::of(within, Aggregate::Sum);
    let unit = match reset {
        Reset::Day => PeriodLength::Day,
        _ => PeriodLength::Month,
    };
    let end = period.span(zone).to.min(at);
    let mut part = Period::of_date(unit, period.first_date());
    let mut expected = 0_usize;
    while part.span(zone).from < end && expected < 400 {
        expected += 1;
        part = part.offset(1);
    }
    Some(if within.len() < expected { taken.with_gaps() } else { taken })
}
