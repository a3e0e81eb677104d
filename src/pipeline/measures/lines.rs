//! Where the bounds of conditions lie among an indicator's own values: what a chart draws across its bars.

use super::baseline::{Before, learned, since_break};
use super::*;
use crate::model::condition::Limits;
use crate::model::scenario::Scenario;

/// One level across a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The level, in the unit of the values.
    pub at: f64,
    /// What it is: `risk: ratio at most 0.75`.
    pub label: String,
    /// Whether it is a bound; else what is usual.
    pub is_bound: bool,
}

/// The baselines and bounds of every condition that rests on an indicator, as they stand for its newest final reading.
pub fn lines(
    watch: &Watch,
    indicator: &WatchedIndicator,
    view: &View<'_>,
    series: &[Reading],
    as_of: AsOf,
) -> Vec<Line> {
    let Some(place) = series.iter().rposition(|reading| reading.is_final && reading.value.is_some()) else {
        return Vec::new();
    };
    let mut found: Vec<Line> = Vec::new();
    for scenario in &watch.scenarios {
        for condition in scenario.conditions.iter().filter(|one| one.indicator == indicator.spec.name) {
            let question = Question { view, watch, indicator, condition, as_of };
            for line in question.lines(scenario, &series[..place], &series[place]) {
                let is_there = found.iter().any(|other| other.at == line.at && other.label == line.label);
                found.extend((!is_there && line.at.is_finite()).then_some(line));
            }
        }
    }
    found
}

impl Question<'_> {
    fn lines(&self, scenario: &Scenario, earlier: &[Reading], latest: &Reading) -> Vec<Line> {
        let measure = self.condition.measure;
        let label = format!("{}: {} {}", scenario.name.local(), measure.word(), self.condition.bound);
        let bound = |at: f64| Line { at, label: label.clone(), is_bound: true };
        let usual = |at: f64, what: String| Line { at, label: what, is_bound: false };
        let limits = limits(&self.condition.limits);
        if measure == Measure::Value {
            return limits.into_iter().map(bound).collect();
        }
        let Ok(earlier) = since_break(earlier, latest, &self.indicator.spec.breaks) else { return Vec::new() };
        match measure {
            Measure::Ratio => {
                let before = Before { readings: earlier, wanted: self.condition.baseline.unwrap_or(3) as usize };
                let Ok(middle) = before.median() else { return Vec::new() };
                let baseline = usual(middle.value, format!("baseline: median of {} before", before.wanted));
                [baseline].into_iter().chain(limits.into_iter().map(|limit| bound(limit * middle.value))).collect()
            }
            Measure::Change => {
                let over = self.condition.over.unwrap_or(1) as usize;
                let base = earlier.len().checked_sub(over).and_then(|place| earlier.get(place)?.value);
                let Some(base) = base else { return Vec::new() };
                let moved = |limit: f64| if self.condition.share { base * (1.0 + limit) } else { base + limit };
                limits.into_iter().map(|limit| bound(moved(limit))).collect()
            }
            _ => self.usual_range(earlier, latest),
        }
    }

    /// What a detector expected of the newest final reading.
    fn usual_range(&self, earlier: &[Reading], latest: &Reading) -> Vec<Line> {
        let history: Vec<Option<f64>> = earlier.iter().map(learned).collect();
        let detector = detect::find(self.condition.measure.word());
        let estimate = detector
            .zip(latest.value)
            .and_then(|(detector, value)| detect::measure(detector, &history, value, &self.options()).ok());
        let Some(estimate) = estimate else { return Vec::new() };
        let word = self.condition.measure.word();
        [(estimate.expected, "expected"), (estimate.lower, "usual from"), (estimate.upper, "usual up to")]
            .map(|(at, what)| Line { at, label: format!("{word}: {what}"), is_bound: false })
            .to_vec()
    }
}

fn limits(limits: &Limits) -> Vec<f64> {
    [limits.above, limits.below, limits.at_least, limits.at_most].into_iter().flatten().collect()
}
