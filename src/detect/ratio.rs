//! Ratio to the median of the values just before: a threshold that needs no distribution.

use super::numeric::recent::Recent;
use super::numeric::summary::median;
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "ratio",
    doc: "the value divided by the median of the values just before",
    defaults: "baseline 3, a quarter up or down",
    needs: |options| Ratio::new(options).baseline,
    start: |options| Box::new(Ratio::new(options)),
};

/// The least history that makes a median.
const DEFAULT_BASELINE: usize = 3;

/// Ratio to a moving median.
#[derive(Debug, Clone)]
pub struct Ratio {
    /// The share of the median by which a value has to differ.
    tolerance: f64,
    baseline: usize,
    sides: Sides,
    recent: Recent,
}

impl Ratio {
    /// Starts with nothing learned.
    pub fn new(options: &Options) -> Self {
        let baseline = options.baseline.unwrap_or(DEFAULT_BASELINE);
        Self { tolerance: 0.25, baseline, sides: options.sides, recent: Recent::new(baseline) }
    }
}

impl Learner for Ratio {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let expected = median(&self.recent.window(self.baseline, 0)?).unwrap_or_default();
        if expected <= 0.0 {
            return Err(Unknown::Unfit { why: "a ratio needs a baseline above zero" });
        }
        let statistic = value / expected;
        let reach = self.sides.reach(statistic - 1.0) / self.tolerance;
        Estimate {
            expected,
            lower: expected * (1.0 - self.tolerance),
            upper: expected * (1.0 + self.tolerance),
            statistic,
            reach,
            alarm: reach > 1.0,
        }
        .checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        self.recent.push(value);
    }
}
