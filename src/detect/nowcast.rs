//! What a running period will come to: the figure to date divided by the share
//! of the final figure that is known by now, with an 80 % interval.

use super::Unknown;
use super::numeric::summary::{mean, median, variance};
use super::numeric::tails::student_quantile;

/// With so many past shares their own order statistics make the interval: the
/// lowest and the highest of nine hold 80 % of what comes next.
const ENOUGH_SHARES: usize = 9;
/// With fewer a spread cannot be told.
const FEWEST: usize = 3;
/// The interval leaves out this share on each side.
const TAIL: f64 = 0.1;
/// Beyond this a few days cannot tell persistence from a trend.
const MOST_PERSISTENT: f64 = 0.7;

/// The expected final figure of a running period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nowcast {
    /// The expected final figure.
    pub value: f64,
    /// The lower end of the 80 % interval.
    pub low80: f64,
    /// The upper end of the 80 % interval.
    pub high80: f64,
    /// The share of the final figure that is taken to be known by now.
    pub share: f64,
}

/// How much of the final figure past periods showed at the same point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The middle one.
    pub middle: f64,
    /// The lower end of the 80 % interval.
    pub low: f64,
    /// The upper end of the 80 % interval.
    pub high: f64,
}

/// Learns the share from what past periods showed at the same point, in any order.
///
/// # Errors
/// With fewer than three usable shares. A share is above zero; above one where a
/// figure was revised downwards.
pub fn share(past: &[f64]) -> Result<Share, Unknown> {
    let mut past: Vec<f64> = past.iter().copied().filter(|share| share.is_finite() && *share > 0.0).collect();
    past.sort_by(f64::total_cmp);
    let missing = Unknown::Missing { needed: FEWEST, have: past.len() };
    if past.len() < FEWEST {
        return Err(missing);
    }
    let middle = median(&past).ok_or(missing)?;
    if past.len() >= ENOUGH_SHARES {
        let (low, high) = (order_statistic(&past, TAIL), order_statistic(&past, 1.0 - TAIL));
        return Ok(Share { middle, low: low.unwrap_or(middle), high: high.unwrap_or(middle) });
    }
    let logs: Vec<f64> = past.iter().map(|share| share.ln()).collect();
    let width = half_width(&logs, 1.0 + 1.0 / logs.len() as f64).ok_or(missing)?.exp();
    Ok(Share { middle, low: middle / width, high: middle * width })
}

/// The nowcast by a learned share.
///
/// # Errors
/// As [`share`], and for a figure that is not positive: a share of nothing says nothing.
pub fn by_shares(to_date: f64, past: &[f64]) -> Result<Nowcast, Unknown> {
    let share = share(past)?;
    if !(to_date > 0.0 && to_date.is_finite()) {
        return Err(Unknown::Unfit { why: "nothing has been counted in the running period yet" });
    }
    Ok(Nowcast {
        value: to_date / share.middle,
        low80: to_date / share.high,
        high80: to_date / share.low,
        share: share.middle,
    })
}

/// The nowcast pro rata, for a series without a learned share: the rest of the
/// period goes on like its days so far.
///
/// `parts` are the figures of the equal parts (days) that are over, `whole` is
/// how many the period has. The interval counts the spread of the parts twice:
/// the rest will scatter, and its mean is only estimated. Both are wider where
/// the parts follow one another, because a good week then says less about the rest.
///
/// # Errors
/// With fewer than three parts.
pub fn pro_rata(parts: &[f64], whole: usize) -> Result<Nowcast, Unknown> {
    let count = parts.len();
    let missing = Unknown::Missing { needed: FEWEST, have: count };
    let mean = mean(parts).filter(|_| count >= FEWEST).ok_or(missing)?;
    let to_date = mean * count as f64;
    let rest = whole.saturating_sub(count) as f64;
    let persistent = persistence(parts, mean);
    let factor = rest * (1.0 + rest / count as f64) * (1.0 + persistent) / (1.0 - persistent);
    let width = half_width(parts, factor).ok_or(missing)?;
    let value = to_date + rest * mean;
    let nowcast = Nowcast {
        value,
        low80: (value - width).max(to_date),
        high80: value + width,
        share: count as f64 / whole.max(count) as f64,
    };
    let finite = [nowcast.value, nowcast.low80, nowcast.high80].iter().all(|figure| figure.is_finite());
    finite.then_some(nowcast).ok_or(Unknown::Unfit { why: "the figures are too large to calculate with" })
}

/// How much one part resembles the one before: the autocorrelation at lag 1,
/// corrected for the bias of few values, between 0 and [`MOST_PERSISTENT`].
fn persistence(parts: &[f64], mean: f64) -> f64 {
    let square: f64 = parts.iter().map(|part| (part - mean).powi(2)).sum();
    let product: f64 = parts.iter().zip(parts.iter().skip(1)).map(|(a, b)| (a - mean) * (b - mean)).sum();
    let correlation = product / square + 1.0 / parts.len() as f64;
    if square > 0.0 { correlation.clamp(0.0, MOST_PERSISTENT) } else { 0.0 }
}

/// Student's 90 % point times the deviation of values whose variance is multiplied by `factor`.
fn half_width(values: &[f64], factor: f64) -> Option<f64> {
    let freedom = values.len().checked_sub(1)? as f64;
    Some(student_quantile(1.0 - TAIL, freedom)? * (variance(values) * factor).sqrt())
}

/// The value below which the next one falls with this probability: the place
/// p·(n + 1) among the sorted values (Hyndman and Fan's type 6).
fn order_statistic(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = (probability * (sorted.len() + 1) as f64 - 1.0).clamp(0.0, last as f64);
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::numeric::random::Random;

    #[test]
    fn a_learned_share_divides_the_figure_to_date() {
        let past = [0.50, 0.54, 0.52, 0.48, 0.46, 0.51, 0.49, 0.53, 0.47];
        let found = by_shares(100.0, &past).unwrap();
        assert_eq!(found, Nowcast { value: 200.0, low80: 100.0 / 0.54, high80: 100.0 / 0.46, share: 0.5 });
        let few = share(&past[..4]).unwrap();
        assert!(few.low < 0.48 && few.high > 0.54, "four shares leave more open than their own range: {few:?}");
        assert_eq!(share(&[0.5, f64::NAN, 0.0]), Err(Unknown::Missing { needed: 3, have: 1 }));
        assert!(matches!(by_shares(0.0, &past), Err(Unknown::Unfit { .. })));
    }

    #[test]
    fn pro_rata_goes_on_as_before() {
        let found = pro_rata(&[10.0, 14.0, 12.0, 8.0, 6.0], 30).unwrap();
        assert_eq!((found.value, found.share), (300.0, 5.0 / 30.0));
        // t(0.9; 4) = 1.533206, variance 10, 25 days left, persistence 12/40 + 1/5.
        let width = 1.533_206_274 * (10.0 * 25.0 * (1.0 + 25.0 / 5.0f64) * (1.5 / 0.5)).sqrt();
        assert!((found.high80 - 300.0 - width).abs() < 1e-6);
        let over = pro_rata(&[10.0, 14.0, 12.0], 3).unwrap();
        assert_eq!((over.low80, over.value, over.high80, over.share), (36.0, 36.0, 36.0, 1.0));
        assert_eq!(pro_rata(&[1.0], 30), Err(Unknown::Missing { needed: 3, have: 1 }));
        assert!(pro_rata(&[f64::MAX; 3], 30).is_err() && pro_rata(&[f64::NAN; 3], 30).is_err());
    }

    /// An 80 % interval holds 80 % and not much more: two thousand months of independent days, all drawn alike.
    #[test]
    fn the_interval_holds_what_it_says() {
        let mut random = Random::new(20_251_212);
        let mut held = 0;
        for _ in 0..2000 {
            let days: Vec<f64> = (0..30).map(|_| 500.0 + 1000.0 * random.unit()).collect();
            let found = pro_rata(&days[..12], 30).unwrap();
            let total = days.iter().sum::<f64>();
            held += usize::from((found.low80..=found.high80).contains(&total));
        }
        assert!((1600..=1720).contains(&held), "{held} of 2000");
    }
}
