//! Change of slope: Theil–Sen's median slope (Sen 1968) and the Mann–Kendall test.

use super::Unknown;
use super::numeric::summary::median;
use super::numeric::tails::normal_tail;

/// With fewer values no order of them is improbable.
const FEWEST: usize = 4;
/// Every pair is looked at, so the series is cut to its newest values.
const MOST: usize = 1_000;
/// Up to here the exact distribution of S is worth counting out.
const MOST_EXACT: usize = 50;

/// The slope of a series and whether chance explains it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The median slope of all pairs, per period.
    pub slope: f64,
    /// Mann–Kendall's S: rising pairs minus falling pairs.
    pub s: f64,
    /// The variance of S, ties taken into account.
    pub variance: f64,
    /// The normal score of S with continuity correction; 0 for S = 0.
    pub z: f64,
    /// The two-sided probability of so large an S by chance: exact for up to
    /// 50 values without ties, else by the normal score.
    pub p: f64,
}

/// The trend of a series, oldest first. A gap keeps its place in time.
///
/// # Errors
/// With fewer than four values.
pub fn trend(series: &[Option<f64>]) -> Result<Trend, Unknown> {
    let newest = series.iter().skip(series.len().saturating_sub(MOST)).enumerate();
    let points: Vec<(f64, f64)> =
        newest.filter_map(|(time, value)| value.filter(|v| v.is_finite()).map(|v| (time as f64, v))).collect();
    if points.len() < FEWEST {
        return Err(Unknown::Missing { needed: FEWEST, have: points.len() });
    }
    let pairs = || points.iter().enumerate().flat_map(|(n, early)| points.iter().skip(n + 1).map(move |l| (early, l)));
    let slopes: Vec<f64> = pairs().map(|(early, late)| (late.1 - early.1) / (late.0 - early.0)).collect();
    let s = pairs().map(|(early, late)| sign(late.1 - early.1)).sum();
    let slope = median(&slopes).filter(|slope| slope.is_finite());
    let slope = slope.ok_or(Unknown::Unfit { why: "the values are too large to calculate with" })?;
    let (variance, tied) = variance(points.iter().map(|point| point.1).collect());
    let z = if s == 0.0 { 0.0 } else { (s - sign(s)) / variance.sqrt() };
    let one_sided = if tied || points.len() > MOST_EXACT { normal_tail(z.abs()) } else { exact(points.len(), s.abs()) };
    Ok(Trend { slope, s, variance, z, p: (2.0 * one_sided).min(1.0) })
}

fn sign(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

/// n(n−1)(2n+5)/18, less the same for each group of ties; and whether there are any.
fn variance(mut values: Vec<f64>) -> (f64, bool) {
    let share = |n: usize| {
        let n = n as f64;
        n * (n - 1.0) * (2.0 * n + 5.0) / 18.0
    };
    values.sort_by(f64::total_cmp);
    let groups: Vec<usize> = values.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    let ties: f64 = groups.iter().map(|size| share(*size)).sum();
    (share(values.len()) - ties, groups.len() < values.len())
}

/// P(S ≥ s) over all orders of n different values.
///
/// S is the number of pairs minus twice the number of inversions, and the
/// numbers of orders by inversions are the coefficients of Π(1 + x + … + xᵏ).
fn exact(n: usize, s: f64) -> f64 {
    let mut shares = vec![1.0];
    for size in 1..=n {
        let mut next = vec![0.0; shares.len() + size - 1];
        for (inversions, share) in shares.iter().enumerate() {
            next.iter_mut().skip(inversions).take(size).for_each(|sum| *sum += share / size as f64);
        }
        shares = next;
    }
    let pairs = (shares.len() - 1) as f64;
    let most = ((pairs - s) / 2.0).floor();
    shares.iter().take(most as usize + 1).sum()
}
