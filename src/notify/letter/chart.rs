//! A condition's series: as a picture, as a line of plain characters, and as rows of figures.

use serde::Serialize;

use super::capped;
use crate::chart::{self, Chart as Drawing, Limit, Point, Style, sparkline};
use crate::model::alert::{ConditionAccount, PointAccount};
use crate::model::text::{figure, one_line};

/// Periods drawn: as many as a narrow screen shows without wrapping.
const POINTS: usize = 12;

/// A series in each of its forms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Chart {
    /// One character a period: a bar, or a dot where nothing is known.
    pub line: String,
    /// What the characters mean.
    pub legend: String,
    /// The same, a row each.
    pub rows: Vec<Row>,
    /// The Content-ID of its picture, once it is painted.
    pub picture: Option<String>,
    /// The picture in words.
    pub alt: String,
    /// The picture's drawing.
    #[serde(skip)]
    pub drawing: Drawing,
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
    /// Whether a part of the period is not accounted for.
    pub is_partial: bool,
}

/// Draws the newest periods of a condition; `None` where there are none.
pub(super) fn chart(account: &ConditionAccount) -> Option<Chart> {
    let series = account.series.as_slice();
    let newest = series.get(series.len().saturating_sub(POINTS)..).unwrap_or(series);
    let (points, _) = capped(newest, POINTS);
    let (first, last) = (points.first()?, points.last()?);
    let missing = points.iter().any(|point| known(point).is_none());
    let provisional = points.iter().any(|point| !point.is_final);
    let partial = points.iter().any(is_partial);
    let mut legend = format!("{} to {}", one_line(&first.period, 20), one_line(&last.period, 20));
    legend.push_str(if missing { "; · is missing, not zero" } else { "" });
    legend.push_str(if provisional { "; provisional: the period is not over" } else { "" });
    legend.push_str(if partial { "; partial: nobody looked all the time, there may be more" } else { "" });
    let drawing = drawing(account, points);
    Some(Chart {
        line: spark(points),
        legend,
        rows: points.iter().map(row).collect(),
        picture: None,
        alt: one_line(&format!("Chart of {}", chart::words(&drawing)), 900),
        drawing,
    })
}

/// A series as a line of characters.
fn spark(points: &[PointAccount]) -> String {
    sparkline(points.iter().map(|point| point.value))
}

/// The same without a legend: a provisional period stands in brackets, and a plus follows a partial one.
pub(super) fn marked_spark(points: &[PointAccount]) -> String {
    let marked = |(bar, point): (char, &PointAccount)| match (known(point), point.is_final) {
        (Some(_), false) => format!("({bar})"),
        (Some(_), true) if is_partial(point) => format!("{bar}+"),
        _ => bar.to_string(),
    };
    spark(points).chars().zip(points).map(marked).collect()
}

fn drawing(account: &ConditionAccount, points: &[PointAccount]) -> Drawing {
    let point = |point: &PointAccount| Point {
        is_final: point.is_final,
        coverage: if is_partial(point) { 0.5 } else { 1.0 },
        ..Point::new(one_line(&point.period, 20), known(point))
    };
    let limit = account.bound_at.map(|value| Limit { value, label: one_line(&account.bound, 40) });
    Drawing {
        style: if account.is_level { Style::Line } else { Style::Bars },
        points: points.iter().map(point).collect(),
        unit: one_line(&account.unit, 40),
        limits: limit.into_iter().collect(),
        marks: Vec::new(),
    }
}

fn known(point: &PointAccount) -> Option<f64> {
    point.value.filter(|value| value.is_finite())
}

fn row(point: &PointAccount) -> Row {
    let value = known(point);
    Row {
        period: one_line(&point.period, 20),
        value: value.map_or_else(|| "missing".to_owned(), |value| figure(value, 3)),
        is_missing: value.is_none(),
        is_provisional: !point.is_final,
        is_partial: is_partial(point),
    }
}

fn is_partial(point: &PointAccount) -> bool {
    !point.is_whole && point.is_final && known(point).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notification::{Content, Kind};

    fn account(series: Vec<PointAccount>) -> ConditionAccount {
        let Content::Scenario(account) =
            crate::notify::sample(Kind::Triggered, "x", jiff::Timestamp::UNIX_EPOCH).content
        else {
            panic!("a triggered message is about a scenario")
        };
        ConditionAccount { series, ..account.conditions[0].clone() }
    }

    #[test]
    fn only_the_newest_are_drawn() {
        let series: Vec<_> = (0..40)
            .map(|n| PointAccount {
                period: n.to_string(),
                value: Some(f64::from(n)),
                is_final: n < 39,
                is_whole: true,
            })
            .collect();
        let chart = chart(&account(series)).unwrap();
        assert_eq!((chart.rows.len(), chart.legend.as_str()), (12, "28 to 39; provisional: the period is not over"));
        assert!(chart.rows.last().unwrap().is_provisional);
        assert_eq!(chart.drawing.points.len(), 12);
    }

    #[test]
    fn what_is_not_known_is_no_picture() {
        assert_eq!(super::chart(&account(Vec::new())), None);
    }
}
