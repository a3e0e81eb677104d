//! A series drawn with plain characters: works in every mail program, with pictures blocked and in a terminal.

use serde::Serialize;

use super::capped;
use crate::model::alert::PointAccount;
use crate::model::text::{figure, one_line};

/// Periods drawn: as many as a narrow screen shows without wrapping.
const POINTS: usize = 12;
/// The levels of a line of bars, lowest first.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What stands where nothing is known: visibly not a low value.
const MISSING: char = '·';

/// A series as a line of bars and as rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Chart {
    /// One character a period: a bar, or a dot where nothing is known.
    pub line: String,
    /// What the characters mean.
    pub legend: String,
    /// The same, a row each.
    pub rows: Vec<Row>,
}

/// One period of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// The period.
    pub period: String,
    /// Its value in figures, or `missing`.
    pub value: String,
    /// Whether nothing is known of it.
    pub is_missing: bool,
    /// Whether the period is not over.
    pub is_provisional: bool,
    /// The bar's length in percent of the longest.
    pub percent: u32,
}

/// Draws the newest periods; `None` where there are none.
pub(super) fn chart(series: &[PointAccount]) -> Option<Chart> {
    let newest = series.get(series.len().saturating_sub(POINTS)..).unwrap_or(series);
    let (points, _) = capped(newest, POINTS);
    let (first, last) = (points.first()?, points.last()?);
    let largest = points.iter().filter_map(known).map(f64::abs).fold(0.0, f64::max);
    let line = points.iter().map(|point| bar(point, largest)).collect();
    let missing = points.iter().any(|point| known(point).is_none());
    let provisional = points.iter().any(|point| !point.is_final);
    let mut legend = format!("{} to {}", one_line(&first.period, 20), one_line(&last.period, 20));
    legend.push_str(if missing { "; · is missing, not zero" } else { "" });
    legend.push_str(if provisional { "; provisional: the period is not over" } else { "" });
    Some(Chart { line, legend, rows: points.iter().map(|point| row(point, largest)).collect() })
}

fn known(point: &PointAccount) -> Option<f64> {
    point.value.filter(|value| value.is_finite())
}

/// The share of the longest bar, 0 to 1. Bars start at zero, so that their lengths may be compared.
fn share(value: f64, largest: f64) -> f64 {
    if largest > 0.0 { (value.abs() / largest).clamp(0.0, 1.0) } else { 0.0 }
}

fn bar(point: &PointAccount, largest: f64) -> char {
    let Some(value) = known(point) else { return MISSING };
    // `as` saturates, and the share is within 0 to 1.
    let level = (share(value, largest) * 7.0).round() as usize;
    LEVELS.get(level).copied().unwrap_or(MISSING)
}

fn row(point: &PointAccount, largest: f64) -> Row {
    let value = known(point);
    Row {
        period: one_line(&point.period, 20),
        value: value.map_or_else(|| "missing".to_owned(), |value| figure(value, 3)),
        is_missing: value.is_none(),
        is_provisional: !point.is_final,
        percent: value.map_or(0, |value| (share(value, largest) * 100.0).round() as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[Option<f64>], expected: &str) {
        let series: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(n, value)| PointAccount { period: format!("2026-{n:02}"), value: *value, is_final: true })
            .collect();
        assert_eq!(chart(&series).map_or_else(String::new, |chart| chart.line), expected, "{values:?}");
    }

    #[test]
    fn missing_is_no_bar() {
        check(&[], "");
        check(&[Some(0.0), None, Some(7.0), Some(3.5)], "▁·█▅");
        check(&[Some(0.0), Some(0.0)], "▁▁");
        check(&[Some(f64::NAN), Some(f64::INFINITY), Some(-2.0), Some(1.0)], "··█▅");
        check(&[Some(f64::MAX), Some(f64::MIN_POSITIVE)], "█▁");
    }

    #[test]
    fn only_the_newest_are_drawn() {
        let series: Vec<_> = (0..40)
            .map(|n| PointAccount { period: n.to_string(), value: Some(f64::from(n)), is_final: n < 39 })
            .collect();
        let chart = chart(&series).unwrap();
        assert_eq!((chart.rows.len(), chart.legend.as_str()), (12, "28 to 39; provisional: the period is not over"));
        assert!(chart.rows.last().unwrap().is_provisional);
    }
}
