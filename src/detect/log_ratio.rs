//! Robust z of the log change: for counts so large that Poisson limits are far too narrow.
//!
//! Monthly counts of tens of thousands vary from month to month sixteen times
//! as much as Poisson counts would; what is steady in them is the ratio of one
//! month to the next.

use std::collections::VecDeque;

use super::numeric::summary::{median, robust_spread};
use super::numeric::tails::normal_quantile;
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "log_ratio",
    doc: "robust z of the log of the value over the median of the 3 before, for large counts",
    defaults: "spread from 24 values, limit 2.58",
    needs: |_| MIDDLE,
    start: |options| Box::new(LogRatio::new(options)),
};

/// How many values the expected one is the median of.
const MIDDLE: usize = 3;
/// A spread below this is not believed: few ratios can be alike by chance.
const LEAST_SPREAD: f64 = 0.05;
/// A zero counts as half a unit, so that a fall to nothing is a large change and not an undefined one.
const HALF_A_UNIT: f64 = 0.5;

/// Log change against a moving median.
#[derive(Debug, Clone)]
pub struct LogRatio {
    baseline: usize,
    limit: f64,
    sides: Sides,
    logs: VecDeque<Option<f64>>,
}

impl LogRatio {
    /// Starts with nothing learned.
    pub fn new(options: &Options) -> Self {
        Self {
            baseline: options.baseline.unwrap_or(24).max(MIDDLE),
            limit: options.alpha.map_or(2.58, |alpha| normal_quantile(1.0 - alpha)),
            sides: options.sides,
            logs: VecDeque::new(),
        }
    }

    /// The spread of the changes between neighbours; a change across a gap is
    /// not a change in one period and is left out.
    fn spread(&self) -> f64 {
        let changes: Vec<f64> =
            self.logs.iter().zip(self.logs.iter().skip(1)).filter_map(|(a, b)| Some((*b)? - (*a)?)).collect();
        robust_spread(&changes).unwrap_or_default().max(LEAST_SPREAD)
    }
}

impl Learner for LogRatio {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let latest: Vec<f64> = self.logs.iter().rev().flatten().copied().take(MIDDLE).collect();
        if latest.len() < MIDDLE {
            return Err(Unknown::Missing { needed: MIDDLE, have: latest.len() });
        }
        let value = logarithm(value).ok_or(Unknown::Unfit { why: "a log ratio needs values that are not negative" })?;
        let expected = median(&latest).unwrap_or_default();
        let deviation = self.spread() * (1.0 + 1.0 / MIDDLE as f64).sqrt();
        let statistic = (value - expected) / deviation;
        let reach = self.sides.reach(statistic) / self.limit;
        Estimate {
            expected: expected.exp(),
            lower: above_zero((expected - self.limit * deviation).exp()),
            upper: (expected + self.limit * deviation).exp(),
            statistic,
            reach,
            alarm: reach > 1.0,
        }
        .checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        self.logs.push_back(value.and_then(logarithm));
        if self.logs.len() > self.baseline {
            self.logs.pop_front();
        }
    }
}

/// A bound below half a unit cannot be crossed by a zero.
fn above_zero(bound: f64) -> f64 {
    if bound <= HALF_A_UNIT { 0.0 } else { bound }
}

fn logarithm(value: f64) -> Option<f64> {
    (value >= 0.0).then(|| value.max(HALF_A_UNIT).ln())
}
