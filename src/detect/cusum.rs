//! CUSUM (Page 1954): adds up small deviations until they are a shift.

use super::numeric::summary::{mean, spread};
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "cusum",
    doc: "CUSUM: deviations from the first values' mean added up; finds a small lasting shift",
    defaults: "baseline the first 7, allowance 0.5, limit 5",
    needs: |options| Reference::wanted(options),
    start: |options| Box::new(Cusum::new(options)),
};

/// What is normal, and how far a series usually is from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}

impl Reference {
    /// How many first values it is learned from.
    pub(super) fn wanted(options: &Options) -> usize {
        options.baseline.unwrap_or(7)
    }

    /// From the values of a time that counts as normal.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        mean(values).map(|mean| Self { mean, deviation: spread(values) })
    }
}

/// How a value becomes a deviation in standard deviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standardisation {
    /// (y − μ)/σ with the reference's own deviation.
    #[default]
    Sample,
    /// (y − μ)/√μ, for counts that are truly Poisson.
    Poisson,
    /// (y − 3μ + 2√(yμ))/(2√μ) (Rossi et al. 1999).
    Rossi,
    /// 3/2·(y^⅔ − μ^⅔)/μ^⅙ (Anscombe 1953).
    Anscombe,
}

impl Standardisation {
    fn apply(self, value: f64, reference: Reference) -> f64 {
        let mean = reference.mean;
        match self {
            Self::Sample => (value - mean) / reference.deviation,
            Self::Poisson => (value - mean) / mean.sqrt(),
            Self::Rossi => (value - 3.0 * mean + 2.0 * (value * mean).sqrt()) / (2.0 * mean.sqrt()),
            Self::Anscombe => 1.5 * (value.powf(2.0 / 3.0) - mean.powf(2.0 / 3.0)) / mean.powf(1.0 / 6.0),
        }
    }

    /// The value whose deviation is `z`.
    fn invert(self, z: f64, reference: Reference) -> f64 {
        let mean = reference.mean;
        match self {
            Self::Sample => mean + z * reference.deviation,
            Self::Poisson => mean + z * mean.sqrt(),
            Self::Rossi => ((4.0 * mean + 2.0 * mean.sqrt() * z).max(0.0).sqrt() - mean.sqrt()).max(0.0).powi(2),
            Self::Anscombe => (mean.powf(2.0 / 3.0) + z * mean.powf(1.0 / 6.0) / 1.5).max(0.0).powf(1.5),
        }
    }
}

/// CUSUM on one series.
///
/// It never starts over by itself after an alarm: when an alert has been dealt
/// with is not known here.
#[derive(Debug, Clone)]
pub struct Cusum {
    /// The deviation that is not added up, in standard deviations: half the shift to be found.
    allowance: f64,
    /// The sum that raises the alarm.
    ///
    /// With an allowance of 0.5 a limit of 5 gives a false alarm in 465 values,
    /// both sides together; 4 gives one in 168.
    limit: f64,
    /// How a value becomes a deviation.
    standardisation: Standardisation,
    wanted: usize,
    sides: Sides,
    first: Vec<f64>,
    reference: Option<Reference>,
    sums: Sums,
}

/// The two running sums, both as magnitudes.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    rise: f64,
    fall: f64,
}

impl Cusum {
    /// Starts with nothing learned.
    pub fn new(options: &Options) -> Self {
        Self {
            allowance: 0.5,
            limit: 5.0,
            standardisation: Standardisation::Sample,
            wanted: Reference::wanted(options),
            sides: options.sides,
            first: Vec::new(),
            reference: None,
            sums: Sums::default(),
        }
    }

    /// Starts with a reference that is known beforehand.
    pub fn against(reference: Reference, options: &Options) -> Self {
        Self { reference: Some(reference), ..Self::new(options) }
    }

    /// With another allowance and another limit.
    #[must_use]
    pub fn tuned(self, allowance: f64, limit: f64) -> Self {
        Self { allowance, limit, ..self }
    }

    /// With another way to standardise.
    #[must_use]
    pub fn standardised(self, standardisation: Standardisation) -> Self {
        Self { standardisation, ..self }
    }

    fn advanced(&self, value: f64, reference: Reference) -> Sums {
        let z = self.standardisation.apply(value, reference);
        Sums {
            rise: (self.sums.rise + z - self.allowance).max(0.0),
            fall: (self.sums.fall - z - self.allowance).max(0.0),
        }
    }
}

impl Learner for Cusum {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let missing = Unknown::Missing { needed: self.wanted, have: self.first.len() };
        let reference = self.reference.ok_or(missing)?;
        let sums = self.advanced(value, reference);
        let statistic = self.sides.stronger(sums.rise, sums.fall);
        let reach = self.sides.reach(statistic) / self.limit;
        let room = self.limit + self.allowance;
        Estimate {
            expected: reference.mean,
            lower: self.standardisation.invert(self.sums.fall - room, reference),
            upper: self.standardisation.invert(room - self.sums.rise, reference),
            statistic,
            reach,
            alarm: reach >= 1.0,
        }
        .checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        let Some(value) = value else { return };
        if let Some(reference) = self.reference {
            self.sums = self.advanced(value, reference);
            return;
        }
        self.first.push(value);
        if self.first.len() >= self.wanted {
            self.reference = Reference::of(&std::mem::take(&mut self.first));
        }
    }
}
