//! Tail probability of a count under the counts just before it.

use super::numeric::recent::Recent;
use super::numeric::summary::{mean, variance};
use super::numeric::tails::CountLaw;
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The row of the Gamma–Poisson predictive distribution, the honest one for few counts.
pub(super) const PREDICTIVE: Detector = Detector {
    word: "poisson",
    doc: "tail probability of the count, the mean's own uncertainty included (Gamma–Poisson predictive)",
    defaults: "baseline up to 7 and at least 3, alpha 0.01 on each side",
    needs: |options| Counts::new(Model::Predictive, options).needed(),
    start: |options| Box::new(Counts::new(Model::Predictive, options)),
};

/// The plug-in's row.
pub(super) const PLUG_IN: Detector = Detector {
    word: "poisson-plugin",
    doc: "tail probability of the count as if the baseline's mean were the truth",
    defaults: "baseline up to 7 and at least 3, alpha 0.01 on each side",
    needs: |options| Counts::new(Model::PlugIn, options).needed(),
    start: |options| Box::new(Counts::new(Model::PlugIn, options)),
};

/// The negative binomial's row.
pub(super) const NEGATIVE_BINOMIAL: Detector = Detector {
    word: "negative-binomial",
    doc: "tail probability of the count with the baseline's own mean and overdispersion",
    defaults: "baseline up to 7 and at least 3, alpha 0.01 on each side",
    needs: |options| Counts::new(Model::NegativeBinomial, options).needed(),
    start: |options| Box::new(Counts::new(Model::NegativeBinomial, options)),
};

/// With fewer counts than this, only absolute thresholds make sense.
const FEWEST: usize = 3;
/// The smallest probability told apart from none.
const LEAST_PROBABILITY: f64 = 1e-300;

/// Where the distribution of the next count comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Gamma(½, 0) prior: negative binomial with shape ½ + Σy and rate n.
    Predictive,
    /// Poisson with the baseline's mean.
    PlugIn,
    /// Negative binomial with the baseline's mean and variance-to-mean ratio.
    NegativeBinomial,
}

impl Model {
    /// The law of the next count, and its mean, after a baseline that is not empty.
    pub(super) fn after(self, baseline: &[f64]) -> (CountLaw, f64) {
        let n = baseline.len() as f64;
        let shape = 0.5 + baseline.iter().sum::<f64>();
        // All zeros do not prove that nothing can ever happen: the prior's mean stands in.
        let plain = mean(baseline).filter(|mean| *mean > 0.0).unwrap_or(shape / n);
        match self {
            Self::Predictive => (CountLaw::NegativeBinomial { size: shape, prob: n / (n + 1.0) }, shape / n),
            Self::PlugIn => (CountLaw::Poisson { mean: plain }, plain),
            Self::NegativeBinomial => (CountLaw::overdispersed(plain, variance(baseline) / plain), plain),
        }
    }
}

/// Tail probabilities on one series of counts.
///
/// The statistic is the tail probability in the direction of the count, P(Y ≥ y)
/// or P(Y ≤ y); with both sides watched it is the smaller of the two.
#[derive(Debug, Clone)]
pub struct Counts {
    model: Model,
    baseline: usize,
    alpha: f64,
    sides: Sides,
    recent: Recent,
}

impl Counts {
    /// Starts with nothing learned.
    pub fn new(model: Model, options: &Options) -> Self {
        let baseline = options.baseline.unwrap_or(7);
        let alpha = options.alpha.unwrap_or(0.01);
        Self { model, baseline, alpha, sides: options.sides, recent: Recent::new(baseline) }
    }

    fn needed(&self) -> usize {
        self.baseline.min(FEWEST)
    }
}

impl Learner for Counts {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let baseline = self.recent.at_least(self.needed())?;
        if value < 0.0 || baseline.iter().any(|count| *count < 0.0) {
            return Err(Unknown::Unfit { why: "a count cannot be negative" });
        }
        let (law, expected) = self.model.after(&baseline);
        let (upper, lower) = (law.quantile(1.0 - self.alpha), law.quantile(self.alpha));
        let rise = law.at_least(value);
        let statistic = if self.sides == Sides::Both { rise.min(law.at_most(value)) } else { rise };
        let reach = statistic.max(LEAST_PROBABILITY).ln() / self.alpha.ln();
        let outside = value > upper || (self.sides == Sides::Both && value < lower);
        Estimate { expected, lower, upper, statistic, reach, alarm: outside }.checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        self.recent.push(value);
    }
}
