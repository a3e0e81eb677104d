//! `backtest --series`: one bound over a file of samples.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::bounds::read_input;
use crate::cli::output::time;
use crate::cli::{Context, Done};
use crate::format::dates;
use crate::model::condition::{Hold, Limits};
use crate::model::text::one_line;
use crate::pipeline::replay::series::{Row, Rule, Sample, replay};
use crate::settings::unit;

/// The bound of one series.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Bound {
    /// True above this
    #[arg(long, value_name = "N", group = "bound", requires = "series", allow_negative_numbers = true, value_parser = figure)]
    above: Option<f64>,
    /// True below this
    #[arg(long, value_name = "N", group = "bound", requires = "series", allow_negative_numbers = true, value_parser = figure)]
    below: Option<f64>,
    /// True at or above this
    #[arg(long, value_name = "N", group = "bound", requires = "series", allow_negative_numbers = true, value_parser = figure)]
    at_least: Option<f64>,
    /// True at or below this
    #[arg(long, value_name = "N", group = "bound", requires = "series", allow_negative_numbers = true, value_parser = figure)]
    at_most: Option<f64>,
    /// Once true, stays true until above this
    #[arg(long, value_name = "N", requires = "bound", allow_negative_numbers = true, value_parser = figure)]
    clear_above: Option<f64>,
    /// Once true, stays true until below this
    #[arg(long, value_name = "N", requires = "bound", allow_negative_numbers = true, value_parser = figure)]
    clear_below: Option<f64>,
    /// True for this long before it is active: `24h`, or `2 releases` (rows)
    #[arg(long, value_name = "D", requires = "bound", default_value = "0s", value_parser = wait)]
    hold: Hold,
    /// False for this long before it is inactive
    #[arg(long, value_name = "D", requires = "bound", default_value = "0s", value_parser = wait)]
    clear_after: Hold,
}

impl Bound {
    fn rule(&self) -> Rule {
        let limits = Limits {
            above: self.above,
            below: self.below,
            at_least: self.at_least,
            at_most: self.at_most,
            clear_above: self.clear_above,
            clear_below: self.clear_below,
        };
        Rule { limits, hold: self.hold, clear_after: self.clear_after }
    }
}

fn figure(word: &str) -> Result<f64, String> {
    word.parse().ok().filter(|figure: &f64| figure.is_finite()).ok_or_else(|| "expected a number".to_owned())
}

fn wait(word: &str) -> Result<Hold, String> {
    let time = unit::duration(word).map(Hold::Time);
    time.or_else(|| unit::releases(word).map(Hold::Releases))
        .ok_or_else(|| "expected a duration such as 24h or 7d, or `2 releases`".to_owned())
}

/// Judges every row of the file.
pub fn run(context: &Context, file: &Path, bound: &Bound) -> Done {
    let samples = read(&read_input(file)?).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = replay(bound.rule(), samples);
    if context.output.json {
        rows.for_each(|row| print(context, &row));
    } else {
        let cells = rows.map(|row| cells(&row)).collect();
        context.output.table(&["TIME", "VALUE", "VERDICT", "STATE"], cells, "The file has no row.");
    }
    Ok(ExitCode::SUCCESS)
}

fn print(context: &Context, row: &Row) {
    context.output.line(&json!({
        "t": time(Some(row.at), &TimeZone::UTC), "value": row.value, "verdict": row.verdict.word(),
        "state": row.phase.word(), "blind": row.blind,
    }));
}

fn cells(row: &Row) -> Vec<String> {
    let blind = if row.blind { ", blind" } else { "" };
    vec![
        row.at.to_string(),
        row.value.map(|value| value.to_string()).unwrap_or_default(),
        row.verdict.word().to_owned(),
        format!("{}{blind}", row.phase.word()),
    ]
}

/// The samples of a CSV file: the first column is the time, the one headed `value` (else the second) the value. A first
/// row whose time is none is the heading.
fn read(bytes: &[u8]) -> anyhow::Result<Vec<Sample>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut samples: Vec<Sample> = Vec::new();
    let mut column = 1;
    for (number, record) in reader.byte_records().enumerate() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| String::from_utf8_lossy(record.get(place).unwrap_or_default()).trim().to_owned();
        let Some(at) = dates::read(cell(0).trim_start_matches('\u{feff}')) else {
            if number == 0 {
                column = (0..record.len()).find(|place| cell(*place).eq_ignore_ascii_case("value")).unwrap_or(1);
                continue;
            }
            bail!("line {line}: `{}` is no time (expected RFC 3339 or a date)", one_line(&cell(0), 60));
        };
        if let Some((before, _)) = samples.last().filter(|(before, _)| *before > at) {
            bail!("line {line}: {at} comes after {before}; rows have to be in the order of time");
        }
        samples.push((at, value(&cell(column)).map_err(|why| anyhow!("line {line}: {why}"))?));
    }
    Ok(samples)
}

/// An empty value means that the source gave nothing.
fn value(word: &str) -> Result<Option<f64>, String> {
    if word.is_empty() {
        return Ok(None);
    }
    let figure = word.parse().ok().filter(|figure: &f64| figure.is_finite());
    figure
        .map(Some)
        .ok_or_else(|| format!("`{}` is no number (empty means that the source gave nothing)", one_line(word, 60)))
}
