//! The pictures of the report: a scenario's phases over time, an indicator's readings.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::past::Tested;
use super::report::Series;
use crate::cli::output::for_xml;
use crate::config::plan::Mark;
use crate::model::name::Name;
use crate::model::reading::Reading;
use crate::model::text::figure;
use crate::model::time::{Span, start_of_day};

/// How wide a picture is, and where its axis begins and ends.
const WIDTH: f64 = 920.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 910.0;
/// The height of a chart of readings, and where its plot ends.
const HEIGHT: f64 = 150.0;
const FLOOR: f64 = 128.0;
const CEILING: f64 = 10.0;

/// Where an instant stands on the axis.
fn place(span: Span, at: Timestamp) -> f64 {
    let whole = span.duration().as_secs_f64().max(1.0);
    let share = at.duration_since(span.from).as_secs_f64() / whole;
    LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
}

/// A scenario's phases as bands, its messages as triangles, known dates as lines.
pub fn timeline(tested: &Tested<'_>, scenario: &Name) -> String {
    let span = tested.replayed.span;
    let mut svg = open(58.0, "phases of the scenario over time");
    for (from, to, word) in bands(tested, scenario) {
        let (x, width) = (place(span, from), place(span, to) - place(span, from));
        let _ =
            write!(svg, "<rect class=\"{word}\" x=\"{x:.1}\" y=\"14\" width=\"{:.1}\" height=\"14\"/>", width.max(0.8));
    }
    for mail in tested.replayed.mails.iter().filter(|mail| mail.about.as_ref() == Some(scenario)) {
        let x = place(span, mail.at);
        let title = format!("{} {}", mail.at.strftime("%Y-%m-%d %H:%M"), mail.kind.word());
        let _ = write!(
            svg,
            "<path class=\"envelope\" d=\"M{:.1} 40 l4 -8 l4 8 z\"><title>{}</title></path>",
            x - 4.0,
            for_xml(&title)
        );
    }
    known_dates(&mut svg, tested, |mark| mark.scenario.as_deref().is_none_or(|word| word == scenario.local()), 42.0);
    axis(&mut svg, span, 56.0);
    svg + "</svg>"
}

/// From when to when a scenario stood in which phase; blindness lies over the phase.
fn bands(tested: &Tested<'_>, scenario: &Name) -> Vec<(Timestamp, Timestamp, &'static str)> {
    let span = tested.replayed.span;
    let mut bands = Vec::new();
    let mut since = (span.from, "inactive");
    for change in tested.replayed.changes.iter().filter(|change| change.transition.scenario == *scenario) {
        let (at, word) = (
            change.transition.at.max(span.from),
            if change.transition.blind { "blind" } else { change.transition.to.word() },
        );
        bands.push((since.0, at, since.1));
        since = (at, word);
    }
    bands.push((since.0, span.to, since.1));
    bands.retain(|(from, to, _)| from < to);
    bands
}

/// An indicator's readings as a line; gaps where there is no value.
pub fn readings(tested: &Tested<'_>, series: &Series) -> String {
    let span = tested.replayed.span;
    let values: Vec<f64> = series.readings.iter().filter_map(|reading| reading.value).collect();
    let mut svg = open(HEIGHT, "readings over time");
    let (Some(least), Some(most)) = (values.iter().copied().reduce(f64::min), values.iter().copied().reduce(f64::max))
    else {
        let _ = write!(svg, "<text x=\"{LEFT}\" y=\"60\">no value</text>");
        return svg + "</svg>";
    };
    // From zero where that leaves the course visible.
    let least = if least > 0.0 && least < most * 0.7 { 0.0 } else { least };
    let range = if most > least { most - least } else { 1.0 };
    let height = |value: f64| FLOOR - (value - least) / range * (FLOOR - CEILING);
    for limit in [least, most] {
        let y = height(limit);
        let _ = write!(svg, "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            figure(limit, 1)
        );
    }
    let points: Vec<Option<(f64, f64)>> = series
        .readings
        .iter()
        .map(|reading| reading.value.map(|value| (middle(span, reading), height(value))))
        .collect();
    for run in points.split(Option::is_none).filter(|run| run.len() > 1) {
        let steps: Vec<String> = run.iter().flatten().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(svg, "<polyline class=\"line\" points=\"{}\"/>", steps.join(" "));
    }
    for (reading, point) in series.readings.iter().zip(&points) {
        let (Some(value), Some((x, y))) = (reading.value, point) else { continue };
        let class = if reading.is_final { "dot" } else { "running" };
        let title = format!("{} {} {}", reading.period, figure(value, 2), series.unit);
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.4\"><title>{}</title></circle>",
            for_xml(title.trim_end())
        );
    }
    known_dates(&mut svg, tested, |_| true, FLOOR);
    axis(&mut svg, span, HEIGHT - 4.0);
    svg + "</svg>"
}

fn middle(span: Span, reading: &Reading) -> f64 {
    f64::midpoint(place(span, reading.span.from), place(span, reading.span.to))
}

fn open(height: f64, label: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">")
}

fn known_dates(svg: &mut String, tested: &Tested<'_>, is_shown: impl Fn(&Mark) -> bool, floor: f64) {
    let span = tested.replayed.span;
    for mark in tested.watch.marks.iter().filter(|mark| is_shown(mark)) {
        let at = start_of_day(mark.date, &tested.watch.zone);
        if at < span.from || span.to < at {
            continue;
        }
        let x = place(span, at);
        let title = format!("{} {}", mark.date, mark.title);
        let _ = write!(
            svg,
            "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"6\" y2=\"{floor:.1}\"><title>{}</title></line>",
            for_xml(&title)
        );
    }
}

/// The first and the last day.
fn axis(svg: &mut String, span: Span, y: f64) {
    for (at, x, anchor) in [(span.from, LEFT, "start"), (span.to, RIGHT, "end")] {
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>", at.strftime("%Y-%m-%d"));
    }
}
