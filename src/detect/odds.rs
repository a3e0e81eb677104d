//! A scenario's probability: log-odds of graded evidence, advice beside the rules.
//!
//! What it is worth is measured in [`super::calibration`].

use std::collections::BTreeMap;

/// No single indication counts for more than this likelihood ratio, or less than its inverse.
pub const MOST_RATIO: f64 = 9.0;
/// The odds move by no more than this factor in a day.
pub const MOST_A_DAY: f64 = 30.0;
/// No probability is shown beyond this and one minus this.
pub const LEAST_SHOWN: f64 = 0.01;

/// One indication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence<'a> {
    /// How much likelier it is under the scenario than otherwise.
    pub likelihood_ratio: f64,
    /// The probability that the report is true, 0 to 1; else it says nothing either way.
    pub quality: f64,
    /// Its age in days.
    pub age_days: f64,
    /// After so many days it counts half.
    pub half_life_days: f64,
    /// Indications of one group depend on one another: only the strongest counts.
    pub group: &'a str,
}

impl Evidence<'_> {
    /// Its contribution to the log-odds, 2^(−age/half-life) · ln(q·LR + 1 − q), capped.
    pub fn weight(&self) -> f64 {
        let ratio = self.likelihood_ratio.clamp(1.0 / MOST_RATIO, MOST_RATIO);
        let quality = self.quality.clamp(0.0, 1.0);
        let fading = (-self.age_days.max(0.0) / self.half_life_days.max(f64::MIN_POSITIVE)).exp2();
        let weight = fading * (quality * ratio + 1.0 - quality).ln();
        if weight.is_finite() { weight } else { 0.0 }
    }
}

/// The log-odds of a scenario; `None` where the prior is not strictly between 0 and 1.
///
/// Of each group the contribution of largest magnitude counts, in whichever
/// direction it points: relays of one claim cannot add up, and a weak
/// confirmation cannot hide a strong denial.
pub fn log_odds(prior: f64, evidence: &[Evidence<'_>]) -> Option<f64> {
    if !(prior > 0.0 && prior < 1.0) {
        return None;
    }
    let weights = counted(evidence).into_iter().filter_map(|place| evidence.get(place)).map(Evidence::weight);
    Some((prior / (1.0 - prior)).ln() + weights.sum::<f64>())
}

/// The places of the indications that count: of each group the strongest, of equals the first.
pub fn counted(evidence: &[Evidence<'_>]) -> Vec<usize> {
    let mut strongest: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (place, indication) in evidence.iter().enumerate() {
        let weight = indication.weight().abs();
        let held = strongest.entry(indication.group).or_insert((place, weight));
        if weight > held.1 {
            *held = (place, weight);
        }
    }
    strongest.into_values().map(|(place, _)| place).collect()
}

/// Holds the log-odds back to what may move in the time since the last ones.
pub fn paced(last: f64, now: f64, days: f64) -> f64 {
    let most = MOST_A_DAY.ln() * days.max(0.0);
    // Not `clamp`: it panics where the limits are not numbers.
    now.max(last - most).min(last + most)
}

/// The probability to show: never quite certain.
pub fn shown(log_odds: f64) -> f64 {
    let probability = 1.0 / (1.0 + (-log_odds).exp());
    probability.clamp(LEAST_SHOWN, 1.0 - LEAST_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indication(likelihood_ratio: f64, quality: f64, age_days: f64, group: &str) -> Evidence<'_> {
        Evidence { likelihood_ratio, quality, age_days, half_life_days: 30.0, group }
    }

    fn check(prior: f64, evidence: &[Evidence<'_>], expected: f64) {
        let found = shown(log_odds(prior, evidence).unwrap());
        assert!((found - expected).abs() < 5e-7, "{found} for {expected}");
    }

    #[test]
    fn two_indications_fresh_and_faded() {
        check(0.2, &[indication(3.0, 0.9, 0.0, "a"), indication(6.0, 0.7, 0.0, "b")], 0.759036);
        check(0.2, &[indication(3.0, 0.9, 14.0, "a"), indication(6.0, 0.7, 45.0, "b")], 0.472664);
        check(0.2, &[], 0.2);
    }

    #[test]
    fn relays_of_one_claim_do_not_add_up() {
        let one = [indication(3.0, 0.9, 0.0, "a")];
        let relayed = [indication(3.0, 0.9, 0.0, "a"), indication(3.0, 0.7, 1.0, "a"), indication(2.0, 1.0, 0.0, "a")];
        assert_eq!(log_odds(0.2, &one), log_odds(0.2, &relayed));
        let denied = [indication(0.2, 1.0, 0.0, "a"), indication(2.0, 0.9, 0.0, "a")];
        assert!((log_odds(0.5, &denied).unwrap() - 0.2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn nothing_counts_without_limit() {
        assert!((indication(1e9, 1.0, 0.0, "a").weight() - 9f64.ln()).abs() < 1e-12);
        assert!((indication(0.0, 1.0, 0.0, "a").weight() + 9f64.ln()).abs() < 1e-12);
        assert_eq!(indication(f64::NAN, f64::NAN, f64::NAN, "a").weight(), 0.0);
        assert_eq!(indication(5.0, 0.0, 0.0, "a").weight(), 0.0, "a report surely false says nothing");
        assert_eq!((shown(1e9), shown(-1e9)), (0.99, 0.01));
        assert_eq!(paced(0.0, 10.0, 1.0), 30f64.ln());
        assert_eq!(paced(0.0, -10.0, 0.5), -0.5 * 30f64.ln());
        assert_eq!(paced(0.0, 1.0, 1.0), 1.0);
        assert!(log_odds(0.0, &[]).is_none() && log_odds(f64::NAN, &[]).is_none());
    }
}
