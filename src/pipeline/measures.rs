//! One condition's measure: a range of values with its reason, or unknown with its reason.

mod baseline;
mod detectors;
pub mod lines;
mod reports;
mod scan;
mod schedule;
mod series;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::readings::{self, ENOUGH_COVERAGE, feeds_of, median, share_covered};
use super::schedules::{self, Outlook};
use super::{AsOf, earliest, events, freshness, observability};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect;
use crate::model::condition::{Condition, Measure, Partial, Verdict};
use crate::model::event::Event;
use crate::model::geo::Point;
use crate::model::indicator::Kind;
use crate::model::observation::{Observation, Status, Value};
use crate::model::reading::{Freshness, Reading, Standing};
use crate::model::text::figure;
use crate::model::time::{PeriodLength, Span, after, before, duration_words, from_millis, millis};
use crate::store::{Result, View};

/// Readings drawn in a chart and looked back on for a default baseline.
const CHART_PERIODS: u32 = 13;
/// Readings a detector may learn from.
const HISTORY_PERIODS: u32 = 60;

/// What a measure came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// The least and the most it can be; `None` is unknown.
    pub range: Option<(f64, f64)>,
    /// The figure that stands for the range.
    pub value: Option<f64>,
    /// The value in words with its unit.
    pub shown: String,
    /// One sentence with the figures it was made from, or why it is unknown.
    pub why: String,
    /// The rows it was computed from, the newest last.
    pub vintages: Vec<i64>,
    /// The readings behind it, oldest first.
    pub series: Vec<Reading>,
    /// The newest release it rests on; rises with each.
    pub release: Option<i64>,
    /// When time alone may change it.
    pub wake: Option<Timestamp>,
}

impl Measured {
    fn unknown(why: impl Into<String>) -> Self {
        Self { shown: "unknown".to_owned(), why: why.into(), ..Self::default() }
    }
}

/// Everything a measure is computed from.
struct Question<'a> {
    view: &'a View<'a>,
    watch: &'a Watch,
    indicator: &'a WatchedIndicator,
    condition: &'a Condition,
    as_of: AsOf,
}

/// Measures one condition.
///
/// # Errors
/// What the store refuses.
pub fn measure(view: &View<'_>, watch: &Watch, condition: &Condition, as_of: AsOf) -> Result<Measured> {
    let Some(indicator) = watch.indicator(&condition.indicator) else {
        return Ok(Measured::unknown(format!("there is no indicator {}", condition.indicator)));
    };
    let question = Question { view, watch, indicator, condition, as_of };
    let mut measured = match indicator.spec.kind {
        Kind::Level | Kind::Count => return question.of_readings(),
        Kind::Report if is_of_figures(condition.measure) => return question.of_readings(),
        Kind::Report => question.of_reports()?,
        Kind::Schedule => question.of_schedule()?,
    };
    measured.wake = earliest(measured.wake, question.coverage_ends()?);
    Ok(measured)
}

/// How fresh an indicator is, and when it will be dead if nothing comes.
///
/// # Errors
/// What the store refuses.
pub fn freshness(view: &View<'_>, indicator: &WatchedIndicator, as_of: AsOf) -> Result<(Freshness, Option<Timestamp>)> {
    let recency = freshness::recency(view, indicator, as_of)?;
    Ok((recency.freshness, recency.dead_at))
}

/// Whether a measure of reports is taken of their number in each period, like one of any other count.
fn is_of_figures(measure: Measure) -> bool {
    !matches!(measure, Measure::Reports | Measure::Corroborated | Measure::Origins | Measure::Age | Measure::Scan)
}

impl Question<'_> {
    fn window_span(&self) -> Span {
        let window = self.condition.window.unwrap_or(SignedDuration::from_hours(24 * 7));
        Span::new(before(self.as_of.at, window), self.as_of.at)
    }

    /// When a window that is covered well enough no longer will be, if no poll succeeds.
    fn coverage_ends(&self) -> Result<Option<Timestamp>> {
        let span = self.window_span();
        let (now, length) = (self.as_of.at, span.duration());
        let mut first = None;
        for feed in feeds_of(self.indicator) {
            let parts = self.view.coverage(&feed, span, self.as_of.known)?;
            let is_enough =
                |at: Timestamp| share_covered(Span::new(before(at, length), at), at, &parts) >= ENOUGH_COVERAGE;
            if is_enough(now) {
                first = earliest(first, Some(last_true(now, after(now, length), is_enough)));
            }
        }
        Ok(first.map(|at| after(at, SignedDuration::from_millis(1))))
    }

    /// The least share of a span that any feed of the indicator accounts for.
    fn coverage(&self, span: Span) -> Result<f64> {
        let mut least: f64 = 1.0;
        for feed in feeds_of(self.indicator) {
            let parts = self.view.coverage(&feed, span, self.as_of.known)?;
            least = least.min(share_covered(span, self.as_of.at, &parts));
        }
        Ok(least)
    }
}

/// The last moment, to the millisecond, at which something holds that holds at `from`, no longer does at `to`, and does
/// not begin again.
fn last_true(from: Timestamp, to: Timestamp, holds: impl Fn(Timestamp) -> bool) -> Timestamp {
    let (mut yes, mut no) = (millis(from), millis(to));
    while no - yes > 1 {
        let middle = i64::midpoint(yes, no);
        if holds(from_millis(middle)) { yes = middle } else { no = middle }
    }
    from_millis(yes)
}

/// A reading's value with its period, and what has to be known of it: `35 in 2026-05 (provisional)`.
pub fn in_words(reading: &Reading, unit: &str) -> Option<String> {
    let value = with_unit(reading.value?, unit);
    let standing = match reading.standing() {
        Standing::Final => String::new(),
        Standing::Partial => " (partial: there may be more)".to_owned(),
        other => format!(" ({})", other.word()),
    };
    let doubt = if reading.is_doubtful() { " (doubted)" } else { "" };
    Some(format!("{value} in {}{standing}{doubt}", reading.period))
}

/// A figure with its unit.
pub fn with_unit(value: f64, unit: &str) -> String {
    let digits = if value.abs() >= 1000.0 { 0 } else { 2 };
    format!("{} {unit}", figure(value, digits)).trim_end().to_owned()
}

fn days_words(days: f64) -> String {
    counted_words((days * 10.0).round() / 10.0, "day")
}

fn counted_words(value: f64, noun: &str) -> String {
    let plural = match noun {
        "delivery" => "deliveries".to_owned(),
        noun => format!("{noun}s"),
    };
    format!("{} {}", figure(value, 1), if value == 1.0 { noun.to_owned() } else { plural })
}

fn periods_words(count: usize, length: PeriodLength) -> String {
    format!("{count} {}{}", length.word(), if count == 1 { "" } else { "s" })
}

fn coverage_words(coverage: f64) -> String {
    if coverage >= ENOUGH_COVERAGE {
        return String::new();
    }
    format!("; only {} % of that time was looked at, there may have been more", figure((coverage * 100.0).floor(), 0))
}
