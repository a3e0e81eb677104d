//! Lateness against a series' own rhythm: the gaps between its past events, taken as lognormal.

use super::Unknown;
use super::numeric::summary::{mean, variance};
use super::numeric::tails::{normal_quantile, normal_tail};

/// With fewer gaps there is no rhythm to speak of.
const FEWEST: usize = 8;
/// Gaps that are all alike still vary by this much, as a share of themselves.
const LEAST_SPREAD: f64 = 0.05;

/// The rhythm of a series of events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rhythm {
    /// The mean of the logs of the gaps.
    centre: f64,
    /// Their standard deviation.
    spread: f64,
}

impl Rhythm {
    /// Learns the rhythm from gaps in days; gaps that are not positive are left out.
    ///
    /// # Errors
    /// With fewer than eight gaps.
    pub fn of(gaps: &[f64]) -> Result<Self, Unknown> {
        let logs: Vec<f64> = gaps.iter().filter(|gap| gap.is_finite() && **gap > 0.0).map(|gap| gap.ln()).collect();
        let missing = Unknown::Missing { needed: FEWEST, have: logs.len() };
        let centre = mean(&logs).filter(|_| logs.len() >= FEWEST).ok_or(missing)?;
        Ok(Self { centre, spread: variance(&logs).sqrt().max(LEAST_SPREAD) })
    }

    /// The gap in days that is longer than this share of gaps; not a number outside 0 to 1.
    pub fn limit(&self, share: f64) -> f64 {
        (self.centre + normal_quantile(share) * self.spread).exp()
    }

    /// The share of gaps that are shorter than the running one, 0 to 1.
    pub fn lateness(&self, running: f64) -> f64 {
        if running > 0.0 { 1.0 - normal_tail((running.ln() - self.centre) / self.spread) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days between forty real announcements.
    const GAPS: [u8; 40] = [
        15, 4, 20, 8, 8, 15, 13, 13, 14, 8, 8, 7, 14, 10, 7, 11, 20, 7, 19, 10, 14, 13, 13, 16, 12, 16, 13, 15, 17, 11,
        17, 15, 15, 14, 18, 10, 13, 14, 10, 18,
    ];

    #[test]
    fn the_rhythm_of_forty_announcements() {
        let rhythm = Rhythm::of(&GAPS.map(f64::from)).unwrap();
        for (share, days) in [(0.5, 12.2), (0.95, 21.7), (0.99, 27.5)] {
            assert!((rhythm.limit(share) - days).abs() < 0.05, "{} for {days}", rhythm.limit(share));
            assert!((rhythm.lateness(rhythm.limit(share)) - share).abs() < 1e-9);
        }
        assert!(GAPS.iter().all(|gap| rhythm.lateness(f64::from(*gap)) < 0.95), "no breach in sample");
    }

    #[test]
    fn odd_gaps() {
        assert_eq!(Rhythm::of(&[7.0; 7]), Err(Unknown::Missing { needed: 8, have: 7 }));
        assert!(Rhythm::of(&[0.0, f64::NAN, -3.0]).is_err());
        let weekly = Rhythm::of(&[7.0; 8]).unwrap();
        assert!(weekly.lateness(7.0) < 0.51 && weekly.lateness(10.0) > 0.99);
        assert_eq!((weekly.lateness(0.0), weekly.lateness(f64::NAN)), (0.0, 0.0));
    }
}
