//! `event`: reports of one happening, which of them share an origin, and why.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::indicator::{self, AsOfArgs};
use super::output::{moment, time};
use super::{Context, Done, Failure};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::alert::EvidenceAccount;
use crate::model::condition::Verdict;
use crate::model::event::{Event as Happening, Link};
use crate::model::indicator::Kind;
use crate::model::source::Grade;
use crate::model::text::one_line;
use crate::model::time::Span;
use crate::pipeline::{AsOf, accounts, events};
use crate::store::{Result, View};

/// Characters of a quote in a table.
const QUOTE_LENGTH: usize = 70;

/// What to do with events.
#[derive(Debug, clap::Subcommand)]
pub enum Event {
    /// Every event, by its first report
    List {
        /// Only of this indicator: `watch/indicator`, or the bare id
        #[arg(long, value_name = "ID")]
        indicator: Option<String>,
        /// Only corroborated ones
        #[arg(long)]
        corroborated: bool,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
    /// One event with its reports, and which of them share an origin
    Show {
        /// Its number
        number: i64,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
}

/// An event with where it belongs.
#[derive(Debug)]
pub struct Listed<'p> {
    watch: &'p Watch,
    indicator: &'p WatchedIndicator,
    event: Happening,
}

/// Runs the command.
pub fn run(context: &Context, event: &Event) -> Done {
    match event {
        Event::List { indicator, corroborated, as_of } => {
            list(context, indicator.as_deref(), *corroborated, as_of.moment())
        }
        Event::Show { number, as_of } => show(context, *number, as_of.moment()),
    }
}

/// Every event of an indicator, as known at a moment.
///
/// # Errors
/// What the store refuses.
pub fn of_indicator<'p>(
    view: &View<'_>,
    watch: &'p Watch,
    indicator: &'p WatchedIndicator,
    as_of: AsOf,
) -> Result<Vec<Listed<'p>>> {
    let always = Span::new(Timestamp::MIN, Timestamp::MAX);
    let found = events::of(view, watch, indicator, always, as_of.known)?;
    Ok(found.into_iter().map(|event| Listed { watch, indicator, event }).collect())
}

fn list(context: &Context, only: Option<&str>, corroborated: bool, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let only = only.map(|word| indicator::find(&loaded.plan, word)).transpose()?;
    if let Some((_, one)) = only.filter(|(_, one)| one.spec.kind != Kind::Report) {
        let (name, kind) = (&one.spec.name, one.spec.kind.word());
        return Err(Failure::Usage(format!("{name} is a `{kind}` indicator; events are of `report` indicators")));
    }
    let mut listed = context.reader(&loaded)?.read(|view| -> Result<Vec<Listed<'_>>> {
        let mut listed = Vec::new();
        for watch in &loaded.plan.watches {
            let wanted = |one: &&WatchedIndicator| {
                one.spec.kind == Kind::Report && only.is_none_or(|(_, only)| only.spec.name == one.spec.name)
            };
            for indicator in watch.indicators.iter().filter(wanted) {
                listed.extend(of_indicator(view, watch, indicator, as_of)?);
            }
        }
        Ok(listed)
    })?;
    listed.retain(|one| one.event.corroborated == Verdict::True || !corroborated);
    print(context, &listed);
    Ok(ExitCode::SUCCESS)
}

/// Prints events as lines or as a table.
pub fn print(context: &Context, listed: &[Listed<'_>]) {
    if context.output.json {
        listed.iter().for_each(|one| context.output.line(&one.line()));
        return;
    }
    let rows = listed.iter().map(Listed::row).collect();
    let headings = ["EVENT", "INDICATOR", "FIRST", "LAST", "WHERE", "REPORTS", "ORIGINS", "GRADE", ""];
    context.output.table(&headings, rows, "There is no event.");
}

impl Listed<'_> {
    fn line(&self) -> Value {
        let (event, zone) = (&self.event, &self.watch.zone);
        json!({
            "watch": self.watch.id, "event": event.number, "indicator": self.indicator.spec.name.to_string(),
            "first": time(Some(event.first), zone), "last": time(Some(event.last), zone), "lat": event.point.lat,
            "lon": event.point.lon, "place": event.place, "reports": event.members.len(), "origins": event.origins,
            "least_origins": event.least_origins, "corroborated": corroborated(event), "grade": event.grade.to_string(),
            "links": event.links.iter().map(link).collect::<Vec<_>>(),
            "undecided": event.undecided.iter().map(link).collect::<Vec<_>>(), "members": event.members,
        })
    }

    fn row(&self) -> Vec<String> {
        let (event, zone) = (&self.event, &self.watch.zone);
        let spot = format!("{:.4}, {:.4}", event.point.lat, event.point.lon);
        vec![
            event.number.to_string(),
            self.indicator.spec.name.to_string(),
            moment(Some(event.first), zone),
            moment(Some(event.last), zone),
            event.place.as_ref().map_or(spot.clone(), |place| format!("{place} ({spot})")),
            event.members.len().to_string(),
            origins(event),
            event.grade.to_string(),
            match event.corroborated {
                Verdict::False => String::new(),
                _ => corroborated_words(event).to_owned(),
            },
        ]
    }
}

/// True, false, or nothing where that is undecided.
fn corroborated(event: &Happening) -> Option<bool> {
    match event.corroborated {
        Verdict::True => Some(true),
        Verdict::False => Some(false),
        Verdict::Unknown => None,
    }
}

fn corroborated_words(event: &Happening) -> &'static str {
    match event.corroborated {
        Verdict::True => "corroborated",
        Verdict::False => "not corroborated",
        Verdict::Unknown => "undecided",
    }
}

/// `2`, or `1 to 2` where some may share an origin.
fn origins(event: &Happening) -> String {
    if event.least_origins == event.origins {
        return event.origins.to_string();
    }
    format!("{} to {}", event.least_origins, event.origins)
}

fn link(link: &Link) -> Value {
    json!({"a": link.a, "b": link.b, "why": link.why})
}

fn show(context: &Context, number: i64, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let absent = || Failure::Usage(format!("there is no event {number}; `watchfloor event list` numbers them"));
    let found = context.reader(&loaded)?.read(|view| -> Result<_> {
        // An event is named by the vintage that began it, and that vintage knows its indicator.
        let Some(named) = view.observation(number)? else { return Ok(None) };
        let all = loaded.plan.watches.iter().find_map(|watch| Some((watch, watch.indicator(&named.indicator)?)));
        let Some((watch, indicator)) = all else { return Ok(None) };
        let listed = of_indicator(view, watch, indicator, as_of)?;
        let Some(one) = listed.into_iter().find(|one| one.event.number == number) else { return Ok(None) };
        let mut reports = Vec::new();
        for id in &one.event.members {
            // Each report has the digit of its event.
            reports.extend(view.observation(*id)?.map(|report| {
                let grade = Grade { credibility: one.event.grade.credibility, ..report.grade };
                EvidenceAccount { grade: grade.to_string(), ..accounts::evidence_account(watch, &report) }
            }));
        }
        Ok(Some((one, reports)))
    })?;
    let (one, reports) = found.ok_or_else(absent)?;
    if context.output.json {
        let mut line = one.line();
        let evidence = reports.iter().map(|report| super::alert::evidence_line(report, &one.watch.zone)).collect();
        if let Some(members) = line.as_object_mut() {
            members.insert("evidence".to_owned(), Value::Array(evidence));
        }
        context.output.line(&line);
        return Ok(ExitCode::SUCCESS);
    }
    print_whole(context, &one, &reports);
    Ok(ExitCode::SUCCESS)
}

fn print_whole(context: &Context, one: &Listed<'_>, reports: &[EvidenceAccount]) {
    let (event, zone) = (&one.event, &one.watch.zone);
    let place = event.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    context.output.text(&format!(
        "Event {} of {}: {}\n{} to {} at {:.4}, {:.4}{place}\n{} of {}, grade {}: {}\n",
        event.number,
        one.indicator.spec.name,
        one.indicator.spec.title,
        moment(Some(event.first), zone),
        moment(Some(event.last), zone),
        event.point.lat,
        event.point.lon,
        if event.origins == 1 { "1 origin".to_owned() } else { format!("{} origins", origins(event)) },
        counted(event.members.len(), "report"),
        event.grade,
        corroborated_words(event),
    ));
    let rows = reports
        .iter()
        .map(|report| {
            vec![
                report.vintage.to_string(),
                moment(Some(report.event_time), zone),
                format!("{} {}", report.source, report.grade),
                one_line(&report.quote, QUOTE_LENGTH),
                report.link.clone().unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(&["REPORT", "HAPPENED", "SOURCE", "IN THE WORDS", "LINK"], rows, "It has no report.");
    for link in &event.undecided {
        context.output.text(&format!("{} and {} are undecided: {}", link.a, link.b, link.why));
    }
    for link in &event.links {
        context.output.text(&format!("{} and {} share an origin: {}", link.a, link.b, link.why));
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
