//! Readings on a terminal: a chart, a table, one line of bars.

use serde_json::{Value, json};

use crate::chart::{self, MISSING};
use crate::cli::output::{moment, time};
use crate::cli::{Context, hand};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect::nowcast::Nowcast;
use crate::model::reading::{Reading, Standing};
use crate::model::text::figure;
use crate::model::time::duration_words;
use crate::pipeline::measures::lines::Line;
use crate::pipeline::measures::with_unit;

/// The rows of a chart.
const ROWS: usize = 8;
/// Columns of a chart: what fits beside its labels on a narrow terminal.
const COLUMNS: usize = 60;
/// The columns of one line of bars.
const SPARKS: usize = 13;

/// Everything that is shown of one indicator.
pub struct Shown<'a> {
    pub watch: &'a Watch,
    pub indicator: &'a WatchedIndicator,
    pub series: Vec<Reading>,
    /// Of each reading, what people did to its values.
    pub remarks: Vec<Vec<Value>>,
    /// Of the running period; else why there is none.
    pub nowcast: Result<Nowcast, String>,
    pub lines: Vec<Line>,
}

impl Shown<'_> {
    /// Prints it as lines of JSON, or as a chart and a table.
    pub fn print(&self, context: &Context) {
        if context.output.json {
            self.members().iter().for_each(|line| context.output.line(line));
            return;
        }
        if let Some(wait) = self.delay() {
            let length = self.indicator.spec.period.word();
            context.output.text(&format!("values are normally in {wait} after the end of a {length}"));
        }
        if self.series.iter().any(|reading| reading.value.is_some()) {
            context.output.text(&format!("\n{}\n", self.chart().join("\n")));
        }
        let headings = ["PERIOD", "VALUE", "STATE", "COVERED", "FLAGS"];
        context.output.table(&headings, self.rows(), "There is no period.");
        for line in self.remarks.iter().flatten().flat_map(hand::remark_words) {
            context.output.text(&line);
        }
    }

    fn delay(&self) -> Option<String> {
        let last = self.series.last()?;
        let wait = last.settles_at.duration_since(last.span.to);
        (!wait.is_zero()).then(|| duration_words(wait))
    }

    /// The nowcast, which is of the last reading, the running one.
    fn nowcast_of(&self, place: usize) -> Option<&Nowcast> {
        self.nowcast.as_ref().ok().filter(|_| place + 1 == self.series.len())
    }

    fn members(&self) -> Vec<Value> {
        let zone = &self.watch.zone;
        let line = |(place, reading): (usize, &Reading)| {
            let nowcast = self.nowcast_of(place).map(|nowcast| {
                json!({"value": nowcast.value, "low80": nowcast.low80, "high80": nowcast.high80, "share": nowcast.share})
            });
            json!({
                "watch": self.watch.id, "indicator": self.indicator.spec.name.to_string(),
                "period": reading.period.to_string(), "from": time(Some(reading.span.from), zone),
                "to": time(Some(reading.span.to), zone), "value": reading.value, "low": reading.low, "high": reading.high,
                "final": reading.is_final, "coverage": reading.coverage, "missing": reading.is_missing(),
                "flags": flags(reading), "nowcast": nowcast, "state": reading.standing().word(),
                "settles_at": time(Some(reading.settles_at), zone), "feed": reading.feed,
                "by_hand": self.remarks.get(place),
            })
        };
        self.series.iter().enumerate().map(line).collect()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let unit = &self.indicator.spec.unit;
        let row = |(place, reading): (usize, &Reading)| {
            let value = reading.value.map_or_else(|| "—".to_owned(), |value| with_unit(value, unit));
            let nowcast = self.nowcast_of(place).map(|nowcast| {
                let [value, low, high] = [nowcast.value, nowcast.low80, nowcast.high80].map(|value| figure(value, 1));
                format!(" → {value} ({low} to {high})")
            });
            let at_least = if reading.standing() == Standing::Partial { "at least " } else { "" };
            let state = match reading.standing() {
                // Over, and waited for.
                Standing::Provisional if reading.span.to < reading.settles_at && place + 1 < self.series.len() => {
                    format!("provisional until {}", moment(Some(reading.settles_at), &self.watch.zone))
                }
                standing => standing.word().to_owned(),
            };
            vec![
                reading.period.to_string(),
                format!("{at_least}{value}{}", nowcast.unwrap_or_default()),
                state,
                format!("{} %", figure(reading.coverage * 100.0, 0)),
                flags(reading).join(" "),
            ]
        };
        self.series.iter().enumerate().map(row).collect()
    }

    /// Bars from zero, each as its reading stands, with the lines of conditions across them.
    fn chart(&self) -> Vec<String> {
        let width = (COLUMNS / self.series.len().max(1)).clamp(1, 4);
        let newest = self.series.len().saturating_sub(COLUMNS / width);
        let bars: Vec<&Reading> = self.series.iter().skip(newest).collect();
        let values = bars.iter().filter_map(|reading| reading.value).chain(self.lines.iter().map(|line| line.at));
        let highest = values.fold(0.0, f64::max);
        if highest <= 0.0 {
            return vec!["every value is 0".to_owned()];
        }
        let step = highest / ROWS as f64;
        let mut drawn: Vec<String> = (0..ROWS).rev().map(|row| self.chart_row(row, step, &bars, width)).collect();
        let first = bars.first().map(|reading| reading.period.to_string()).unwrap_or_default();
        let last = bars.last().map(|reading| reading.period.to_string()).unwrap_or_default();
        let rule = "─".repeat(bars.len() * width);
        drawn.push(format!("{:>12} └{rule}", "0"));
        let gap = (bars.len() * width).saturating_sub(first.len() + last.len()).max(1);
        drawn.push(format!("{:>14}{first}{:gap$}{last}", "", ""));
        drawn.push(
            "  █ final  ▓ partial: there may be more  ░ provisional  · missing, not zero  ╌ bound  ┈ usual".to_owned(),
        );
        drawn
    }

    fn chart_row(&self, row: usize, step: f64, bars: &[&Reading], width: usize) -> String {
        let (low, middle) = (row as f64 * step, (row as f64 + 0.5) * step);
        let is_here = |line: &&Line| ((line.at / step).ceil() as usize).saturating_sub(1).min(ROWS - 1) == row;
        let here: Vec<&Line> = self.lines.iter().filter(is_here).collect();
        let behind = match (here.iter().any(|line| line.is_bound), here.is_empty()) {
            (true, _) => '╌',
            (false, false) => '┈',
            (false, true) => ' ',
        };
        let bar = |reading: &&Reading| {
            let cell = match (reading.value, reading.standing()) {
                (None, _) if row == 0 => MISSING,
                (Some(value), standing) if value >= middle || (row == 0 && value > 0.0) => filled(standing),
                _ => behind,
            };
            let gap = if width > 1 { behind.to_string() } else { String::new() };
            format!("{}{gap}", cell.to_string().repeat(width.saturating_sub(1).max(1)))
        };
        let cells: String = bars.iter().map(bar).collect();
        let labels: Vec<String> = here.iter().map(|line| format!("{} ({})", line.label, figure(line.at, 1))).collect();
        let top = figure(low + step, if step < 10.0 { 1 } else { 0 });
        format!("{top:>12} ┤{cells} {}", labels.join("; ")).trim_end().to_owned()
    }
}

fn filled(standing: Standing) -> char {
    match standing {
        Standing::Final => '█',
        Standing::Partial => '▓',
        Standing::Provisional => '░',
        Standing::Missing => MISSING,
    }
}

fn flags(reading: &Reading) -> Vec<&'static str> {
    reading.flags.iter().map(|flag| flag.word()).collect()
}

/// One line of bars from zero; a provisional one stands in brackets, and a plus follows a partial one.
pub fn spark(series: &[Reading]) -> String {
    let known = series.iter().position(|reading| reading.value.is_some()).unwrap_or(series.len());
    let newest = series.len().saturating_sub(SPARKS).max(known);
    let shown = series.get(newest..).unwrap_or_default();
    let bars = chart::sparkline(shown.iter().map(|reading| reading.value));
    let marked = |(bar, reading): (char, &Reading)| match reading.standing() {
        Standing::Final | Standing::Missing => bar.to_string(),
        Standing::Partial => format!("{bar}+"),
        Standing::Provisional => format!("({bar})"),
    };
    bars.chars().zip(shown).map(marked).collect()
}
