//! `indicator`: readings and observations, as of any moment.

mod readings;

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::feed::written;
use super::output::{moment, time};
use super::{Context, Done, Failure, event, export, hand, schedule, the_one};
use crate::config::Plan;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::time::Span;
use crate::pipeline::measures::{self, lines};
use crate::pipeline::readings::nowcast::nowcast;
use crate::pipeline::{AsOf, freshness, readings as fold};
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

/// Periods in a line of bars.
const PERIODS: u32 = 13;
/// Periods that the lines of a chart are computed from.
const BASELINE: u32 = 60;

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
                    line["sparkline"].as_str().unwrap_or_default().to_owned(),
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
            &["INDICATOR", "KIND", "NEWEST", "COURSE", "FRESHNESS", "TITLE"],
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
    let recency = freshness::recency(view, indicator, as_of)?;
    let mut reading = None;
    let mut sparkline = None;
    let newest = match spec.kind {
        Kind::Count | Kind::Level => {
            let series = fold::readings(view, watch, indicator, PERIODS, as_of)?;
            reading = series.iter().rev().find(|reading| reading.is_final && reading.value.is_some()).cloned();
            sparkline = Some(readings::spark(&series));
            let words = reading.as_ref().and_then(|reading| measures::in_words(reading, &spec.unit));
            words.unwrap_or_else(|| "no complete period".to_owned())
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
        "proxy_for": spec.proxy_for, "freshness": recency.freshness.word(), "newest_at": time(recency.newest, &watch.zone),
        "dead_at": time(recency.dead_at, &watch.zone), "freshness_basis": recency.limits.basis.word(),
        "period": reading.as_ref().map(|reading| reading.period.to_string()), "value": reading.as_ref().and_then(|reading| reading.value),
        "state": reading.as_ref().map(|reading| reading.standing().word()), "sparkline": sparkline,
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
        let recency = reader.read(|view| freshness::recency(view, indicator, as_of))?;
        context.output.text(&recency.words());
    }
    match spec.kind {
        Kind::Count | Kind::Level => {
            let periods = periods.clamp(1, 10_000);
            let shown = reader.read(|view| -> anyhow::Result<readings::Shown<'_>> {
                // Conditions look further back than what is shown.
                let mut series = fold::readings(view, watch, indicator, periods.max(BASELINE), as_of)?;
                let lines = lines::lines(watch, indicator, view, &series, as_of);
                let series = series.split_off(series.len().saturating_sub(periods as usize));
                let nowcast = nowcast(view, watch, indicator, as_of)?;
                let remarks = series.iter().map(|reading| hand::remarks(view, watch, reading, as_of.known));
                let remarks = remarks.collect::<store::Result<_>>()?;
                Ok(readings::Shown { watch, indicator, series, remarks, nowcast, lines })
            })?;
            shown.print(context);
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
