//! `indicator export`: the values themselves, as they are and were known.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::feed::written;
use super::indicator::{AsOfArgs, find};
use super::output::time;
use super::{Context, Done, Failure};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::note::{self, Note};
use crate::model::observation::{Observation, Value as Measured};
use crate::model::time::rfc3339_exact;
use crate::pipeline::by_hand::{rows, typed};
use crate::pipeline::vintages::{Lag, lagged};
use crate::settings::unit;
use crate::store::{self, View};

/// Which values, and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The indicator: `watch/indicator`, or the bare id; all when left out
    id: Option<String>,
    /// As CSV, as `indicator import` reads it; the default without --json
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    as_of: AsOfArgs,
    /// Each value as it was known so long after it happened: N periods, or a duration such as 2d
    #[arg(long, value_name = "N", value_parser = lag, conflicts_with = "vintages")]
    lag: Option<Lag>,
    /// Every vintage, also with --as-of; the default without --as-of and --lag
    #[arg(long)]
    vintages: bool,
}

fn lag(text: &str) -> Result<Lag, String> {
    match text.parse() {
        Ok(periods) => Ok(Lag::Periods(periods)),
        Err(_) => unit::duration(text)
            .map(Lag::Time)
            .ok_or_else(|| format!("`{text}` is neither a number of periods nor a duration such as 2d")),
    }
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    if args.csv && context.output.json {
        return Err(Failure::Usage("`--csv` and `--json` exclude each other".to_owned()));
    }
    let loaded = context.load()?;
    let only = args.id.as_deref().map(|id| find(&loaded.plan, id)).transpose()?;
    let only = only.map(|(_, indicator)| &indicator.spec.name);
    let mut reader = context.reader(&loaded)?;
    if !context.output.json {
        // A single table has one indicator; of several, each row has to name its own.
        let first = if only.is_some() { "" } else { "indicator," };
        context.output.text(&format!("{first}{}", rows::COLUMNS.join(",")));
    }
    let known = args.as_of.moment().known;
    for watch in &loaded.plan.watches {
        for indicator in watch.indicators.iter().filter(|one| only.is_none_or(|only| *only == one.spec.name)) {
            let (values, notes) = reader.read(|view| -> store::Result<_> {
                let values = chosen(view, watch, indicator, args)?;
                Ok((values, view.notes_on_values(&indicator.spec.name, known)?))
            })?;
            for value in &values {
                let notes = notes.get(&value.id).map(Vec::as_slice).unwrap_or_default();
                if context.output.json {
                    context.output.line(&line(watch, value, notes));
                } else {
                    context.output.text(&row(watch, value, notes, only.is_none()));
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    args: &Args,
) -> store::Result<Vec<Observation>> {
    let (spec, known) = (&indicator.spec, args.as_of.moment().known);
    match args.lag {
        Some(lag) => Ok(lagged(view.vintages(&spec.name, known)?, lag, (spec.period, &watch.zone), known)),
        None if args.vintages || args.as_of.past().is_none() => view.vintages(&spec.name, known),
        None => view.observations(&spec.name, known, Timestamp::MIN, Timestamp::MAX),
    }
}

/// The members of one vintage's line.
pub fn line(watch: &Watch, observation: &Observation, notes: &[Note]) -> Value {
    let zone = &watch.zone;
    let quantity = match &observation.value {
        Measured::Quantity(quantity) => Some(*quantity),
        Measured::Statement(statement) => statement.amount.as_ref().map(|amount| amount.quantity),
        Measured::Report(_) => None,
    };
    let flags: Vec<&str> = observation.flags.iter().map(|flag| flag.word()).collect();
    let item = observation
        .item
        .as_ref()
        .map(|item| json!({"id": item.id, "title": item.title, "link": item.link, "revision": item.revision}));
    json!({
        "watch": watch.id, "indicator": observation.indicator.to_string(), "key": observation.key,
        "event_time": time(Some(observation.event_time), zone), "value": observation.value.figure(),
        "low": quantity.and_then(|quantity| quantity.low), "high": quantity.and_then(|quantity| quantity.high),
        "bound": quantity.map(|quantity| quantity.bound.word()), "recorded_at": rfc3339_exact(observation.recorded_at, zone),
        "feed": observation.feed.as_ref().map(ToString::to_string), "source": observation.source, "item": item,
        "evidence": {"text": observation.evidence.text, "span": [observation.evidence.span.0, observation.evidence.span.1]},
        "grade": observation.grade.to_string(), "flags": flags, "supersedes": observation.supersedes, "author": observation.author,
        "said": written(&observation.value), "withdrawn": observation.withdrawn, "id": observation.id,
        "entered_at": time(observation.entered_at, zone), "notes": note_lines(notes, zone),
    })
}

/// Notes as JSON, replaced ones included.
pub fn note_lines(notes: &[Note], zone: &jiff::tz::TimeZone) -> Vec<Value> {
    let line = |note: &Note| {
        json!({
            "note": note.id, "about": note.subject.word(), "at": time(Some(note.at), zone), "author": note.author,
            "text": note.text, "supersedes": note.supersedes,
        })
    };
    notes.iter().map(line).collect()
}

fn row(watch: &Watch, observation: &Observation, notes: &[Note], names_indicator: bool) -> String {
    let quantity = match &observation.value {
        Measured::Quantity(quantity) if !observation.withdrawn => Some(quantity),
        _ => None,
    };
    let side = |side: Option<f64>| side.map(|side| side.to_string()).unwrap_or_default();
    let bound = quantity.map(|quantity| quantity.bound.word()).unwrap_or_default();
    // An open side and the figure itself are what an import takes an empty cell for.
    let is_exact = bound == "exact";
    let said: Vec<String> = note::current(notes.to_vec()).into_iter().map(|note| note.text).collect();
    let cells = [
        rfc3339_exact(observation.event_time, &watch.zone),
        if observation.withdrawn { String::new() } else { typed::written(&observation.value) },
        observation.key.clone(),
        rfc3339_exact(observation.recorded_at, &watch.zone),
        side(quantity.and_then(|quantity| quantity.low).filter(|_| !is_exact)),
        side(quantity.and_then(|quantity| quantity.high).filter(|_| !is_exact)),
        bound.to_owned(),
        observation.source.clone(),
        said.join("; "),
    ];
    let name = names_indicator.then(|| observation.indicator.to_string());
    name.iter().chain(&cells).map(|cell| csv_field(cell)).collect::<Vec<_>>().join(",")
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
