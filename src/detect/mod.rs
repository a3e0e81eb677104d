//! Series → statistic. Pure: definitions and their sources, nothing about where figures come from.

use crate::model::condition::Measure;

/// Computes a measure's statistic for the latest value against the values before it, oldest first.
///
/// # Errors
/// A sentence that says how many periods it needs and how many there are, or that the measure is not computed yet.
pub fn measure(measure: Measure, history: &[f64], latest: f64, baseline: Option<u32>) -> Result<f64, String> {
    let wanted = baseline.map_or(7, |periods| periods as usize);
    let taken = |wanted: usize| -> Result<&[f64], String> {
        history
            .len()
            .checked_sub(wanted)
            .and_then(|from| history.get(from..))
            .ok_or_else(|| format!("it needs {wanted} earlier periods with values, there are {}", history.len()))
    };
    match measure {
        Measure::Zscore => zscore(taken(wanted)?, latest),
        _ => Err(format!("the measure `{}` is not computed by this version", measure.word())),
    }
}

/// (latest − mean) / standard deviation with n − 1.
fn zscore(baseline: &[f64], latest: f64) -> Result<f64, String> {
    let count = baseline.len() as f64;
    let mean = baseline.iter().sum::<f64>() / count;
    let variance = baseline.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let deviation = variance.sqrt();
    if deviation > 0.0 { Ok((latest - mean) / deviation) } else { Err("its baseline does not vary".to_owned()) }
}
