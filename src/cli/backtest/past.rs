//! `backtest` of watches: over recorded feeds where every feed is recorded, else over the store's history.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::progress::Progress;
use super::{lines, report};
use crate::cli::{Context, Done, Failure};
use crate::config::Plan;
use crate::config::plan::Watch;
use crate::daemon::{self, Engine, Post, Replay};
use crate::model::time::{Span, start_of_day};
use crate::pipeline::replay::history::History;
use crate::pipeline::replay::replayed::Replayed;
use crate::pipeline::replay::score::{self, Score};
use crate::pipeline::replay::simulation::Simulation;
use crate::settings::unit;
use crate::store::{Reader, Store, StoreError, View};

/// Which watches, which stretch of time, and what is made of it.
#[derive(Debug, clap::Args)]
pub struct Stretch {
    /// Only this watch; every one when left out
    #[arg(long, value_name = "W", conflicts_with = "series")]
    watch: Option<String>,
    /// Show from here on: a date, or RFC 3339. What was known before counts all the same
    #[arg(long, value_name = "D", conflicts_with = "series", value_parser = moment)]
    from: Option<Moment>,
    /// End here; a date is included
    #[arg(long, value_name = "D", conflicts_with = "series", value_parser = moment)]
    to: Option<Moment>,
    /// An alert belongs to a known date when it was open within so long of it
    #[arg(long, value_name = "D", conflicts_with = "series", default_value = "30d", value_parser = reach)]
    within: SignedDuration,
    /// Also write an HTML page with charts
    #[arg(long, value_name = "FILE", conflicts_with = "series")]
    report: Option<PathBuf>,
}

/// A date or an instant.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Date(Date),
    Instant(Timestamp),
}

impl Moment {
    fn begin(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Date(date) => start_of_day(date, zone),
            Self::Instant(at) => at,
        }
    }

    fn end(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Date(date) => start_of_day(date.tomorrow().unwrap_or(date), zone),
            Self::Instant(at) => at,
        }
    }
}

fn moment(word: &str) -> Result<Moment, String> {
    let date = (word.len() <= 10).then(|| word.parse().ok()).flatten().map(Moment::Date);
    date.or_else(|| word.parse().ok().map(Moment::Instant))
        .ok_or_else(|| "expected a date such as 2026-03-31, or RFC 3339".to_owned())
}

fn reach(word: &str) -> Result<SignedDuration, String> {
    unit::duration(word).ok_or_else(|| "expected a duration such as 30d".to_owned())
}

/// From where a watch's past was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the recorded documents of its feeds.
    Recorded,
    /// From what the store has kept.
    Stored,
}

impl Origin {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recorded => "recorded feeds",
            Self::Stored => "the store",
        }
    }
}

/// One watch's past, replayed and scored.
pub struct Tested<'w> {
    /// The watch.
    pub watch: &'w Watch,
    /// From where its past was taken.
    pub origin: Origin,
    /// What was decided.
    pub replayed: Replayed,
    /// How that fares against the known dates.
    pub score: Score<'w>,
    /// The readings as they are known at the end.
    pub series: Vec<report::Series>,
    /// How long the replay took.
    pub took: std::time::Duration,
}

/// Replays each chosen watch and prints what it decided.
pub fn run(context: &Context, stretch: &Stretch) -> Done {
    let loaded = context.load()?;
    let mut tested = Vec::new();
    for watch in chosen(&loaded.plan, stretch.watch.as_deref())? {
        let one = test(&loaded.plan, watch, stretch)?;
        lines::print(context.output, &one);
        tested.push(one);
    }
    if let Some(path) = &stretch.report {
        let page = report::page(&tested)?;
        std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen<'p>(plan: &'p Plan, word: Option<&str>) -> Result<Vec<&'p Watch>, Failure> {
    let Some(word) = word else { return Ok(plan.watches.iter().collect()) };
    let names: Vec<&str> = plan.watches.iter().map(|watch| watch.id.as_str()).collect();
    let found = plan.watch(word);
    Ok(vec![found.ok_or_else(|| Failure::Usage(format!("there is no watch `{word}`; there is {}", names.join(", "))))?])
}

fn test<'p>(plan: &Plan, watch: &'p Watch, stretch: &Stretch) -> Result<Tested<'p>, Failure> {
    let begun = Instant::now();
    let rehearsed = plan.rehearsed(watch);
    let is_recorded = watch.feeds.iter().all(|feed| feed.target.path.as_ref().is_some_and(|path| path.is_dir()));
    let (origin, found) = if is_recorded {
        (Origin::Recorded, recorded(rehearsed, watch, stretch)?)
    } else {
        (Origin::Stored, stored(rehearsed, watch, stretch)?)
    };
    let score = score::score(watch, &found.0, stretch.within);
    Ok(Tested { watch, origin, replayed: found.0, score, series: found.1, took: begun.elapsed() })
}

type Found = (Replayed, Vec<report::Series>);

fn found(view: &View<'_>, watch: &Watch, span: Span) -> Result<Found, StoreError> {
    Ok((Replayed::of(view, span)?, report::series(view, watch, span)?))
}

/// The same loop as `run --replay`, over a store in memory, and nothing is delivered.
fn recorded(plan: Plan, watch: &Watch, stretch: &Stretch) -> Result<Found, Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    let to = stretch.to.map(|to| to.end(&watch.zone));
    let (engine, thread) = Engine::start(plan, Store::in_memory()?, Arc::new(|_| {}))?;
    let done = runtime.block_on(async {
        let span = Replay::over(&engine, None, (None, to)).map_err(Failure::Usage)?;
        let span = span.ok_or_else(|| Failure::Usage(format!("nothing of {} is recorded before --to", watch.id)))?;
        let mut bar = Progress::new(&watch.id, Span::new(span.from, span.to));
        daemon::replay(&engine, span, Post::Kept, |now| bar.reach(now)).await?;
        let shown = shown(stretch, watch, (span.from, span.to));
        let own = watch.clone();
        Ok(engine.look(move |view| found(view, &own, shown)).await?)
    });
    drop(engine);
    let _ = thread.join();
    done
}

fn stored(plan: Plan, watch: &Watch, stretch: &Stretch) -> Result<Found, Failure> {
    let mut history = Reader::open(&plan.settings.store)?.read(|view| History::read(view, &plan))?;
    let Some((first, last)) = history.span() else {
        let store = plan.settings.store.display();
        return Err(anyhow::anyhow!(
            "the store {store} has no history of {}: nothing was recorded or imported yet, and its feeds are not recorded (`url = \"file:folder/\"`)",
            watch.id
        )
        .into());
    };
    let last = stretch.to.map_or(last, |to| to.end(&watch.zone).min(last));
    let mut bar = Progress::new(&watch.id, Span::new(first, last));
    let mut simulation = Simulation::new(&plan)?;
    simulation.run(&mut history, last, &mut |now| bar.reach(now))?;
    drop(bar);
    Ok(found(&simulation.view(), watch, shown(stretch, watch, (first, last)))?)
}

fn shown(stretch: &Stretch, watch: &Watch, (first, last): (Timestamp, Timestamp)) -> Span {
    Span::new(stretch.from.map_or(first, |from| from.begin(&watch.zone).max(first)), last)
}
