//! `detect`: one detector over a series in a CSV file.
//!
//! A row is a period: the statistics count rows, not days. Each row is judged by the rows before it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use super::{Context, Done, Failure, bounds};
use crate::detect::{self, DETECTORS, Detector, Options, Sides, Step};
use crate::model::text::{figure, one_line};

/// Which detector, over what.
#[derive(Debug, clap::Args)]
#[command(after_help = methods())]
pub struct Args {
    /// The detector; the list is below
    method: String,
    /// A CSV file with a header, its first column the time, or `-` for standard input
    file: PathBuf,
    /// The column of figures; an empty cell or NA is a gap
    #[arg(long, default_value = "value")]
    column: String,
    /// How many earlier values make the baseline; the method's own when left out
    #[arg(long, value_name = "N")]
    baseline: Option<usize>,
    /// The share of false alarms accepted on each side, instead of the method's fixed factor
    #[arg(long, value_name = "A")]
    alpha: Option<f64>,
    /// Rows on each side of a past year's same row (farrington)
    #[arg(long, value_name = "W")]
    window: Option<usize>,
    /// Years looked back (farrington)
    #[arg(long, value_name = "B")]
    years: Option<usize>,
    /// Watch falls as well as rises, as conditions do
    #[arg(long)]
    two_sided: bool,
}

/// Longer than this no file is worked on.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bad rows named one by one.
const NAMED: usize = 5;
/// Rows whose times tell how far apart rows are.
const TIMED: usize = 1000;
/// A day in seconds.
const DAY: f64 = 86_400.0;

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let began = Instant::now();
    let detector = detect::find(&args.method).ok_or_else(|| unknown_method(&args.method))?;
    let body = bounds::read_input(&args.file)?;
    let series = Series::open(&body, &args.column)?;
    let gap = series.check(&args.file.display().to_string())?;
    let options = options(args, gap)?;
    let steps = detect::stream(detector, series.rows().map(|row| row.value), &options);
    if !context.output.json {
        context.output.text(&heading());
    }
    for (count, (row, step)) in series.rows().zip(steps).enumerate() {
        if began.elapsed() > PATIENCE {
            let limit = PATIENCE.as_secs();
            return Err(anyhow::anyhow!("stopped after {count} rows: the limit of {limit} s is reached").into());
        }
        print(context, &row.time, &step);
    }
    Ok(ExitCode::SUCCESS)
}

fn options(args: &Args, gap: Option<f64>) -> Result<Options, Failure> {
    let options = Options {
        baseline: args.baseline,
        alpha: args.alpha,
        window: args.window,
        years: args.years,
        per_year: gap.map_or(Options::default().per_year, Options::per_year_of_gap),
        sides: if args.two_sided { Sides::Both } else { Sides::Above },
    };
    options.check().map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(options)
}

fn unknown_method(word: &str) -> Failure {
    let words: Vec<&str> = DETECTORS.iter().map(|detector| detector.word).collect();
    Failure::Usage(format!("there is no detector `{}`; there are {}", one_line(word, 40), words.join(", ")))
}

/// The detectors with what they do, for the help text.
fn methods() -> String {
    let row =
        |detector: &Detector| format!("  {:18} {}\n{:21}{}\n", detector.word, detector.doc, "", detector.defaults);
    format!("Methods:\n{}", DETECTORS.iter().map(row).collect::<String>())
}

fn heading() -> String {
    line_of("TIME", ["VALUE", "EXPECTED", "LOWER", "UPPER", "STATISTIC", "SCORE"].map(str::to_owned), "ALARM")
}

fn print(context: &Context, time: &str, step: &Step) {
    let estimate = step.estimate;
    if context.output.json {
        context.output.line(&json!({
            "t": time, "value": step.value,
            "expected": estimate.map(|estimate| estimate.expected), "lower": estimate.map(|estimate| estimate.lower),
            "upper": estimate.map(|estimate| estimate.upper), "statistic": estimate.map(|estimate| estimate.statistic),
            "score": estimate.map(|estimate| estimate.score()), "alarm": step.alarm(),
        }));
        return;
    }
    let of = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| figure(value, 3));
    let cells = [
        of(step.value),
        of(estimate.map(|estimate| estimate.expected)),
        of(estimate.map(|estimate| estimate.lower)),
        of(estimate.map(|estimate| estimate.upper)),
        of(estimate.map(|estimate| estimate.statistic)),
        of(estimate.map(|estimate| estimate.score())),
    ];
    context.output.text(&line_of(&one_line(time, 25), cells, if step.alarm() { "ALARM" } else { "" }));
}

/// One line of the table. Its columns have fixed widths, so that a long file need not be held to be printed.
fn line_of(time: &str, cells: [String; 6], alarm: &str) -> String {
    let cells: String = cells.iter().map(|cell| format!(" {cell:>11}")).collect();
    format!("{time:<25}{cells}  {alarm}").trim_end().to_owned()
}

/// The rows of a file. They are read twice rather than kept: a file may have millions.
struct Series<'b> {
    body: &'b [u8],
    column: usize,
}

/// One row: its time as it was written, and its figure.
struct Row {
    time: String,
    value: Option<f64>,
}

impl<'b> Series<'b> {
    fn open(body: &'b [u8], column: &str) -> Result<Self, Failure> {
        let header = reader(body).headers().map_err(|error| Failure::Running(broken(&error)))?.clone();
        let place = header.iter().position(|name| name.trim() == column).ok_or_else(|| {
            let names: Vec<String> = header.iter().map(|name| format!("`{}`", one_line(name, 40))).collect();
            Failure::Usage(format!("there is no column `{}`; the file has {}", one_line(column, 40), names.join(", ")))
        })?;
        Ok(Self { body, column: place })
    }

    /// Reads everything once: names what cannot be read, tells how many days rows typically are apart.
    fn check(&self, file: &str) -> Result<Option<f64>, Failure> {
        let (mut bad, mut named) = (0_usize, Vec::new());
        let mut days = Vec::new();
        for record in reader(self.body).records() {
            let record = record.map_err(|error| Failure::Running(broken(&error)))?;
            if days.len() < TIMED {
                days.push(record.get(0).and_then(day));
            }
            if let Err(why) = value(record.get(self.column).unwrap_or_default()) {
                bad += 1;
                let line = record.position().map_or(0, csv::Position::line);
                named.extend((bad <= NAMED).then(|| format!("{file}:{line}: {why}")));
            }
        }
        if bad > NAMED {
            named.push(format!("and {} more rows like these", bad - NAMED));
        }
        if bad > 0 { Err(anyhow::anyhow!(named.join("\n       ")).into()) } else { Ok(typical_gap(&days)) }
    }

    fn rows(&self) -> impl Iterator<Item = Row> + use<'b> {
        let column = self.column;
        reader(self.body).into_records().map_while(Result::ok).map(move |record| Row {
            time: record.get(0).unwrap_or_default().trim().to_owned(),
            value: value(record.get(column).unwrap_or_default()).unwrap_or_default(),
        })
    }
}

/// RFC 4180, strictly: a row with a cell more or less is an error with its line.
fn reader(body: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(false).from_reader(body)
}

fn broken(error: &csv::Error) -> anyhow::Error {
    anyhow::anyhow!("this is no CSV table: {error}")
}

/// A cell's figure; nothing, `NA` and `NaN` are gaps.
fn value(cell: &str) -> Result<Option<f64>, String> {
    let cell = cell.trim();
    if cell.is_empty() || cell.eq_ignore_ascii_case("na") || cell.eq_ignore_ascii_case("nan") {
        return Ok(None);
    }
    let figure = cell.parse::<f64>().ok().filter(|value| value.abs() <= detect::LARGEST);
    figure.map(Some).ok_or_else(|| format!("`{}` is not a usable number; a gap is an empty cell", one_line(cell, 40)))
}

/// The day a time lies in, with its fraction, counted from 1970.
fn day(text: &str) -> Option<f64> {
    let text = text.trim();
    let at = text.parse::<Timestamp>().ok().or_else(|| {
        let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
        let civil = whole.parse::<DateTime>().ok().or_else(|| whole.parse::<Date>().ok().map(DateTime::from))?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    Some(at.as_second() as f64 / DAY)
}

/// The median of the days between rows, where most rows have a time.
fn typical_gap(days: &[Option<f64>]) -> Option<f64> {
    let gaps: Vec<Option<f64>> = days.windows(2).map(|pair| Some(pair[1]? - pair[0]?)).collect();
    let known = gaps.iter().flatten().count();
    detect::simple::median(&gaps, known.max(1)).ok().filter(|gap| *gap > 0.0 && known * 2 > gaps.len())
}
