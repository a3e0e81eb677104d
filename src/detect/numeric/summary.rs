//! Mean, spread and order statistics of a few values.

/// The arithmetic mean; of nothing it is `None`.
pub(in crate::detect) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample variance, with n − 1; of fewer than two values it is 0.
pub(in crate::detect) fn variance(values: &[f64]) -> f64 {
    let Some(mean) = mean(values).filter(|_| values.len() > 1) else { return 0.0 };
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

/// The sample standard deviation, but never so small that a single step of the series is a sensation.
///
/// A run of equal counts has a deviation of 0 and would make any change
/// infinitely unlikely; counts move by whole steps, so half a step is the least
/// that is believed of them. Of fractions only rounding noise is kept out.
pub(in crate::detect) fn spread(values: &[f64]) -> f64 {
    let least = if values.iter().all(|value| value.fract() == 0.0) {
        0.5
    } else {
        values.iter().fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs())) * 1e-9
    };
    variance(values).sqrt().max(least)
}

/// The median; of nothing it is `None`.
pub(in crate::detect) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quantile by linear interpolation between order statistics (Hyndman and Fan's type 7).
pub(in crate::detect) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

/// 1.4826 times the median absolute deviation: the standard deviation of normal data, deaf to outliers.
pub(in crate::detect) fn robust_spread(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    median(&deviations).map(|deviation| 1.4826 * deviation)
}
