//! Tails and quantiles of the normal, Poisson and negative binomial
//! distributions, for means from a fraction to many millions.
//!
//! The incomplete gamma function is statrs's. The incomplete beta function is
//! not: statrs stops its continued fraction after 140 terms, which is too few
//! from parameters of about ten thousand on, and monthly counts here run to
//! fifty thousand.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur, ln_gamma};

/// Above this the cube-root approximation is exact to far more digits than an alarm needs, and much cheaper.
const LARGE: f64 = 1e6;

/// The standard normal quantile; not a number outside 0 to 1.
pub(in crate::detect) fn normal_quantile(share: f64) -> f64 {
    if !(share > 0.0 && share < 1.0) {
        return f64::NAN;
    }
    Normal::standard().inverse_cdf(share)
}

/// P(Z ≥ z) of the standard normal.
pub(in crate::detect) fn normal_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// P(|T| ≥ |t|) of Student's t.
pub(in crate::detect) fn student_two_sided(t: f64, freedom: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(2.0 * student.sf(t.abs()))
}

/// The quantile of Student's t.
pub(in crate::detect) fn student_quantile(share: f64, freedom: f64) -> Option<f64> {
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    StudentsT::new(0.0, 1.0, freedom).ok().map(|student| student.inverse_cdf(share))
}

/// A distribution of counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::detect) enum CountLaw {
    /// Poisson with this mean.
    Poisson {
        /// Its mean, which is its variance.
        mean: f64,
    },
    /// Negative binomial: failures before the `size`-th success of probability `prob`.
    NegativeBinomial {
        /// The number of successes, any positive number.
        size: f64,
        /// The probability of success.
        prob: f64,
    },
}

impl CountLaw {
    /// By mean and variance-to-mean ratio; without overdispersion it is Poisson.
    ///
    /// A ratio that exceeds one by rounding only would need a size beyond what
    /// logarithms of the gamma function can tell apart.
    pub fn overdispersed(mean: f64, dispersion: f64) -> Self {
        if dispersion > 1.0 + 1e-6 {
            Self::NegativeBinomial { size: mean / (dispersion - 1.0), prob: 1.0 / dispersion }
        } else {
            Self::Poisson { mean }
        }
    }

    /// P(Y ≥ count); a fraction counts as the next whole number.
    pub fn at_least(self, count: f64) -> f64 {
        let count = count.ceil();
        if count <= 0.0 {
            return 1.0;
        }
        match self {
            Self::Poisson { mean } => gamma_lower(count, mean),
            Self::NegativeBinomial { size, prob } => beta_regularised(count, size, 1.0 - prob, prob),
        }
    }

    /// P(Y ≤ count); a fraction counts as the whole number below.
    pub fn at_most(self, count: f64) -> f64 {
        let count = count.floor();
        if count < 0.0 {
            return 0.0;
        }
        match self {
            Self::Poisson { mean } => gamma_upper(count + 1.0, mean),
            Self::NegativeBinomial { size, prob } => beta_regularised(size, count + 1.0, prob, 1.0 - prob),
        }
    }

    /// The smallest count with P(Y ≤ count) ≥ `share`.
    pub fn quantile(self, share: f64) -> f64 {
        let (mean, variance) = self.moments();
        let mut above = (mean + 10.0 * variance.sqrt()).ceil() + 10.0;
        while self.at_most(above) < share && above < 1e15 {
            above *= 2.0;
        }
        let mut below = -1.0;
        loop {
            let middle = ((above + below) / 2.0).floor();
            // Beyond 2⁵³ neighbouring numbers are more than one apart.
            if middle <= below || middle >= above {
                return above;
            }
            if self.at_most(middle) >= share {
                above = middle;
            } else {
                below = middle;
            }
        }
    }

    fn moments(self) -> (f64, f64) {
        match self {
            Self::Poisson { mean } => (mean, mean),
            Self::NegativeBinomial { size, prob } => {
                let mean = size * (1.0 - prob) / prob;
                (mean, mean / prob)
            }
        }
    }
}

/// The regularised lower incomplete gamma function P(a, x).
fn gamma_lower(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if a > LARGE || x > LARGE {
        return 1.0 - normal_tail(wilson_hilferty(a, x));
    }
    checked_gamma_lr(a, x).unwrap_or(f64::NAN).clamp(0.0, 1.0)
}

/// The regularised upper incomplete gamma function Q(a, x).
fn gamma_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if a > LARGE || x > LARGE {
        return normal_tail(wilson_hilferty(a, x));
    }
    checked_gamma_ur(a, x).unwrap_or(f64::NAN).clamp(0.0, 1.0)
}

/// Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal.
fn wilson_hilferty(a: f64, x: f64) -> f64 {
    3.0 * a.sqrt() * ((x / a).cbrt() - 1.0 + 1.0 / (9.0 * a))
}

/// The regularised incomplete beta function I_x(a, b); `y` is 1 − x, given so
/// that a small one keeps its digits.
fn beta_regularised(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    if x <= 0.0 || y <= 0.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if a.min(b) > LARGE / 100.0 && a.max(b) > LARGE {
        return normal_tail(-beta_normal_score(a, b, x, y));
    }
    // The continued fraction converges fast only on this side of the mean.
    if x > (a + 1.0) / (a + b + 2.0) {
        return (1.0 - beta_series(b, a, y, x)).clamp(0.0, 1.0);
    }
    beta_series(a, b, x, y).clamp(0.0, 1.0)
}

fn beta_series(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let scale = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * y.ln();
    scale.exp() * beta_fraction(a, b, x) / a
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method.
///
/// It needs about √max(a, b) terms.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for term in 1..20_000 {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for factor in [even, odd] {
            d = 1.0 / kept(1.0 + factor * d);
            c = kept(1.0 + factor / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

/// The normal score of a beta tail whose parameters are both large (Abramowitz and Stegun 26.5.21).
fn beta_normal_score(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let (left, right) = ((b * x).cbrt(), (a * y).cbrt());
    3.0 * (left * (1.0 - 1.0 / (9.0 * b)) - right * (1.0 - 1.0 / (9.0 * a)))
        / (left.powi(2) / b + right.powi(2) / a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overdispersion_by_rounding_is_none() {
        let mean = 44.0 / 3.0;
        let law = CountLaw::overdispersed(mean, 1.0 + f64::EPSILON);
        assert_eq!(law.quantile(0.99), CountLaw::Poisson { mean }.quantile(0.99));
        let barely = CountLaw::overdispersed(mean, 1.0 + 2e-6);
        close(barely.at_least(25.0), CountLaw::Poisson { mean }.at_least(25.0), 1e-4);
    }

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "found {found}, expected {expected}");
    }

    /// The tails that the field's page states, and limits at 99 %.
    #[test]
    fn stated_tails_and_limits() {
        let poisson = CountLaw::Poisson { mean: 18.25 };
        close(poisson.at_least(31.0), 0.004041082625909439, 1e-12);
        assert_eq!(poisson.quantile(0.99), 29.0);
        let predictive = CountLaw::NegativeBinomial { size: 73.5, prob: 0.8 };
        close(predictive.at_least(31.0), 0.01035017008488237, 1e-12);
        assert_eq!(predictive.quantile(0.99), 31.0);
        let doubled = CountLaw::overdispersed(10.0, 2.0);
        close(doubled.at_least(24.0), 0.0067654934246093035, 1e-12);
        assert_eq!(doubled.quantile(0.99), 23.0);
        close(CountLaw::Poisson { mean: 100.0 }.at_least(144.0), 2.1e-5, 0.05);
    }

    #[test]
    fn the_two_tails_share_one_whole() {
        for law in [
            CountLaw::Poisson { mean: 0.3 },
            CountLaw::Poisson { mean: 4321.0 },
            CountLaw::overdispersed(7.0, 3.5),
            CountLaw::NegativeBinomial { size: 210_000.5, prob: 7.0 / 8.0 },
        ] {
            let middle = law.quantile(0.5);
            for count in [0.0, middle - 2.0, middle, middle + 3.0, 2.0 * middle] {
                close(law.at_most(count) + law.at_least(count + 1.0), 1.0, 1e-9);
            }
        }
    }

    /// Against the sum of the probabilities themselves, where the continued fraction has to be long.
    #[test]
    fn large_parameters_agree_with_the_sum() {
        let (size, prob) = (210_000.5, 0.875);
        let term = |count: f64| {
            (ln_gamma(size + count) - ln_gamma(size) - ln_gamma(count + 1.0)
                + size * f64::ln(prob)
                + count * f64::ln(1.0 - prob))
            .exp()
        };
        let tail: f64 = (30_500..40_000).map(|count| term(f64::from(count))).sum();
        close(CountLaw::NegativeBinomial { size, prob }.at_least(30_500.0), tail, 1e-7);
    }

    #[test]
    fn approximations_join_smoothly() {
        for z in [-3.0, 0.0, 3.0f64] {
            let a: f64 = 0.999 * LARGE;
            let x = a + z * a.sqrt();
            close(gamma_upper(a, x), normal_tail(wilson_hilferty(a, x)), 1e-4);
            let (p, b) = (0.4, 0.9 * LARGE);
            let a = b * p / (1.0 - p);
            let x = p + z * (p * (1.0 - p) / (a + b)).sqrt();
            close(beta_regularised(a, b, x, 1.0 - x), normal_tail(-beta_normal_score(a, b, x, 1.0 - x)), 1e-3);
        }
    }

    #[test]
    fn quantiles_end_at_any_size() {
        for mean in [0.0, 1e-9, 1.0, 1e7, 1e12, 1e15, 1e99] {
            assert!(CountLaw::Poisson { mean }.quantile(0.99) >= 0.0);
            assert!(CountLaw::overdispersed(mean.max(1e-9), 5.0).quantile(0.01) >= 0.0);
        }
        assert!(normal_quantile(2.0).is_nan());
    }
}
