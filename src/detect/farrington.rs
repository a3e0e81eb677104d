//! Farrington (1996) and its flexible successor (Noufaily et al. 2013): a
//! regression on the same weeks of past years, old outbreaks weighted down.
//!
//! Past years' weeks are found by counting periods back, so a row is a period:
//! gaps have to be rows without a value.

use std::collections::VecDeque;

use super::numeric::glm::{Data, Fit};
use super::numeric::tails::{CountLaw, normal_quantile, student_two_sided};
use super::options::{Options, Sides};
use super::{Detector, Estimate, Learner, Unknown};

/// The flexible method's row.
pub(super) const FLEXIBLE: Detector = Detector {
    word: "farrington",
    doc: "Farrington flexible: regression on the whole of past years with season and trend",
    defaults: "3 years, 3 weeks to each side, 10 seasonal blocks, half a year left out, alpha 0.01 on each side",
    needs: |options| Farrington::new(Threshold::Delta, options).needed(),
    start: |options| Box::new(Farrington::new(Threshold::Delta, options)),
};

/// The classic method's row.
pub(super) const CLASSIC: Detector = Detector {
    word: "farrington-classic",
    doc: "Farrington 1996: regression on the same weeks of past years only",
    defaults: "3 years, 3 weeks to each side, alpha 0.01 for both sides together",
    needs: |options| Farrington::new(Threshold::Classic, options).needed(),
    start: |options| Box::new(Farrington::new(Threshold::Classic, options)),
};

/// Fewer reports than this in four periods raise no alarm.
const ENOUGH_REPORTS: f64 = 5.0;
/// The periods in which there have to be enough reports, the judged one included.
const ENOUGH_PERIODS: usize = 4;
/// A trend is not believed from fewer years.
const TREND_YEARS: usize = 3;

/// How the bound is made from the regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// 1996: the same weeks only, a trend only if significant, ⅔-power normal bound at α/2.
    Classic,
    /// Flexible, ⅔-power normal bound at α.
    Delta,
    /// Flexible, negative binomial quantile at the estimated mean.
    NegativeBinomial,
    /// Flexible, negative binomial quantile at the mean's own upper bound.
    Muan,
}

/// Farrington on one series of counts.
#[derive(Debug, Clone)]
pub struct Farrington {
    threshold: Threshold,
    years: usize,
    per_year: usize,
    window: usize,
    /// Seasonal blocks of a year, the one around the judged period included; 1: only that.
    blocks: usize,
    /// The newest periods left out, so that an outbreak does not explain itself.
    skipped: usize,
    alpha: f64,
    sides: Sides,
    history: VecDeque<Option<f64>>,
}

/// What the regression says of the judged period.
#[derive(Debug, Clone, Copy)]
struct Prediction {
    mean: f64,
    /// The standard error of the log of the mean.
    error: f64,
    dispersion: f64,
}

impl Farrington {
    /// Starts with nothing learned.
    pub fn new(threshold: Threshold, options: &Options) -> Self {
        let per_year = options.per_year.max(1);
        let window = options.window.unwrap_or(per_year * 3 / 52).min((per_year - 1) / 2);
        let between = per_year - (2 * window + 1).min(per_year);
        let classic = threshold == Threshold::Classic;
        Self {
            threshold,
            years: options.years.unwrap_or(3).max(1),
            per_year,
            window,
            blocks: if classic { 1 } else { 10.min(between + 1) },
            skipped: if classic { window } else { per_year / 2 },
            alpha: options.alpha.unwrap_or(0.01),
            sides: options.sides,
            history: VecDeque::new(),
        }
    }

    fn needed(&self) -> usize {
        self.years.saturating_mul(self.per_year).saturating_add(self.window)
    }

    /// The value so many periods ago.
    fn ago(&self, periods: usize) -> Option<f64> {
        let place = self.history.len().checked_sub(periods)?;
        self.history.get(place).copied().flatten()
    }

    /// The seasonal block of the period so long ago: 0 around the judged period's
    /// own time of year; `None` where it is not used.
    fn block(&self, periods_ago: usize) -> Option<usize> {
        let into = periods_ago % self.per_year;
        if into <= self.window || into >= self.per_year - self.window {
            return Some(0);
        }
        let others = self.blocks.checked_sub(1).filter(|others| *others > 0)?;
        let between = self.per_year.checked_sub(2 * self.window + 1)?;
        let place = (self.per_year - self.window - 1).checked_sub(into)?;
        // The first blocks of a year take one period more where the division leaves a rest.
        let (length, longer) = (between / others, between % others);
        let in_longer = longer * (length + 1);
        let block = if place < in_longer { place / (length + 1) } else { longer + (place - in_longer) / length.max(1) };
        Some(block + 1)
    }

    /// The regression's data; the judged period is at time 0 in block 0, so that
    /// its prediction is the constant alone.
    fn data(&self, with_trend: bool) -> Data {
        let used = (self.skipped + 1..=self.needed()).rev().filter_map(|periods| {
            let count = self.ago(periods).filter(|count| *count >= 0.0)?;
            Some((periods, self.block(periods)?, count))
        });
        let rows: Vec<(usize, usize, f64)> = used.collect();
        let blocks: Vec<usize> = (1..self.blocks).filter(|block| rows.iter().any(|row| row.1 == *block)).collect();
        let design = rows.iter().map(|(periods, block, _)| {
            let time = with_trend.then_some(-(*periods as f64) / self.per_year as f64);
            let seasons = blocks.iter().map(|other| if other == block { 1.0 } else { 0.0 });
            std::iter::once(1.0).chain(time).chain(seasons).collect()
        });
        Data {
            design: design.collect(),
            response: rows.iter().map(|row| row.2).collect(),
            weights: vec![1.0; rows.len()],
        }
    }

    /// Fits twice: the second time with the outbreaks of the first weighted down.
    fn fit(&self, with_trend: bool) -> Option<Fit> {
        let mut data = self.data(with_trend);
        let first = data.fit()?;
        data.weights = self.reweighted(&first, &data.response);
        data.fit()
    }

    /// ω ∝ s⁻² beyond the limit on the standardised Anscombe residual s.
    fn reweighted(&self, fit: &Fit, response: &[f64]) -> Vec<f64> {
        let limit = if self.threshold == Threshold::Classic { 1.0 } else { 2.58 };
        let dispersion = fit.dispersion.max(1.0);
        let residuals = response.iter().zip(&fit.fitted).zip(&fit.leverages).map(|((count, mean), leverage)| {
            let raw = 1.5 * (count.powf(2.0 / 3.0) * mean.powf(-1.0 / 6.0) - mean.sqrt());
            raw / (dispersion * (1.0 - leverage)).sqrt()
        });
        let raw: Vec<f64> = residuals.map(|s| if s > limit { s.powi(-2) } else { 1.0 }).collect();
        let scale = raw.len() as f64 / raw.iter().sum::<f64>();
        raw.iter().map(|weight| weight * scale).collect()
    }

    fn predict(&self) -> Result<Prediction, Unknown> {
        let (needed, have) = (self.needed(), self.history.len());
        if have < needed {
            return Err(Unknown::Missing { needed, have });
        }
        self.believed()
            .and_then(|fit| self.prediction(&fit))
            .ok_or(Unknown::Unfit { why: "past years do not support a regression" })
    }

    /// The regression with a trend where that is believed, else without.
    fn believed(&self) -> Option<Fit> {
        let highest = self.data(false).response.into_iter().fold(0.0, f64::max);
        let trended = self.fit(true).filter(|fit| self.trend_is_believed(fit, highest));
        trended.or_else(|| self.fit(false))
    }

    /// A trend needs enough years, must not predict more than was ever seen, and
    /// in the classic method has to be significant.
    fn trend_is_believed(&self, fit: &Fit, highest: f64) -> bool {
        let plausible = self.prediction(fit).is_some_and(|predicted| predicted.mean <= highest);
        let significant = self.threshold != Threshold::Classic || trend_probability(fit).is_some_and(|p| p < 0.05);
        self.years >= TREND_YEARS && plausible && significant
    }

    /// The prediction for the judged period.
    ///
    /// The reference implementation of the flexible method scales the mean's
    /// variance not by the dispersion φ but by the scatter of the relative
    /// residuals, which makes its bounds one or two per cent narrower than the
    /// paper's formula. We follow it: these are the bounds that are in use, and
    /// the only ones there are figures to check against.
    fn prediction(&self, fit: &Fit) -> Option<Prediction> {
        let dispersion = fit.dispersion.max(1.0);
        let scale = if self.threshold == Threshold::Classic { dispersion } else { fit.relative_scatter };
        let error = (scale * fit.covariance.first()?.first()?).sqrt();
        Some(Prediction { mean: fit.coefficients.first()?.exp(), error, dispersion })
    }

    fn bounds(&self, predicted: Prediction) -> (f64, f64) {
        let Prediction { mean, error, dispersion } = predicted;
        let by_law = |mean: f64| {
            let law = CountLaw::overdispersed(mean, dispersion);
            (law.quantile(self.alpha), law.quantile(1.0 - self.alpha))
        };
        match self.threshold {
            Threshold::Classic => power_bounds(predicted, normal_quantile(1.0 - self.alpha / 2.0)),
            Threshold::Delta => power_bounds(predicted, normal_quantile(1.0 - self.alpha)),
            Threshold::NegativeBinomial => by_law(mean),
            Threshold::Muan => {
                let above = (normal_quantile(1.0 - self.alpha) * error).exp();
                (by_law(mean / above).0, by_law(mean * above).1)
            }
        }
    }

    /// Whether a rise rests on more than a handful of reports.
    fn has_enough(&self, value: f64) -> bool {
        let before: f64 = (1..ENOUGH_PERIODS).filter_map(|periods| self.ago(periods)).sum();
        before + value >= ENOUGH_REPORTS
    }
}

impl Learner for Farrington {
    fn judge(&self, value: f64) -> Result<Estimate, Unknown> {
        let predicted = self.predict()?;
        let (lower, upper) = self.bounds(predicted);
        let expected = predicted.mean;
        let room = if value >= expected { upper - expected } else { expected - lower };
        let statistic = (value - expected) / room.max(f64::MIN_POSITIVE);
        let reach = self.sides.reach(statistic);
        let alarm = reach > 1.0 && (statistic < 0.0 || self.has_enough(value));
        Estimate { expected, lower, upper, statistic, reach, alarm }.checked()
    }

    fn learn(&mut self, value: Option<f64>) {
        self.history.push_back(value);
        if self.history.len() > self.needed() {
            self.history.pop_front();
        }
    }
}

#[cfg(test)]
impl Farrington {
    /// The flexible method's upper bound with the mean's variance scaled by φ, as the paper's formula has it.
    pub(super) fn upper_by_the_paper(&self) -> Option<f64> {
        let fit = self.believed()?;
        let dispersion = fit.dispersion.max(1.0);
        let error = (dispersion * fit.covariance.first()?.first()?).sqrt();
        let predicted = Prediction { mean: fit.coefficients.first()?.exp(), error, dispersion };
        Some(power_bounds(predicted, normal_quantile(1.0 - self.alpha)).1)
    }
}

/// The two-sided p-value of the second coefficient.
fn trend_probability(fit: &Fit) -> Option<f64> {
    let variance = fit.dispersion * fit.covariance.get(1)?.get(1)?;
    student_two_sided(fit.coefficients.get(1)? / variance.sqrt(), fit.freedom)
}

/// (μ^⅔ ± z·√(4/9·μ^⅓·τ))^{3/2} with τ = φ + Var(μ̂)/μ; the lower bound is not below 0.
fn power_bounds(predicted: Prediction, z: f64) -> (f64, f64) {
    let Prediction { mean, error, dispersion } = predicted;
    let tau = dispersion + mean * error.powi(2);
    let width = z * (4.0 / 9.0 * mean.cbrt() * tau).sqrt();
    let middle = mean.powf(2.0 / 3.0);
    ((middle - width).max(0.0).powf(1.5), (middle + width).powf(1.5))
}
