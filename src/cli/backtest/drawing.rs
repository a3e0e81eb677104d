//! The pictures of the report: a scenario's phases over time, an indicator's readings.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::past::Tested;
use super::report::Series;
use crate::chart::{self, Chart, Point, Size, Style};
use crate::cli::output::for_xml;
use crate::config::plan::Mark;
use crate::model::name::Name;
use crate::model::reading::Reading;
use crate::model::time::{Span, start_of_day};

/// How wide a picture is, and where its axis begins and ends.
const WIDTH: f64 = 920.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 910.0;

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

/// An indicator's readings as mail draws them, with the known dates.
pub fn readings(tested: &Tested<'_>, series: &Series) -> String {
    let point = |reading: &Reading| Point {
        label: reading.period.to_string(),
        value: reading.value,
        range: reading.low.zip(reading.high),
        is_final: reading.is_final,
        coverage: reading.coverage,
    };
    let mark = |mark: &Mark| {
        let at = start_of_day(mark.date, &tested.watch.zone);
        let period = series.readings.iter().position(|reading| reading.span.contains(at))?;
        Some(chart::Mark { at: period, label: format!("{} {}", mark.date, mark.title) })
    };
    let chart = Chart {
        style: Style::Line,
        points: series.readings.iter().map(point).collect(),
        unit: series.unit.clone(),
        limits: Vec::new(),
        marks: tested.watch.marks.iter().filter_map(mark).collect(),
    };
    chart::svg(&chart, Size::PAGE)
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
