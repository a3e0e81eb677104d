//! How good a scenario's probabilities were: forecasts against what came.
//!
//! A forecast is the last probability of a day. It came true when a happening
//! followed it in time: a `[[marks]]` date of the scenario, or, where it has
//! none, its own activation. In time is by the watch's `until`, or within a
//! horizon. Forecasts made blind, or of an alert that was later undone, are
//! void; those whose time is not over are open. Both are counted and shown.

use jiff::{SignedDuration, Timestamp};

use super::AsOf;
use crate::config::plan::Watch;
use crate::detect::calibration::Resolved;
use crate::model::alert::Alert;
use crate::model::scenario::Scenario;
use crate::model::time::{Period, PeriodLength, Span, after, start_of_day};
use crate::store::{Result, ShownProbability, View};

/// What forecasts are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// The watch's `[[marks]]` of the scenario.
    Marks,
    /// The scenario's own activations: the rules judge the probabilities, not the world.
    Activations,
}

impl Truth {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Marks => "marks",
            Self::Activations => "activations",
        }
    }
}

/// By when a forecast has to come true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// By the end of the watch.
    Until(Timestamp),
    /// So long after the forecast.
    Within(SignedDuration),
}

impl Horizon {
    /// The horizon of a watch where nothing else is asked for: its end, else 30 days.
    pub fn of(watch: &Watch) -> Self {
        let end = watch.until.and_then(|last| last.tomorrow().ok()).map(|end| start_of_day(end, &watch.zone));
        end.map_or(Self::Within(SignedDuration::from_hours(30 * 24)), Self::Until)
    }

    fn deadline(self, forecast: Timestamp) -> Timestamp {
        match self {
            Self::Until(end) => end,
            Self::Within(horizon) => after(forecast, horizon),
        }
    }
}

/// A scenario's forecasts, sorted by what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What they are held against.
    pub truth: Truth,
    /// Those that came true or did not.
    pub resolved: Vec<Resolved>,
    /// Those whose time is not over.
    pub open: u32,
    /// Those that nothing can be said of.
    pub void: u32,
}

/// Sorts the forecasts of a scenario.
///
/// # Errors
/// What the store refuses.
pub fn score(view: &View<'_>, watch: &Watch, scenario: &Scenario, horizon: Horizon, as_of: AsOf) -> Result<Score> {
    let forecasts = daily(&view.probabilities(&scenario.name, as_of.known)?, watch);
    let alerts = view.alerts_of(&scenario.name)?;
    let marked = watch.marks.iter().filter(|mark| mark.scenario.as_deref() == Some(scenario.name.local()));
    let marks: Vec<Timestamp> = marked.map(|mark| start_of_day(mark.date, &watch.zone)).collect();
    let (truth, happenings) = if marks.is_empty() {
        let stood = alerts.iter().filter(|alert| !was_undone(alert));
        (Truth::Activations, stood.map(|alert| alert.opened).collect())
    } else {
        (Truth::Marks, marks)
    };
    let mut score = Score { truth, resolved: Vec::new(), open: 0, void: 0 };
    let undone: Vec<Span> = alerts.iter().filter(|alert| was_undone(alert)).map(span).collect();
    let under_way: Vec<Span> = alerts.iter().map(span).collect();
    for forecast in &forecasts {
        if forecast.blind || undone.iter().any(|span| span.contains(forecast.at)) {
            score.void += 1;
        } else if truth == Truth::Activations && under_way.iter().any(|span| span.contains(forecast.at)) {
            // What is under way is no longer forecast.
        } else {
            score.sort(forecast, &happenings, horizon.deadline(forecast.at), as_of.at);
        }
    }
    Ok(score)
}

impl Score {
    fn sort(&mut self, forecast: &ShownProbability, happenings: &[Timestamp], deadline: Timestamp, now: Timestamp) {
        let next = happenings.iter().copied().filter(|at| *at > forecast.at).min();
        let happened = next.is_some_and(|at| at <= deadline && at <= now);
        let is_closed = next.is_none() && happenings.iter().any(|at| *at <= forecast.at);
        if happened {
            self.resolved.push(Resolved { forecast: forecast.probability, happened: true });
        } else if deadline > now {
            self.open += u32::from(!is_closed);
        } else if !is_closed {
            self.resolved.push(Resolved { forecast: forecast.probability, happened: false });
        }
    }
}

fn was_undone(alert: &Alert) -> bool {
    alert.resolution.as_deref() == Some("undone by revision")
}

fn span(alert: &Alert) -> Span {
    Span::new(alert.opened, alert.resolved.unwrap_or(Timestamp::MAX))
}

/// The last probability of each local day.
fn daily(shown: &[ShownProbability], watch: &Watch) -> Vec<ShownProbability> {
    let day = |one: &ShownProbability| Period::containing(PeriodLength::Day, one.at, &watch.zone);
    let mut last: Vec<ShownProbability> = Vec::new();
    for one in shown {
        match last.last_mut() {
            Some(held) if day(held) == day(one) => *held = *one,
            _ => last.push(*one),
        }
    }
    last
}
