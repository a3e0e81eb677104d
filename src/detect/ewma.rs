//! EWMA (Roberts 1959): an exponentially weighted mean against limits of its own.

use super::cusum::Reference;
use super::numeric::tails::normal_quantile;
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The detector's row.
pub(super) const ROW: Detector = Detector {
    word: "ewma",
    doc: "EWMA: a weighted mean of all values so far against the first values' mean; finds a small lasting shift",
    defaults: "baseline the first 7, weight 0.2, limit 2.86; the bounds are those of the weighted mean",
    needs: |options| Reference::wanted(options),
    start: |options| Box::new(Ewma::new(options)),
};

/// EWMA on one series. Statistic and bounds are those of the weighted mean.
#[derive(Debug, Clone)]
pub struct Ewma {
    /// The weight of the newest value.
    weight: f64,
    /// The limit in standard deviations of the weighted mean; 2.86 with a
    /// weight of 0.2 gives a false alarm in 371 values, both sides together.
    limit: f64,
    wanted: usize,
    sides: Sides,
    first: Vec<f64>,
    state: Option<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    reference: Reference,
    average: f64,
    /// (1 − weight) to the power of twice the values averaged so far.
    fading: f64,
}

impl State {
    fn new(reference: Reference) -> Self {
        Self { reference, average: reference.mean, fading: 1.0 }
    }

    fn advanced(self, value: f64, weight: f64) -> Self {
        let average = weight * value + (1.0 - weight) * self.average;
        Self { average, fading: self.fading * (1.0 - weight).powi(2), ..self }
    }
}

impl Ewma {
    /// Starts with nothing learned.
    pub fn new(options: &Options) -> Self {
        Self {
            weight: 0.2,
            limit: options.alpha.map_or(2.86, |alpha| normal_quantile(1.0 - alpha)),
            wanted: Reference::wanted(options),
            sides: options.sides,
            first: Vec::new(),
            state: None,
        }
    }

    /// Starts with a reference that is known beforehand.
    pub fn against(reference: Reference, options: &Options) -> Self {
        Self { state: Some(State::new(reference)), ..Self::new(options) }
    }

    /// With another weight of the newest value and another limit.
    #[must_use]
    pub fn tuned(self, weight: f64, limit: f64) -> Self {
        Self { weight, limit, ..self }
    }
}

impl Learner for Ewma {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let missing = Unknown::Missing { needed: self.wanted, have: self.first.len() };
        let next = self.state.ok_or(missing)?.advanced(value, self.weight);
        let Reference { mean, deviation } = next.reference;
        let width = self.limit * deviation * (self.weight / (2.0 - self.weight) * (1.0 - next.fading)).sqrt();
        let reach = self.sides.reach(next.average - mean) / width;
        Estimate {
            expected: mean,
            lower: mean - width,
            upper: mean + width,
            statistic: next.average,
            reach,
            alarm: reach > 1.0,
        }
        .checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        let Some(value) = value else { return };
        if let Some(state) = self.state {
            self.state = Some(state.advanced(value, self.weight));
            return;
        }
        self.first.push(value);
        if self.first.len() >= self.wanted {
            self.state = Reference::of(&std::mem::take(&mut self.first)).map(State::new);
        }
    }
}
