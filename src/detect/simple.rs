//! Measures without a bound of their own: changes, ratios, sums and runs.
//!
//! A history is oldest first and ends before the latest value; `None` is a gap.

use super::log_ratio::LogRatio;
use super::numeric::summary;
use super::options::Options;
use super::{Estimate, Learner, Unknown};

/// How a change is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In the unit of the series.
    Absolute,
    /// As a share of the earlier value: −0.25 is a quarter less.
    Share,
}

/// The change to an earlier value: the last one there is, or the one exactly `over` periods before.
///
/// # Errors
/// Where that value is missing, or a share of zero or less would be needed.
pub fn change(history: &[Option<f64>], latest: f64, over: Option<usize>, told: Change) -> Result<f64, Unknown> {
    let earlier = match over {
        None => history.iter().rev().flatten().next(),
        Some(over) => history.len().checked_sub(over).and_then(|place| history.get(place)?.as_ref()),
    };
    let earlier = *earlier.ok_or(Unknown::Missing { needed: 1, have: 0 })?;
    match told {
        Change::Absolute => Ok(latest - earlier),
        Change::Share if earlier > 0.0 => Ok(latest / earlier - 1.0),
        Change::Share => Err(Unknown::Unfit { why: "a share needs an earlier value above zero" }),
    }
}

/// The latest value divided by the median of the last `count` values there are.
///
/// # Errors
/// With fewer values, or a median of zero or less.
pub fn ratio(history: &[Option<f64>], latest: f64, count: usize) -> Result<f64, Unknown> {
    let baseline = last(history, count)?;
    match summary::median(&baseline) {
        Some(median) if median > 0.0 => Ok(latest / median),
        _ => Err(Unknown::Unfit { why: "a ratio needs a baseline above zero" }),
    }
}

/// Robust z of the log change; see [`LogRatio`].
///
/// # Errors
/// With fewer than three earlier values, or a negative one.
pub fn log_ratio(history: &[Option<f64>], latest: f64, options: &Options) -> Result<Estimate, Unknown> {
    let mut learner = LogRatio::new(options);
    history.iter().for_each(|value| learner.learn(*value));
    learner.judge(latest)
}

/// How many times in a row the series has moved the same way up to its last
/// value: 3 rose three times, −2 fell twice, 0 stood still or cannot be told.
///
/// A gap ends the run: nobody knows which way it went there.
pub fn streak(series: &[Option<f64>]) -> i64 {
    let moves = series.iter().rev().zip(series.iter().rev().skip(1)).map(|(later, earlier)| {
        let (later, earlier) = ((*later)?, (*earlier)?);
        later.partial_cmp(&earlier)
    });
    let mut run = 0;
    for step in moves.map_while(|step| step) {
        match step {
            std::cmp::Ordering::Greater if run >= 0 => run += 1,
            std::cmp::Ordering::Less if run <= 0 => run -= 1,
            _ => break,
        }
    }
    run
}

/// The sum of a window of readings.
///
/// # Errors
/// Where a reading of the window is missing: the sum of the others is not the total.
pub fn total(window: &[Option<f64>]) -> Result<f64, Unknown> {
    let present: Vec<f64> = window.iter().flatten().copied().collect();
    if present.is_empty() || present.len() < window.len() {
        return Err(Unknown::Missing { needed: window.len().max(1), have: present.len() });
    }
    Ok(present.iter().sum())
}

/// The median of the last `count` values there are.
///
/// # Errors
/// With fewer values.
pub fn median(history: &[Option<f64>], count: usize) -> Result<f64, Unknown> {
    summary::median(&last(history, count)?).ok_or(Unknown::Missing { needed: 1, have: 0 })
}

/// The mean of the last `count` values there are.
///
/// # Errors
/// With fewer values.
pub fn mean(history: &[Option<f64>], count: usize) -> Result<f64, Unknown> {
    summary::mean(&last(history, count)?).ok_or(Unknown::Missing { needed: 1, have: 0 })
}

fn last(history: &[Option<f64>], count: usize) -> Result<Vec<f64>, Unknown> {
    let present: Vec<f64> = history.iter().rev().flatten().copied().take(count).collect();
    if present.len() < count { Err(Unknown::Missing { needed: count, have: present.len() }) } else { Ok(present) }
}
