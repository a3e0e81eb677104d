//! How recent an indicator's newest value is, by the rhythm in which its values have come so far.

use jiff::{SignedDuration, Timestamp};

use super::AsOf;
use super::readings::feeds_of;
use crate::config::plan::WatchedIndicator;
use crate::detect::rhythm::Rhythm;
use crate::model::reading::Freshness;
use crate::model::time::{PeriodLength, after, duration_words};
use crate::store::{Result, View};

/// Arrivals that the rhythm is learned from.
const ARRIVALS: u32 = 61;
/// Up to the middle gap a value is fresh.
const FRESH: f64 = 0.5;
/// Longer than this share of gaps it is overdue.
const DUE: f64 = 0.95;
/// So many times the longest usual gap, and nothing may be concluded any more.
const DEAD: i32 = 3;

/// How recent an indicator is against its rhythm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recency {
    /// The word for it.
    pub freshness: Freshness,
    /// When its newest value came; of what counts items, until when its feeds were watched.
    pub newest: Option<Timestamp>,
    /// When it will be dead if nothing comes.
    pub dead_at: Option<Timestamp>,
    /// From what age on it is due, overdue and dead.
    pub limits: Limits,
}

/// The ages at which freshness ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Older is due.
    pub due: SignedDuration,
    /// Older is overdue.
    pub overdue: SignedDuration,
    /// Older is dead.
    pub dead: SignedDuration,
    /// Where they come from.
    pub basis: Basis,
}

/// Where the limits of freshness come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The analyst's `stale_after`.
    Stated,
    /// The gaps between the values so far.
    Learned,
    /// Three periods, as long as there are too few gaps to learn from.
    Assumed,
}

impl Basis {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Learned => "learned",
            Self::Assumed => "assumed",
        }
    }
}

impl Recency {
    /// In a sentence: `fresh; due after 1h 2m, dead after 1d (learned)`.
    pub fn words(&self) -> String {
        let Limits { due, overdue, dead, basis } = self.limits;
        format!(
            "{}; due after {}, overdue after {}, dead after {} ({})",
            self.freshness.word(),
            duration_words(due),
            duration_words(overdue),
            duration_words(dead),
            basis.word()
        )
    }
}

/// How fresh an indicator is.
///
/// # Errors
/// What the store refuses.
pub fn recency(view: &View<'_>, indicator: &WatchedIndicator, as_of: AsOf) -> Result<Recency> {
    let arrivals = view.arrivals(&indicator.spec.name, as_of.known, ARRIVALS)?;
    let newest = newest(view, indicator, arrivals.first().copied(), as_of)?;
    let limits = limits(indicator, &arrivals);
    let Some(newest) = newest else {
        return Ok(Recency { freshness: Freshness::Dead, newest: None, dead_at: None, limits });
    };
    let freshness = match as_of.at.duration_since(newest) {
        age if age > limits.dead => Freshness::Dead,
        age if age > limits.overdue => Freshness::Overdue,
        age if age > limits.due => Freshness::Due,
        _ => Freshness::Fresh,
    };
    let dead_at = Some(after(newest, limits.dead.saturating_add(SignedDuration::from_millis(1))));
    Ok(Recency { freshness, newest: Some(newest), dead_at: dead_at.filter(|at| *at > as_of.at), limits })
}

/// A source that lists happenings is heard also while it lists none: there the last look counts as well.
fn newest(
    view: &View<'_>,
    indicator: &WatchedIndicator,
    arrived: Option<Timestamp>,
    as_of: AsOf,
) -> Result<Option<Timestamp>> {
    if indicator.spec.inputs.iter().any(|input| input.reads_figure) {
        return Ok(arrived);
    }
    let mut looked: Option<Timestamp> = None;
    for (place, feed) in feeds_of(indicator).iter().enumerate() {
        let until = view.covered_until(feed, as_of.known)?;
        // The feed that was looked at least decides.
        looked = if place == 0 { until } else { looked.min(until) };
    }
    Ok(arrived.max(looked))
}

fn limits(indicator: &WatchedIndicator, arrivals: &[Timestamp]) -> Limits {
    let gaps: Vec<f64> = arrivals.windows(2).map(|pair| pair[0].duration_since(pair[1]).as_secs_f64()).collect();
    let learned = Rhythm::of(&gaps).ok();
    let seconds = |seconds: f64| SignedDuration::from_secs_f64(seconds.clamp(0.0, 1e10));
    let usual = |share: f64| learned.map(|rhythm| seconds(rhythm.limit(share)));
    let longest = gaps.iter().copied().fold(0.0, f64::max);
    let assumed = periods(indicator.spec.period, 3);
    let dead = match (indicator.spec.stale_after, usual(DUE)) {
        (Some(stated), _) => stated,
        // Nights and week-ends that were not seen yet are no death: never within one period, nor within a day.
        (None, Some(usual)) => {
            let least = periods(indicator.spec.period, 1);
            usual.max(seconds(longest)).saturating_mul(DEAD).max(least)
        }
        (None, None) => assumed,
    };
    let part = |share: f64| seconds(dead.as_secs_f64() * share);
    Limits {
        due: usual(FRESH).unwrap_or(part(0.34)).min(dead),
        overdue: usual(DUE).unwrap_or(part(0.67)).min(dead),
        dead,
        basis: match (indicator.spec.stale_after, learned) {
            (Some(_), _) => Basis::Stated,
            (None, Some(_)) => Basis::Learned,
            (None, None) => Basis::Assumed,
        },
    }
}

fn periods(length: PeriodLength, count: i64) -> SignedDuration {
    let days = match length {
        PeriodLength::Day => 1,
        PeriodLength::Week => 7,
        PeriodLength::Month => 31,
        PeriodLength::Quarter => 92,
    };
    SignedDuration::from_hours(24 * days * count)
}
