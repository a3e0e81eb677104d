//! `indicator`: readings and observations, as of any moment.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::feed::written;
use super::output::{moment, time};
use super::{Context, Done, Failure, event, export, hand, schedule, the_one};
use crate::config::Plan;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::reading::Reading;
use crate::model::text::figure;
use crate::model::time::Span;
use crate::pipeline::{AsOf, measures, readings};
use crate::store::{self, View};

/// What to do with indicators.
#[derive(Debug, clap::Subcommand)]
pub enum Indicator {
    /// Every indicator with its newest reading
    List(AsOfArgs),
    /// One indicator's readings, events or statements
    Show {
        /// The indicator: `watch/indicator`, or the bare id
        id: String,
        /// How many periods back
        #[arg(long, default_value_t = 13)]
        periods: u32,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
    /// The values themselves, as CSV or JSON lines
    Export(export::Args),
    /// Record a value by hand
    Record(hand::RecordArgs),
    /// Record a table of values (CSV)
    Import(hand::ImportArgs),
    /// Put a value in the place of one that is wrong
    Override(hand::OverrideArgs),
    /// Say something of a value
    Note(hand::NoteArgs),
}

/// From when to look.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AsOfArgs {
    /// As it was known at this time (RFC 3339)
    #[arg(long, value_name = "T")]
    as_of: Option<Timestamp>,
}

impl AsOfArgs {
    /// The moment, now when nothing was said.
    pub fn moment(self) -> AsOf {
        AsOf::now(self.as_of.unwrap_or_else(crate::clock::now))
    }

    /// The moment that was asked for; `None` is the present, of which more is kept.
    pub fn past(self) -> Option<Timestamp> {
        self.as_of
    }
}

/// Runs the command.
pub fn run(context: &Context, indicator: &Indicator) -> Done {
    match indicator {
        Indicator::List(as_of) => list(context, as_of.moment()),
        Indicator::Show { id, periods, as_of } => show(context, id, *periods, as_of.moment()),
        Indicator::Export(args) => export::run(context, args),
        Indicator::Record(args) => hand::record(context, args),
        Indicator::Import(args) => hand::import(context, args),
        Indicator::Override(args) => hand::overrule(context, args),
        Indicator::Note(args) => hand::note(context, args),
    }
}

/// The indicator that a word means, with its watch.
pub fn find<'p>(plan: &'p Plan, word: &str) -> Result<(&'p Watch, &'p WatchedIndicator), Failure> {
    let all = plan.watches.iter().flat_map(|watch| watch.indicators.iter().map(move |indicator| (watch, indicator)));
    the_one("indicator", word, all, |(_, indicator)| &indicator.spec.name)
}

fn list(context: &Context, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let mut reader = context.reader(&loaded)?;
    let mut rows = Vec::new();
    let lines = reader.read(|view| -> anyhow::Result<Vec<Value>> {
        let mut lines = Vec::new();
        for watch in &loaded.plan.watches {
            for indicator in &watch.indicators {
                let (newest, line) = in_short(view, watch, indicator, as_of)?;
                rows.push(vec![
                    indicator.spec.name.to_string(),
                    indicator.spec.kind.word().to_owned(),
                    newest,
                    line["freshness"].as_str().unwrap_or_default().to_owned(),
                    indicator.spec.title.clone(),
                ]);
                lines.push(line);
            }
        }
        Ok(lines)
    })?;
    if context.output.json {
        lines.iter().for_each(|line| context.output.line(line));
    } else {
        context.output.table(
            &["INDICATOR", "KIND", "NEWEST", "FRESHNESS", "TITLE"],
            rows,
            "No indicator is configured.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// An indicator's newest value in words, and its line.
pub fn in_short(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    as_of: AsOf,
) -> anyhow::Result<(String, Value)> {
    let spec = &indicator.spec;
    let freshness = measures::freshness(view, indicator, as_of)?.0;
    let mut reading = None;
    let newest = match spec.kind {
        Kind::Count | Kind::Level => {
            let series = readings::readings(view, watch, indicator, 13, as_of)?;
            reading = series.iter().rev().find(|reading| reading.is_final && reading.value.is_some()).cloned();
            reading.as_ref().map_or_else(
                || "no complete period".to_owned(),
                |reading| {
                    format!(
                        "{} in {}",
                        measures::with_unit(reading.value.unwrap_or_default(), &spec.unit),
                        reading.period
                    )
                },
            )
        }
        Kind::Report | Kind::Schedule => {
            let all = view.observations(&spec.name, as_of.known, Timestamp::MIN, Timestamp::MAX)?;
            all.last().map_or_else(
                || "nothing".to_owned(),
                |newest| format!("{} on {}", written(&newest.value), moment(Some(newest.event_time), &watch.zone)),
            )
        }
    };
    let line = json!({
        "watch": watch.id, "indicator": spec.name.to_string(), "kind": spec.kind.word(), "title": spec.title, "unit": spec.unit,
        "proxy_for": spec.proxy_for, "freshness": freshness.word(),
        "period": reading.as_ref().map(|reading| reading.period.to_string()), "value": reading.as_ref().and_then(|reading| reading.value),
        "newest": newest,
    });
    Ok((newest, line))
}

fn show(context: &Context, id: &str, periods: u32, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let (watch, indicator) = find(&loaded.plan, id)?;
    let mut reader = context.reader(&loaded)?;
    let spec = &indicator.spec;
    if !context.output.json {
        context.output.text(&format!("{}: {}", spec.name, spec.title));
        if let Some(proxy) = &spec.proxy_for {
            context.output.text(&format!("stands in: {proxy}"));
        }
    }
    match spec.kind {
        Kind::Count | Kind::Level => {
            let (series, remarks) = reader.read(|view| -> store::Result<_> {
                let series = readings::readings(view, watch, indicator, periods.clamp(1, 1000), as_of)?;
                let remarks = series.iter().map(|reading| hand::remarks(view, watch, reading, as_of.known));
                let remarks = remarks.collect::<store::Result<Vec<_>>>()?;
                Ok((series, remarks))
            })?;
            show_readings(context, watch, indicator, &series, &remarks);
        }
        Kind::Report => {
            let listed = reader.read(|view| event::of_indicator(view, watch, indicator, as_of))?;
            event::print(context, &listed);
        }
        Kind::Schedule => {
            let always = Span::new(Timestamp::MIN, Timestamp::MAX);
            let reported = reader.read(|view| view.reports(&spec.name, as_of.known, always))?;
            schedule::show(context, watch, indicator, &reported, as_of);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_readings(
    context: &Context,
    watch: &Watch,
    indicator: &WatchedIndicator,
    series: &[Reading],
    remarks: &[Vec<Value>],
) {
    let zone = &watch.zone;
    let most = series.iter().filter_map(|reading| reading.value).fold(0.0, f64::max);
    if context.output.json {
        for (reading, remarks) in series.iter().zip(remarks) {
            let flags: Vec<&str> = reading.flags.iter().map(|flag| flag.word()).collect();
            context.output.line(&json!({
                "watch": watch.id, "indicator": indicator.spec.name.to_string(), "period": reading.period.to_string(),
                "from": time(Some(reading.span.from), zone), "to": time(Some(reading.span.to), zone), "value": reading.value,
                "low": reading.low, "high": reading.high, "final": reading.is_final, "coverage": reading.coverage,
                "missing": reading.is_missing(), "flags": flags, "feed": reading.feed, "nowcast": null, "by_hand": remarks,
            }));
        }
        return;
    }
    let rows = series
        .iter()
        .map(|reading| {
            let flags: Vec<&str> = reading.flags.iter().map(|flag| flag.word()).collect();
            let state = match (reading.value, reading.is_final) {
                (None, _) => "missing",
                (Some(_), true) => "final",
                (Some(_), false) => "provisional",
            };
            vec![
                reading.period.to_string(),
                reading.value.map_or_else(|| "—".to_owned(), |value| measures::with_unit(value, &indicator.spec.unit)),
                bar(reading.value, most),
                state.to_owned(),
                format!("{} %", figure(reading.coverage * 100.0, 0)),
                flags.join(" "),
            ]
        })
        .collect();
    context.output.table(&["PERIOD", "VALUE", "", "STATE", "COVERED", "FLAGS"], rows, "There is no period.");
    for line in remarks.iter().flatten().flat_map(hand::remark_words) {
        context.output.text(&line);
    }
}

fn bar(value: Option<f64>, most: f64) -> String {
    match value {
        Some(value) if most > 0.0 => "▇".repeat((value / most * 24.0).round().clamp(0.0, 24.0) as usize),
        Some(_) => String::new(),
        None => "·".to_owned(),
    }
}
