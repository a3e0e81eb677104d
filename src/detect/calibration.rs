//! How good the shown probabilities were: Brier and log score, Murphy's
//! decomposition, and the reliability table.

use std::collections::BTreeMap;

use super::odds::LEAST_SHOWN;

/// With fewer resolved forecasts a reliability table tells noise.
pub const ENOUGH_FOR_A_TABLE: usize = 30;
/// The rows of the reliability table: tenths.
const ROWS: usize = 10;

/// A probability that was shown, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolved {
    /// The probability, 0 to 1.
    pub forecast: f64,
    /// Whether it happened.
    pub happened: bool,
}

impl Resolved {
    fn outcome(self) -> f64 {
        f64::from(u8::from(self.happened))
    }
}

/// The quality of a set of forecasts (Brier 1950, Murphy 1973).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// How many forecasts there are.
    pub count: usize,
    /// The mean squared error; equal to reliability − resolution + uncertainty.
    pub brier: f64,
    /// The mean of −ln of the probability given to what happened.
    pub log_score: f64,
    /// How far forecasts were from the frequencies that followed them; 0 is best.
    pub reliability: f64,
    /// How far those frequencies were from the overall one; more is better.
    pub resolution: f64,
    /// The Brier score of always forecasting the overall frequency.
    pub uncertainty: f64,
    /// 1 − Brier/uncertainty; `None` where all outcomes were alike.
    pub skill: Option<f64>,
}

/// One row of the reliability table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// From this probability.
    pub from: f64,
    /// Up to this one; only the last row includes it.
    pub to: f64,
    /// How many forecasts lie there.
    pub count: usize,
    /// Their mean.
    pub forecast: f64,
    /// The share of them that happened.
    pub happened: f64,
}

/// Scores forecasts; `None` without a usable one. Probabilities outside 0 to 1 are left out.
pub fn calibration(resolved: &[Resolved]) -> Option<Calibration> {
    let resolved = usable(resolved);
    let count = (!resolved.is_empty()).then_some(resolved.len())?;
    let n = count as f64;
    let base = resolved.iter().map(|one| one.outcome()).sum::<f64>() / n;
    let brier = resolved.iter().map(|one| (one.forecast - one.outcome()).powi(2)).sum::<f64>() / n;
    let surprise = |one: &Resolved| {
        let shown = one.forecast.clamp(LEAST_SHOWN, 1.0 - LEAST_SHOWN);
        -if one.happened { shown } else { 1.0 - shown }.ln()
    };
    // Forecasts of exactly the same probability belong together; bins would leave a rest.
    let groups = grouped(&resolved, |one| one.forecast.to_bits());
    let weighed = |term: fn(&Row, f64) -> f64| groups.iter().map(|g| g.count as f64 / n * term(g, base)).sum::<f64>();
    let uncertainty = base * (1.0 - base);
    Some(Calibration {
        count,
        brier,
        log_score: resolved.iter().map(surprise).sum::<f64>() / n,
        reliability: weighed(|group, _| (group.forecast - group.happened).powi(2)),
        resolution: weighed(|group, base| (group.happened - base).powi(2)),
        uncertainty,
        skill: (uncertainty > 0.0).then(|| 1.0 - brier / uncertainty),
    })
}

/// The reliability table by tenths, rows without forecasts left out; `None` below [`ENOUGH_FOR_A_TABLE`].
pub fn table(resolved: &[Resolved]) -> Option<Vec<Row>> {
    let resolved = usable(resolved);
    let tenth = |one: &Resolved| ((one.forecast * ROWS as f64) as u64).min(ROWS as u64 - 1);
    (resolved.len() >= ENOUGH_FOR_A_TABLE).then(|| grouped(&resolved, tenth))
}

fn usable(resolved: &[Resolved]) -> Vec<Resolved> {
    resolved.iter().copied().filter(|one| (0.0..=1.0).contains(&one.forecast)).collect()
}

fn grouped(resolved: &[Resolved], key: impl Fn(&Resolved) -> u64) -> Vec<Row> {
    let mut groups: BTreeMap<u64, Vec<Resolved>> = BTreeMap::new();
    for one in resolved {
        groups.entry(key(one)).or_default().push(*one);
    }
    groups.into_values().map(|members| row(&members)).collect()
}

fn row(members: &[Resolved]) -> Row {
    let mean = |term: fn(&Resolved) -> f64| members.iter().map(term).sum::<f64>() / members.len().max(1) as f64;
    let forecast = mean(|one| one.forecast);
    let from = (forecast * ROWS as f64).floor().min(ROWS as f64 - 1.0) / ROWS as f64;
    Row { from, to: from + 1.0 / ROWS as f64, count: members.len(), forecast, happened: mean(|one| one.outcome()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecasts(pairs: &[(f64, u8)]) -> Vec<Resolved> {
        pairs.iter().map(|(forecast, happened)| Resolved { forecast: *forecast, happened: *happened == 1 }).collect()
    }

    const TEN: [(f64, u8); 10] =
        [(0.1, 0), (0.1, 0), (0.3, 0), (0.3, 1), (0.7, 1), (0.7, 0), (0.9, 1), (0.9, 1), (0.9, 1), (0.2, 0)];

    #[test]
    fn ten_forecasts() {
        let found = calibration(&forecasts(&TEN)).unwrap();
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 5e-7, "{found} for {expected}");
        close(found.brier, 0.125);
        close(found.log_score, 0.387124);
        close(found.reliability, 0.025);
        close(found.resolution, 0.15);
        close(found.uncertainty, 0.25);
        close(found.skill.unwrap(), 0.5);
        close(found.brier, found.reliability - found.resolution + found.uncertainty);
    }

    #[test]
    fn a_table_needs_thirty() {
        let thirty = forecasts(&TEN.repeat(3));
        assert!(table(&thirty[1..]).is_none());
        let rows = table(&thirty).unwrap();
        let shape: Vec<(usize, f64)> = rows.iter().map(|row| (row.count, row.happened)).collect();
        assert_eq!(shape, [(6, 0.0), (3, 0.0), (6, 0.5), (6, 0.5), (9, 1.0)]);
        assert!(rows.iter().all(|row| row.from <= row.forecast && row.forecast < row.to));
    }

    #[test]
    fn what_is_no_probability_is_left_out() {
        assert!(calibration(&forecasts(&[(f64::NAN, 1), (1.5, 0)])).is_none());
        let sure = calibration(&forecasts(&[(1.0, 1), (1.0, 1)])).unwrap();
        assert_eq!((sure.brier, sure.skill), (0.0, None));
        assert!(calibration(&forecasts(&[(0.0, 1)])).unwrap().log_score.is_finite());
    }
}
