//! `extract`: one extractor on one document, with what it finds, where, and why not.

mod reading;

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::reading::Reading;
use super::bounds::read_input;
use super::{Context, Done, Failure};
use crate::extract::{amounts, area, css, dates, numbers, pattern};
use crate::format::{Options, Reader, decode, expression, records::Records};
use crate::model::geo::{Extent, Place, Point};
use crate::model::item::Document;
use crate::model::quantity::Quantity;
use crate::model::text::one_line;

/// What to extract from what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, or `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    way: Way,
    /// Of each element this attribute instead of its text
    #[arg(long, value_name = "A", requires = "css")]
    attr: Option<String>,
    /// The first record is no header: records are arrays
    #[arg(long, requires = "csv")]
    no_header: bool,
    /// What stands between two values: one character, or `tab`
    #[arg(long, value_name = "C", default_value = ",", requires = "csv", value_parser = delimiter)]
    delimiter: char,
    /// Only this column: its name, or without a header its number from 1
    #[arg(long, value_name = "NAME", requires = "csv")]
    column: Option<String>,
    /// The text's language tag: it tells whether a comma groups or divides where the letters do not
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// What relative dates are counted from (RFC 3339); now when left out
    #[arg(long, value_name = "T", requires = "date")]
    at: Option<Timestamp>,
    /// The zone of dates
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
}

/// The ways to extract, of which one is chosen.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Way {
    /// What a JSONPath selects (RFC 9535)
    #[arg(long, value_name = "E", allow_hyphen_values = true)]
    jsonpath: Option<String>,
    /// The text of each element that a CSS selector selects
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    css: Option<String>,
    /// Each match of a regular expression: its group `value`, else group 1, else the match
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    regex: Option<String>,
    /// Each figure, as the number grammar reads it
    #[arg(long)]
    number: bool,
    /// Each date
    #[arg(long)]
    date: bool,
    /// Each sum of money
    #[arg(long)]
    amount: bool,
    /// Each record of a CSV file (RFC 4180)
    #[arg(long)]
    csv: bool,
    /// How much of a place each feature of a GeoJSON file covers: a place of the configuration, or `west,south,east,north`
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    area: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let way = &args.way;
    if let Some(path) = &way.jsonpath {
        return jsonpath(context, args, path);
    }
    if let Some(selector) = &way.css {
        return elements(context, args, selector);
    }
    if let Some(pattern) = &way.regex {
        return matches(context, args, pattern);
    }
    if let Some(place) = &way.area {
        return areas(context, args, place);
    }
    match () {
        () if way.csv => table(context, args),
        () if way.number => figures(context, args),
        () if way.amount => sums(context, args),
        () => moments(context, args),
    }
}

fn delimiter(word: &str) -> Result<char, String> {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        _ if word == "tab" || word == "\\t" => Ok('\t'),
        (Some('"' | '\r' | '\n'), None) => Err("a quote or a line's end keeps no values apart".to_owned()),
        (Some(one), None) => Ok(one),
        _ => Err("expected one character, or `tab`".to_owned()),
    }
}

fn text_of(args: &Args) -> Result<String, Failure> {
    Ok(decode(&read_input(&args.file)?).into_owned())
}

/// The user's expression is wrong: exit 2 with the column.
fn invalid((message, column): expression::Invalid) -> Failure {
    match column {
        Some(column) => Failure::Usage(format!("column {column}: {message}")),
        None => Failure::Usage(message),
    }
}

/// The input cannot be read: exit 1.
fn unreadable(args: &Args, why: impl std::fmt::Display) -> Failure {
    anyhow::anyhow!("{}: {why}", args.file.display()).into()
}

/// One value: JSON as it is; for people, strings bare and on one line.
fn print(context: &Context, value: &Value) {
    match value {
        Value::String(text) if !context.output.json => context.output.text(&one_line(text, usize::MAX)),
        value => context.output.line(value),
    }
}

fn jsonpath(context: &Context, args: &Args, path: &str) -> Done {
    let path = expression::path(path).map_err(invalid)?;
    let text = text_of(args)?;
    let document: Value = serde_json::from_str(&text).map_err(|error| unreadable(args, format!("no JSON: {error}")))?;
    path.query(&document).all().into_iter().for_each(|value| print(context, value));
    Ok(ExitCode::SUCCESS)
}

fn elements(context: &Context, args: &Args, selector: &str) -> Done {
    let selector = expression::selector(selector).map_err(invalid)?;
    let text = text_of(args)?;
    let texts = css::texts(&text, &selector, args.attr.as_deref()).map_err(|why| unreadable(args, why))?;
    texts.into_iter().for_each(|text| print(context, &json!(text)));
    Ok(ExitCode::SUCCESS)
}

fn matches(context: &Context, args: &Args, pattern: &str) -> Done {
    // What is wrong with the pattern is said before what is wrong with the file.
    let invalid = |error: crate::extract::RuleError| invalid((error.message, error.column));
    pattern::captures("", pattern).map_err(invalid)?;
    let text = text_of(args)?;
    for part in pattern::captures(&text, pattern).map_err(invalid)? {
        print(context, &json!(text.get(part)));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(context: &Context, args: &Args) -> Done {
    let text = text_of(args)?;
    let mut records = Records::new(&text, args.delimiter);
    let header = if args.no_header { None } else { Some(header(args, &mut records)?) };
    let column = match (&args.column, &header) {
        (None, _) => None,
        (Some(name), Some(header)) => Some(column(header, name)?),
        (Some(number), None) => Some(numbered(number)?),
    };
    for record in records {
        let mut record = record.map_err(|error| unreadable(args, error))?;
        let value = match (column, &header) {
            (Some(column), _) if column < record.len() => json!(record.swap_remove(column)),
            (Some(column), _) => {
                return Err(Failure::Usage(format!("there is no column {}; there are {}", column + 1, record.len())));
            }
            (None, Some(header)) => {
                Value::Object(header.iter().cloned().zip(record.into_iter().map(Value::String)).collect())
            }
            (None, None) => json!(record),
        };
        print(context, &value);
    }
    Ok(ExitCode::SUCCESS)
}

fn header(args: &Args, records: &mut Records<'_>) -> Result<Vec<String>, Failure> {
    let first = records.next().ok_or_else(|| unreadable(args, "the file is empty; expected a header line"))?;
    let header = first.map_err(|error| unreadable(args, error))?;
    let mut seen = HashSet::new();
    match header.iter().find(|name| !seen.insert(name.as_str())) {
        Some(name) => {
            let why = format!("line 1: two columns are named `{name}`, of which an object keeps one; use --no-header");
            Err(unreadable(args, why))
        }
        None => Ok(header),
    }
}

fn column(header: &[String], name: &str) -> Result<usize, Failure> {
    header.iter().position(|known| known == name).ok_or_else(|| {
        let names = one_line(&header.join(", "), 300);
        Failure::Usage(format!("there is no column `{name}`; the columns are {names}"))
    })
}

fn numbered(number: &str) -> Result<usize, Failure> {
    let from_one = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    from_one
        .ok_or_else(|| Failure::Usage(format!("`{number}` is no column; without a header they are numbered from 1")))
}

fn figures(context: &Context, args: &Args) -> Done {
    let text = text_of(args)?;
    let found = numbers::read(&text, args.lang.as_deref());
    if found.is_empty() {
        Reading::none("the text has no figure").print(context.output, &[("of", json!(null))]);
    }
    for figure in &found {
        let reading = Reading {
            outcome: figure.outcome(),
            quantity: figure.quantity(),
            unit: figure.unit.as_deref(),
            span: Some(figure.span),
            text: Some(&figure.text),
            why: figure.why(),
        };
        reading.print(context.output, &[("of", json!(figure.of))]);
    }
    Ok(ExitCode::SUCCESS)
}

fn sums(context: &Context, args: &Args) -> Done {
    let text = text_of(args)?;
    let found = amounts::read(&text, args.lang.as_deref());
    if found.is_empty() {
        Reading::none("the text has no sum of money")
            .print(context.output, &[("currency", json!(null)), ("role", json!(null))]);
    }
    for sum in &found {
        let amount = sum.amount.as_ref().ok();
        let currency = amount.map(|amount| amount.currency.as_str());
        let reading = Reading {
            outcome: if amount.is_some() { "value" } else { "no_match" },
            quantity: amount.map(|amount| amount.quantity),
            unit: currency,
            span: Some(sum.span),
            text: Some(&sum.text),
            why: sum.amount.as_ref().err().map(String::as_str),
        };
        let role = amount.and_then(|amount| amount.role.as_deref());
        reading.print(context.output, &[("currency", json!(currency)), ("role", json!(role))]);
    }
    Ok(ExitCode::SUCCESS)
}

fn moments(context: &Context, args: &Args) -> Done {
    let zone = super::zone(&args.tz)?;
    let text = text_of(args)?;
    let found = dates::read(&text, args.at.unwrap_or_else(crate::clock::now), &zone);
    if found.is_empty() {
        moment(context, None, "the text has no date");
    }
    found.iter().for_each(|date| moment(context, Some(date), ""));
    Ok(ExitCode::SUCCESS)
}

fn moment(context: &Context, date: Option<&dates::Found>, none: &str) {
    let window = date.and_then(|date| date.window.as_ref().ok());
    let why = match date {
        Some(date) => date.window.as_ref().err().map(String::as_str),
        None => Some(none),
    };
    let outcome = if window.is_some() { "value" } else { "no_match" };
    if context.output.json {
        context.output.line(&json!({
            "outcome": outcome, "from": window.map(|window| window.from.to_string()),
            "to": window.map(|window| window.to.to_string()),
            "span": date.map(|date| [date.span.0, date.span.1]), "text": date.map(|date| &date.text), "why": why,
        }));
        return;
    }
    let shown = match window {
        Some(window) if window.from == window.to => window.from.to_string(),
        Some(window) => format!("{} to {}", window.from, window.to),
        None => why.unwrap_or_default().to_owned(),
    };
    let at = date.map(|date| format!("  [{}, {}] {}", date.span.0, date.span.1, one_line(&date.text, 80)));
    context.output.text(&format!("{outcome}: {shown}{}", at.unwrap_or_default()));
}

fn areas(context: &Context, args: &Args, word: &str) -> Done {
    let place = place(context, word)?;
    let options = Options { format: Some("geojson".to_owned()), ..Options::default() };
    let reader = Reader::new(options).map_err(|errors| Failure::Usage(format!("{errors:?}")))?;
    let document = Document { body: read_input(&args.file)?, content_type: None, url: None };
    let parsed = reader.read(&document).map_err(|error| unreadable(args, error.message))?;
    for item in &parsed.items {
        let covered = area::covered_km2(&item.area, &place);
        let why = match covered {
            _ if item.area.is_empty() => Some("the feature has no polygons"),
            None => Some("a corner of the feature's polygons is not on the globe"),
            Some(_) => None,
        };
        let reading = Reading {
            outcome: if why.is_none() { "value" } else { "no_match" },
            quantity: covered.filter(|_| why.is_none()).map(Quantity::exact),
            unit: Some("km2"),
            span: None,
            text: None,
            why,
        };
        reading.print(context.output, &[("item", json!(item.id)), ("place", json!(place.id))]);
    }
    Ok(ExitCode::SUCCESS)
}

/// A place of the configuration, or a box in degrees.
fn place(context: &Context, word: &str) -> Result<Place, Failure> {
    let corners: Option<Vec<f64>> = word.split(',').map(|part| part.trim().parse().ok()).collect();
    if let Some([west, south, east, north]) = corners.as_deref() {
        let (west, south, east, north) = (*west, *south, *east, *north);
        let centre =
            Point::new(f64::midpoint(south, north), f64::midpoint(west, east)).filter(|_| south < north && west < east);
        let centre =
            centre.ok_or_else(|| Failure::Usage(format!("`{word}` is no box `west,south,east,north` in degrees")))?;
        return Ok(Place {
            id: word.to_owned(),
            names: vec![],
            centre,
            extent: Extent::Box { west, south, east, north },
        });
    }
    let plan = context.load()?.plan;
    let (watch, id) = word.split_once('/').map_or((None, word), |(watch, id)| (Some(watch), id));
    let watches = plan.watches.iter().filter(|one| watch.is_none_or(|id| one.id == id));
    let mut found: Vec<&Place> = watches.flat_map(|one| &one.places).filter(|place| place.id == id).collect();
    found.dedup();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::Usage(format!(
            "there is no place `{word}`; expected one of the configuration or `west,south,east,north`"
        ))),
        _ => Err(Failure::Usage(format!("several watches have a place `{word}`; write `watch/{word}`"))),
    }
}
