//! The daemon's own choice, by how much history there is.

use super::numeric::summary::median;
use super::options::Options;
use super::poisson::{Counts, Model};
use super::{Detector, Ears, Estimate, Farrington, Learner, LogRatio, Threshold, Unknown, Variant};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "auto",
    doc: "by length: 3 values poisson or, where counts are large, log_ratio; 9 ears-c2; 3 years of weeks farrington",
    defaults: "those of the method in use",
    needs: |_| FEWEST,
    start: |options| Box::new(Auto::new(options)),
};

/// With fewer values only an absolute threshold makes sense.
const FEWEST: usize = 3;
/// From counts like this on, the spread between periods is far wider than Poisson's.
const LARGE_COUNT: f64 = 100.0;
/// Farrington is made for series at least as fine as weeks.
const WEEKS: usize = 52;

/// Several detectors that learn side by side; the most demanding one that can judge does.
struct Auto {
    season: Option<Farrington>,
    week: Ears,
    small: Counts,
    large: LogRatio,
    /// The first values decide between `small` and `large`, so that the choice does not flicker.
    first: Vec<f64>,
}

impl Auto {
    fn new(options: &Options) -> Self {
        // A baseline is meant for one method; a choice between methods keeps each one's own.
        let own = Options { baseline: None, ..*options };
        Self {
            season: (options.per_year >= WEEKS).then(|| Farrington::new(Threshold::Delta, options)),
            week: Ears::new(Variant::C2, &own),
            small: Counts::new(Model::Predictive, &own),
            large: LogRatio::new(&own),
            first: Vec::new(),
        }
    }

    fn judge_short(&self, value: f64) -> Result<Estimate, Unknown> {
        let counts = self.first.iter().chain([&value]).all(|value| *value >= 0.0 && value.fract() == 0.0);
        let small = counts && median(&self.first).is_some_and(|middle| middle < LARGE_COUNT);
        if small { self.small.judge(value) } else { self.large.judge(value) }
    }
}

impl Learner for Auto {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let seasonal = self.season.as_ref().and_then(|season| season.judge(value).ok());
        seasonal.map_or_else(|| self.week.judge(value).or_else(|_| self.judge_short(value)), Ok)
    }

    fn learn(&mut self, value: Option<f64>) {
        if let Some(season) = self.season.as_mut() {
            season.learn(value);
        }
        self.week.learn(value);
        self.small.learn(value);
        self.large.learn(value);
        if self.first.len() < FEWEST {
            self.first.extend(value);
        }
    }
}
