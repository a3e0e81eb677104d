//! `indicator`: readings and observations, as of any moment.

mod readings;

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::feed::written;
use super::output::{moment, time};
use super::{Context, Done, Failure, event, the_one};
use crate::config::Plan;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::observation::{Observation, Value as Measured};
use crate::pipeline::measures::{self, lines};
use crate::pipeline::readings::nowcast::nowcast;
use crate::pipeline::{AsOf, freshness, readings as fold, schedules};
use crate::store::View;

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
    /// Every vintage, oldest first
    Export {
        /// The indicator; all when left out
        id: Option<String>,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
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
}

/// Runs the command.
pub fn run(context: &Context, indicator: &Indicator) -> Done {
    match indicator {
        Indicator::List(as_of) => list(context, as_of.moment()),
        Indicator::Show { id, periods, as_of } => show(context, id, *periods, as_of.moment()),
        Indicator::Export { id, as_of } => export(context, id.as_deref(), as_of.moment()),
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
                Ok(readings::Shown { watch, indicator, series, nowcast, lines })
            })?;
            shown.print(context);
        }
        Kind::Report => {
            let listed = reader.read(|view| event::of_indicator(view, watch, indicator, as_of))?;
            event::print(context, &listed);
        }
        Kind::Schedule => {
            let said =
                reader.read(|view| view.observations(&spec.name, as_of.known, Timestamp::MIN, Timestamp::MAX))?;
            show_schedule(context, watch, indicator, &said, as_of);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_schedule(context: &Context, watch: &Watch, indicator: &WatchedIndicator, said: &[Observation], as_of: AsOf) {
    let outlook = schedules::outlook(said, &indicator.spec.schedule, watch.from, as_of.at, &watch.zone);
    let amount = |observation: &Observation| {
        match &observation.value {
        Measured::Statement(statement) => {
            statement.amount.as_ref().map(|amount| json!({"value": amount.quantity.value, "currency": amount.currency, "bound": amount.quantity.bound.word()}))
        }
        Measured::Quantity(_) | Measured::Report(_) => None,
    }
    };
    if context.output.json {
        let history: Vec<Value> = outlook
            .statements
            .iter()
            .map(|one| json!({"at": time(Some(one.event_time), &watch.zone), "said": written(&one.value), "source": one.source, "evidence": one.evidence.text}))
            .collect();
        context.output.line(&json!({
            "watch": watch.id, "indicator": indicator.spec.name.to_string(), "state": outlook.stage.word(),
            "expected": outlook.expected.map(|window| window.to.to_string()),
            "first_expected": outlook.first_expected.map(|date| date.to_string()), "slip_days": outlook.slip.map(|(_, most)| most),
            "days_overdue": outlook.days_overdue, "amount": outlook.statements.iter().rev().find_map(|one| amount(one)), "history": history,
        }));
        return;
    }
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "not stated".to_owned(), |date| date.to_string());
    context.output.text(&format!(
        "{}; first expected {}, now {}",
        outlook.stage.word(),
        date(outlook.first_expected),
        date(outlook.expected.map(|window| window.to))
    ));
    let rows = outlook
        .statements
        .iter()
        .map(|one| {
            vec![
                moment(Some(one.event_time), &watch.zone),
                one.source.clone(),
                written(&one.value),
                crate::model::text::one_line(&one.evidence.text, 70),
            ]
        })
        .collect();
    context.output.table(&["AT", "SOURCE", "SAYS", "IN THE WORDS"], rows, "Nothing has been said of it.");
}

fn export(context: &Context, id: Option<&str>, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let only = id.map(|id| find(&loaded.plan, id)).transpose()?.map(|(_, indicator)| indicator.spec.name.clone());
    let mut reader = context.reader(&loaded)?;
    for watch in &loaded.plan.watches {
        for indicator in watch.indicators.iter().filter(|one| only.as_ref().is_none_or(|only| *only == one.spec.name)) {
            let vintages = reader.read(|view| view.vintages(&indicator.spec.name, as_of.known))?;
            for observation in &vintages {
                export_one(context, watch, observation);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn export_one(context: &Context, watch: &Watch, observation: &Observation) {
    let zone = &watch.zone;
    let quantity = match &observation.value {
        Measured::Quantity(quantity) => Some(*quantity),
        Measured::Statement(statement) => statement.amount.as_ref().map(|amount| amount.quantity),
        Measured::Report(_) => None,
    };
    let flags: Vec<&str> = observation.flags.iter().map(|flag| flag.word()).collect();
    if !context.output.json {
        let value = observation.value.figure().map(|value| value.to_string()).unwrap_or_default();
        context.output.text(&format!(
            "{},{},{}",
            time(Some(observation.event_time), zone).as_str().unwrap_or_default(),
            value,
            csv_field(&observation.key)
        ));
        return;
    }
    let item = observation
        .item
        .as_ref()
        .map(|item| json!({"id": item.id, "title": item.title, "link": item.link, "revision": item.revision}));
    context.output.line(&json!({
        "watch": watch.id, "indicator": observation.indicator.to_string(), "key": observation.key,
        "event_time": time(Some(observation.event_time), zone), "value": observation.value.figure(),
        "low": quantity.and_then(|quantity| quantity.low), "high": quantity.and_then(|quantity| quantity.high),
        "bound": quantity.map(|quantity| quantity.bound.word()), "recorded_at": time(Some(observation.recorded_at), zone),
        "feed": observation.feed.as_ref().map(ToString::to_string), "item": item,
        "evidence": {"text": observation.evidence.text, "span": [observation.evidence.span.0, observation.evidence.span.1]},
        "grade": observation.grade.to_string(), "flags": flags, "supersedes": observation.supersedes, "author": observation.author,
        "said": written(&observation.value), "withdrawn": observation.withdrawn, "id": observation.id,
    }));
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
