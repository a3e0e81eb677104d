//! Series → statistic and bound: what is expected of the next period, and how
//! far the value that came is from it.
//!
//! A detector is a row of [`DETECTORS`] and a file of its own. Read
//! [`Learner`] first: it judges a value by what it has learned, then learns the
//! value, so that no judgement can see its own row or a later one. The same
//! learner serves a whole series ([`stream`]) and one condition ([`measure`]).
//!
//! Measures without a bound of their own are plain functions: [`simple`],
//! [`trend`], [`scan`] for places, [`rhythm`] for lateness, [`nowcast`] for a
//! running period, [`odds`] for a scenario's probability and [`calibration`] for
//! what that was worth. The mathematics is in `numeric`.
//!
//! A gap (`None`) is not a zero: it is never judged, and it is learned as a gap.

mod auto;
pub mod calibration;
mod cusum;
mod ears;
mod ewma;
mod farrington;
mod log_ratio;
pub mod nowcast;
mod numeric;
pub mod odds;
mod options;
mod poisson;
mod ratio;
pub mod rhythm;
pub mod scan;
pub mod simple;
pub mod trend;
mod zscore;

pub use cusum::{Cusum, Reference, Standardisation};
pub use ears::{Ears, Variant};
pub use ewma::Ewma;
pub use farrington::{Farrington, Threshold};
pub use log_ratio::LogRatio;
pub use numeric::random::Random;
pub use options::{OptionError, Options, Sides};
pub use poisson::{Counts, Model};
pub use ratio::Ratio;
pub use zscore::Zscore;

/// Every detector, in the order of the help text.
pub static DETECTORS: &[Detector] = &[
    auto::ROW,
    ratio::ROW,
    log_ratio::ROW,
    zscore::ROW,
    poisson::PREDICTIVE,
    poisson::PLUG_IN,
    poisson::NEGATIVE_BINOMIAL,
    ears::C1,
    ears::C2,
    ears::C3,
    cusum::ROW,
    ewma::ROW,
    farrington::FLEXIBLE,
    farrington::CLASSIC,
];

/// One row of [`DETECTORS`].
#[derive(Debug)]
pub struct Detector {
    /// The word of the configuration and of `detect METHOD`.
    pub word: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// Its own defaults, in one line.
    pub defaults: &'static str,
    /// How many earlier values it needs before it judges.
    pub needs: fn(&Options) -> usize,
    /// Starts it with nothing learned.
    pub start: fn(&Options) -> Box<dyn Learner>,
}

/// A detector at work on one series.
pub trait Learner {
    /// Judges a value by what has been learned so far, without learning it.
    ///
    /// # Errors
    /// [`Unknown`] where too little has been learned, or what has been learned
    /// does not fit the method.
    fn judge(&self, value: f64) -> Result<Estimate, Unknown>;

    /// Learns the next period's value; `None` is a gap.
    fn learn(&mut self, value: Option<f64>);
}

/// What a detector says of one value. Every figure is finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// What was expected.
    pub expected: f64,
    /// The lower bound, in the unit of `expected`.
    pub lower: f64,
    /// The upper bound, in the unit of `expected`.
    pub upper: f64,
    /// The method's own statistic; where it has a direction, a fall is negative.
    pub statistic: f64,
    /// How far on the way to the alarm it is: 0 as expected, 1 on the limit.
    pub reach: f64,
    /// Whether it is past the limit.
    pub alarm: bool,
}

impl Estimate {
    /// `reach` folded into 0 to 1: 0 as expected, ½ on the limit, towards 1 far beyond it.
    ///
    /// It is comparable between detectors and says nothing about probability.
    pub fn score(&self) -> f64 {
        self.reach / (1.0 + self.reach)
    }

    /// Refuses what is not a number: values too large for the arithmetic, or an impossible `alpha`.
    fn checked(self) -> Result<Self, Unknown> {
        let figures = [self.expected, self.lower, self.upper, self.statistic, self.reach];
        let sound = figures.iter().all(|figure| figure.is_finite()) && self.reach >= 0.0;
        sound.then_some(self).ok_or(Unknown::Unfit { why: "the method has no answer for these values and options" })
    }
}

/// Why there is no judgement. Unknown is neither an alarm nor the absence of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Too little history.
    #[error("{needed} earlier values are needed and there are {have}: {} are missing", needed.saturating_sub(*have))]
    Missing {
        /// How many earlier values are needed.
        needed: usize,
        /// How many there are.
        have: usize,
    },
    /// Enough history, but of a kind that the method is not made for.
    #[error("{why}")]
    Unfit {
        /// The reason, as a clause.
        why: &'static str,
    },
}

/// One row of a series as a detector saw it when it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The value; `None` is a gap, also where the number was not usable.
    pub value: Option<f64>,
    /// What the detector says of it; `None` while it knows too little.
    pub estimate: Option<Estimate>,
}

impl Step {
    /// Whether the value is past the limit; without an estimate it is not.
    pub fn alarm(&self) -> bool {
        self.estimate.is_some_and(|estimate| estimate.alarm)
    }
}

/// Finds a detector by its word.
pub fn find(word: &str) -> Option<&'static Detector> {
    DETECTORS.iter().find(|detector| detector.word == word)
}

/// Follows a whole series, oldest first; each step knows only the rows before it.
///
/// It is lazy, so that the caller can stop at a deadline of its own.
pub fn stream<'a, S>(detector: &Detector, series: S, options: &Options) -> impl Iterator<Item = Step> + use<'a, S>
where
    S: IntoIterator<Item = Option<f64>> + 'a,
{
    let mut learner = (detector.start)(options);
    series.into_iter().map(move |value| {
        let value = value.filter(usable);
        let estimate = value.and_then(|value| learner.judge(value).ok());
        learner.learn(value);
        Step { value, estimate }
    })
}

/// Judges the latest value by the readings before it, oldest first.
///
/// `history` is as long as the caller wants the detector to remember: CUSUM and
/// EWMA take its first `baseline` values for their reference, the others its last.
///
/// # Errors
/// [`Unknown`], with how many earlier values are missing.
pub fn measure(
    detector: &Detector,
    history: &[Option<f64>],
    latest: f64,
    options: &Options,
) -> Result<Estimate, Unknown> {
    if !usable(&latest) {
        return Err(Unknown::Unfit { why: "the latest value is not a usable number" });
    }
    let mut learner = (detector.start)(options);
    for value in history {
        learner.learn(value.filter(usable));
    }
    learner.judge(latest)
}

/// A larger magnitude is no figure: one count more or less is lost in rounding, and no source states one.
pub const LARGEST: f64 = 1e15;

/// Infinities and not-a-number are gaps, and so is what is beyond [`LARGEST`].
fn usable(value: &f64) -> bool {
    value.abs() <= LARGEST
}

#[cfg(test)]
mod tests;
