//! `run`: the daemon, one pass, or a replay over recorded feeds.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::output::{Output, moment};
use super::{Context, Done, Failure, about_file, log};
use crate::config::{Environment as _, Plan, SystemEnvironment};
use crate::daemon::{self, Clock, Engine, Post, Replay, Report, Totals};
use crate::model::text::one_line;
use crate::notify::Transport;
use crate::store::{Store, StoreError};

/// A service's start waits for its store so often and so long, within `TimeoutStartSec=` of the unit.
const TRIES: u32 = 18;
const BETWEEN_TRIES: Duration = Duration::from_secs(5);

/// Threads for what waits in the system: name resolution and parsing. What comes beyond waits for a thread; with the others
/// there are fewer than `TasksMax=` of the unit.
const BLOCKING: usize = 48;

/// Threads that wait in the system at the end are given this long.
const LAST_THREADS: Duration = Duration::from_millis(500);

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Poll every due feed once, judge, deliver, exit
    #[arg(long, conflicts_with = "replay")]
    once: bool,
    /// As if it were this time (RFC 3339)
    #[arg(long, value_name = "T", requires = "once")]
    at: Option<Timestamp>,
    /// Step simulated time through recorded feeds, deliver, exit
    #[arg(long)]
    replay: bool,
    /// Begin the replay here (RFC 3339)
    #[arg(long, value_name = "T", requires = "replay")]
    from: Option<Timestamp>,
    /// End the replay here (RFC 3339)
    #[arg(long, value_name = "T", requires = "replay")]
    to: Option<Timestamp>,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let loaded = context.load_with_secrets()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let is_daemon = !(args.once || args.replay);
    if is_daemon {
        log::start(&loaded.plan.settings.log);
    }
    let is_service = is_daemon && SystemEnvironment.var("NOTIFY_SOCKET").is_some();
    let path = &loaded.plan.settings.store;
    let store = open(path, if is_service { TRIES } else { 1 }).map_err(|error| about_file(path, error))?;
    if is_daemon {
        if !loaded.warnings.list.is_empty() {
            tracing::warn!(target: log::DAEMON, "the configuration has warnings; `watchfloor check` shows them");
        }
        let (engine, thread) = Engine::start(loaded.plan, store, log::reporter())?;
        let config = context.config.clone();
        runtime.block_on(daemon::run(engine, config))?;
        // What is left waits for a name or reads a document: nothing of it would be stored.
        runtime.shutdown_timeout(LAST_THREADS);
        let _ = thread.join();
        return Ok(ExitCode::SUCCESS);
    }
    let printer = Printer { output: context.output, zone: loaded.plan.settings.zone.clone() };
    let zone = printer.zone.clone();
    let (engine, thread) = Engine::start(loaded.plan, store, Arc::new(move |report| printer.print(&report)))?;
    let totals = runtime.block_on(bounded(&engine, args, context.output, &zone))?;
    if let Some(totals) = totals {
        summary(context.output, &engine.plan, &totals, runtime.block_on(engine.waiting())?.count);
    }
    drop(engine);
    let _ = thread.join();
    let failed = totals.is_some_and(|totals| totals.failed > 0) && args.once;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Opens the store, and tries whether it can be written. What may pass is waited for, in so many tries.
///
/// A service that failed at once would be started five times within half a minute and then no more, and nobody would watch
/// when the disk has room again.
fn open(path: &Path, tries: u32) -> Result<Store, StoreError> {
    let mut left = tries;
    loop {
        let opened =
            daemon::patiently(|| Store::open(path)).and_then(|mut store| store.write(|_| Ok(())).map(|()| store));
        left -= 1;
        match opened {
            Err(error) if left > 0 && error.may_pass() && !matches!(error, StoreError::Locked(_)) => {
                if left + 1 == tries {
                    tracing::error!("{}: {error}; the start waits for it", path.display());
                }
                std::thread::sleep(BETWEEN_TRIES);
            }
            opened => return opened,
        }
    }
}

async fn bounded(engine: &Engine, args: &Args, output: Output, zone: &TimeZone) -> Result<Option<Totals>, Failure> {
    let recorded = engine.look(|view| view.latest_recorded()).await?;
    if args.replay {
        let span = Replay::over(engine, recorded, (args.from, args.to)).map_err(Failure::Usage)?;
        let Some(span) = span else {
            let until = moment(recorded, zone);
            if !output.json {
                output.text(&format!(
                    "Nothing to replay: everything up to {until} was recorded before, and is not decided or sent twice."
                ));
            }
            return Ok(Some(Totals::default()));
        };
        if !output.json {
            output.text(&format!(
                "Replaying recorded feeds from {} to {}.\n",
                moment(Some(span.from), zone),
                moment(Some(span.to), zone)
            ));
        }
        return Ok(Some(daemon::replay(engine, span, Post::Delivered, |_| {}).await?));
    }
    if let (Some(at), Some(recorded)) = (args.at, recorded)
        && at < recorded
    {
        return Err(Failure::Usage(format!(
            "--at {at} is earlier than what is recorded ({recorded}); history is never rewritten"
        )));
    }
    let clock = args.at.map_or_else(|| Clock::system(recorded), Clock::At);
    Ok(Some(daemon::once(engine, &clock).await?))
}

/// Prints reports for people, or leaves them out where only JSON is wanted.
struct Printer {
    output: Output,
    zone: TimeZone,
}

impl Printer {
    fn print(&self, report: &Report) {
        if self.output.json {
            if let Report::Polled { feed, notes, status, .. } = report
                && !matches!(*status, "ok" | "unchanged")
            {
                eprintln!("{feed} is {status}: {}", one_line(&notes.join("; "), 300));
            }
            return;
        }
        match report {
            Report::Polled { feed, at, status, items_new, observations, notes } => {
                let time = moment(Some(*at), &self.zone);
                match *status {
                    "ok" | "unchanged" if *items_new == 0 && *observations == 0 => {}
                    "ok" | "unchanged" => self
                        .output
                        .text(&format!("{time}  polled   {feed}: {items_new} new items, {observations} values")),
                    _ => eprintln!("{time}  failed   {feed} is {status}: {}", one_line(&notes.join("; "), 300)),
                }
            }
            Report::Decided(transition) => {
                let time = moment(Some(transition.at), &self.zone);
                let change = if transition.from == transition.to {
                    format!("{}{}", transition.to.word(), if transition.blind { ", blind" } else { "" })
                } else {
                    format!("{} → {}", transition.from.word(), transition.to.word())
                };
                self.output.text(&format!(
                    "{time}  decided  {} {change}: {}",
                    transition.scenario,
                    one_line(&transition.reason, 400)
                ));
            }
            Report::Sent { recipient, kind, .. } => {
                self.output.text(&format!("{:16}  sent     {kind} to {recipient}", ""))
            }
            Report::NotSent { recipient, why } => {
                eprintln!("{:16}  not sent to {recipient}: {}", "", one_line(why, 300))
            }
        }
    }
}

fn summary(output: Output, plan: &Plan, totals: &Totals, queued: u32) {
    let effects = &totals.effects;
    let ms = |spent: std::time::Duration| (spent.as_secs_f64() * 1e6).round() / 1e3;
    let spent = &totals.spent;
    if output.json {
        output.line(&json!({
            "type": "summary", "polled": totals.polled, "unchanged": totals.unchanged, "failed": totals.failed,
            "items_new": effects.items_new, "observations": effects.observations, "transitions": effects.transitions,
            "mails_sent": totals.sent, "mails_queued": queued,
            "ms": {"fetch": ms(spent.fetch), "parse": ms(spent.parse), "extract": ms(spent.extract), "store": ms(spent.store), "judge": ms(spent.judge), "send": ms(spent.send)},
        }));
        return;
    }
    output.text(&format!(
        "\n{} polls ({} unchanged, {} failed), {} new items, {} values recorded, {} changes of scenarios, {} mails sent, {queued} waiting.",
        totals.polled, totals.unchanged, totals.failed, effects.items_new, effects.observations, effects.transitions, totals.sent
    ));
    if let Some(Transport::File { dir }) = plan.settings.email.as_ref().map(|email| &email.sending.transport) {
        output.text(&format!("Mail is in {} (one .eml a message).", dir.display()));
    }
}
