//! The Early Aberration Reporting System's C1, C2 and C3 (Hutwagner et al.
//! 2003; Fricker et al. 2008): short baselines for series without a past.

use std::collections::VecDeque;

use super::numeric::recent::Recent;
use super::numeric::summary::{mean, spread};
use super::numeric::tails::normal_quantile;
use super::options::{Options, Sides};
use super::zscore::{self, standardised};
use super::{Detector, Estimate, Learner, Unknown};

/// C1's row.
pub(super) const C1: Detector = Detector {
    word: "ears-c1",
    doc: "EARS C1: standard deviations from the mean of the 7 values just before",
    defaults: "baseline 7, limit 3",
    needs: |options| Ears::new(Variant::C1, options).needs(),
    start: |options| Box::new(Ears::new(Variant::C1, options)),
};

/// C2's row.
pub(super) const C2: Detector = Detector {
    word: "ears-c2",
    doc: "EARS C2: as C1, with 2 values left out before the judged one, so that a slow rise does not hide itself",
    defaults: "baseline 7, gap 2, limit 3",
    needs: |options| Ears::new(Variant::C2, options).needs(),
    start: |options| Box::new(Ears::new(Variant::C2, options)),
};

/// C3's row.
pub(super) const C3: Detector = Detector {
    word: "ears-c3",
    doc: "EARS C3: what C2 exceeds 1 by, summed over the judged value and the 2 before it",
    defaults: "baseline 7, gap 2, limit 2",
    needs: |options| Ears::new(Variant::C3, options).needs(),
    start: |options| Box::new(Ears::new(Variant::C3, options)),
};

/// The values that C2 and C3 leave out before the judged one.
const GAP: usize = 2;
/// C3 adds this many earlier values of C2 to the present one.
const ADDED: usize = 2;
/// C3's limit where no `alpha` is given.
const C3_LIMIT: f64 = 2.0;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The baseline ends just before the judged value.
    C1,
    /// The baseline ends two values before it.
    C2,
    /// C2 summed over three values.
    C3,
}

/// EARS on one series.
#[derive(Debug, Clone)]
pub struct Ears {
    variant: Variant,
    baseline: usize,
    limit: f64,
    sides: Sides,
    recent: Recent,
    excesses: VecDeque<Excess>,
}

/// What one value of C2 exceeds 1 by, upwards and downwards.
#[derive(Debug, Clone, Copy, Default)]
struct Excess {
    rise: f64,
    fall: f64,
}

impl Ears {
    /// Starts with nothing learned.
    pub fn new(variant: Variant, options: &Options) -> Self {
        let baseline = options.baseline.unwrap_or(7);
        let fixed = if variant == Variant::C3 { C3_LIMIT } else { zscore::LIMIT };
        Self {
            variant,
            baseline,
            limit: options.alpha.map_or(fixed, |alpha| normal_quantile(1.0 - alpha)),
            sides: options.sides,
            recent: Recent::new(baseline.saturating_add(GAP)),
            excesses: VecDeque::new(),
        }
    }

    fn needs(&self) -> usize {
        match self.variant {
            Variant::C1 => self.baseline,
            Variant::C2 => self.baseline.saturating_add(GAP),
            Variant::C3 => self.baseline.saturating_add(GAP + ADDED),
        }
    }

    fn window(&self) -> Result<Vec<f64>, Unknown> {
        self.recent.window(self.baseline, if self.variant == Variant::C1 { 0 } else { GAP })
    }

    fn excess(&self, value: f64) -> Option<Excess> {
        let baseline = self.window().ok()?;
        let c2 = (value - mean(&baseline)?) / spread(&baseline);
        Some(Excess { rise: (c2 - 1.0).max(0.0), fall: (-c2 - 1.0).max(0.0) })
    }

    /// C3 by its definition: the value of the day counts in its own sum.
    ///
    /// A widely used implementation puts the observed value where the mean of
    /// the baseline belongs, so that only the two days before can raise its
    /// alarm. On days when those two are past the limit by themselves, the
    /// bound here lies below the mean.
    fn judge_sum(&self, value: f64) -> Result<Estimate, Unknown> {
        if self.excesses.len() < ADDED {
            return Err(Unknown::Missing { needed: self.needs(), have: self.recent.len() + self.excesses.len() });
        }
        let baseline = self.window()?;
        let expected = mean(&baseline).unwrap_or_default();
        let deviation = spread(&baseline);
        let before = self.excesses.iter().fold(Excess::default(), |sum, excess| sum.and(*excess));
        let sum = self.excess(value).unwrap_or_default().and(before);
        let statistic = self.sides.stronger(sum.rise, sum.fall);
        let reach = self.sides.reach(statistic) / self.limit;
        Estimate {
            expected,
            lower: expected - deviation * (1.0 + self.limit - before.fall),
            upper: expected + deviation * (1.0 + self.limit - before.rise),
            statistic,
            reach,
            alarm: reach > 1.0,
        }
        .checked()
    }
}

impl Excess {
    fn and(self, other: Self) -> Self {
        Self { rise: self.rise + other.rise, fall: self.fall + other.fall }
    }
}

impl Learner for Ears {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        match self.variant {
            Variant::C1 | Variant::C2 => standardised(value, &self.window()?, self.limit, self.sides),
            Variant::C3 => self.judge_sum(value),
        }
    }

    fn learn(&mut self, value: Option<f64>) {
        if self.variant == Variant::C3 {
            self.excesses.extend(value.and_then(|value| self.excess(value)));
            if self.excesses.len() > ADDED {
                self.excesses.pop_front();
            }
        }
        self.recent.push(value);
    }
}
