//! A picture in words, for those who see none.

use super::{Chart, Point};
use crate::model::text::{figure, one_line};

/// Periods that are named one by one; of more, only the newest.
const NAMED: usize = 24;

/// What a chart shows, as a line: `sorties: 2026-01 910, 2026-02 missing, 2026-03 120 (provisional); at most 800 is 800`.
pub fn words(chart: &Chart) -> String {
    let hidden = chart.points.len().saturating_sub(NAMED);
    let points: Vec<_> = chart.points.iter().skip(hidden).map(point).collect();
    let unit = if chart.unit.is_empty() { String::new() } else { format!("{}: ", chart.unit) };
    let earlier = if hidden > 0 { format!("{hidden} earlier periods, ") } else { String::new() };
    let limits = chart.limits.iter().map(|limit| format!("; {} ({})", limit.label, figure(limit.value, 3)));
    let marks = chart.marks.iter().filter_map(|mark| {
        let period = &chart.points.get(mark.at)?.label;
        Some(format!("; {period}: {}", mark.label))
    });
    let line = format!("{unit}{earlier}{}{}", points.join(", "), limits.chain(marks).collect::<String>());
    one_line(&line, 1000)
}

fn point(point: &Point) -> String {
    let value = point.known().map_or_else(|| "missing".to_owned(), |value| figure(value, 3));
    let state = match (point.is_final, point.known().is_some() && point.coverage < super::WHOLE) {
        (false, _) => " (provisional)",
        (true, true) => " (partial)",
        (true, false) => "",
    };
    format!("{} {value}{state}", point.label)
}
