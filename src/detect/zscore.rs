//! z-score: how many standard deviations a value is from the mean of the values just before it.

use super::numeric::recent::Recent;
use super::numeric::summary::{mean, spread};
use super::numeric::tails::normal_quantile;
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "zscore",
    doc: "standard deviations from the mean of the values just before",
    defaults: "baseline 7, limit 3",
    needs: |options| Zscore::new(options).baseline,
    start: |options| Box::new(Zscore::new(options)),
};

/// The limit in standard deviations where no `alpha` is given.
pub(super) const LIMIT: f64 = 3.0;

/// z-score against a moving baseline.
#[derive(Debug, Clone)]
pub struct Zscore {
    baseline: usize,
    limit: f64,
    sides: Sides,
    recent: Recent,
}

impl Zscore {
    /// Starts with nothing learned.
    pub fn new(options: &Options) -> Self {
        let baseline = options.baseline.unwrap_or(7);
        let limit = options.alpha.map_or(LIMIT, |alpha| normal_quantile(1.0 - alpha));
        Self { baseline, limit, sides: options.sides, recent: Recent::new(baseline) }
    }
}

impl Learner for Zscore {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        standardised(value, &self.recent.window(self.baseline, 0)?, self.limit, self.sides)
    }

    fn learn(&mut self, value: Option<f64>) {
        self.recent.push(value);
    }
}

/// The estimate of a value by mean ± `limit` standard deviations of a baseline.
pub(super) fn standardised(value: f64, baseline: &[f64], limit: f64, sides: Sides) -> Result<Estimate, Unknown> {
    let expected = mean(baseline).ok_or(Unknown::Missing { needed: 2, have: 0 })?;
    let deviation = spread(baseline);
    let statistic = (value - expected) / deviation;
    let reach = sides.reach(statistic) / limit;
    Estimate {
        expected,
        lower: expected - limit * deviation,
        upper: expected + limit * deviation,
        statistic,
        reach,
        alarm: reach > 1.0,
    }
    .checked()
}
