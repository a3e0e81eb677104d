//! `scenario drill`: a marked test alert with the data of now, through the real outbox.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::{find, judged};
use crate::cli::alert::acts;
use crate::cli::author::AuthorArgs;
use crate::cli::output::Output;
use crate::cli::{Context, Done, Failure};
use crate::config::Loaded;
use crate::daemon::{self, Engine, Report};
use crate::model::act::{Act, Doing};
use crate::model::notification::Kind;
use crate::pipeline::{AsOf, accounts, notices};
use crate::store::{Store, StoreError};

/// What to drill.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The scenario: `watch/scenario`, or the bare id
    id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let loaded = context.load()?;
    let plan = &loaded.plan;
    let (watch, scenario) = find(plan, &args.id)?;
    if plan.settings.email.is_none() {
        return Err(Failure::Usage("there is no `[email]` in the settings: a drill reaches nobody".to_owned()));
    }
    let now = crate::clock::now();
    let act = acts::act(Doing::Drill, args.author.name()?, None, args.reason.as_deref(), now);
    let act = Act { scenario: Some(scenario.name.clone()), ..act };
    let (queued, heard) = context.write(&loaded, |change| {
        let number = change.add_act(&act)?;
        let judgement = judged(change, plan, watch, scenario, AsOf::now(now))?;
        let why = act.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let reason = format!(
            "a drill, started by {}{why}: nothing has triggered, the data are real; {}",
            act.author,
            accounts::reason(scenario, &judgement)
        );
        let account = accounts::freeze(change, watch, scenario, &judgement, &reason)?;
        Ok(notices::about_scenario(change, plan, scenario, (Kind::Drill, None, number), account)?)
    })?;
    context.output.text(&format!("A drill of {} is queued for {queued} recipients.", scenario.name));
    if heard {
        context.output.text("The running daemon sends it now.");
        return Ok(ExitCode::SUCCESS);
    }
    send(context, loaded)
}

/// Without a daemon the outbox is worked on here.
fn send(context: &Context, loaded: Loaded) -> Done {
    let store = match Store::open(&loaded.plan.settings.store) {
        Ok(store) => store,
        Err(StoreError::Locked(_)) => {
            context.output.text("The running daemon sends it within a minute.");
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => return Err(error.into()),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    let output = context.output;
    let (engine, thread) = Engine::start(loaded.plan, store, Arc::new(move |report| print(output, &report)))?;
    let sent = runtime.block_on(daemon::send_due(&engine, &daemon::Clock::system(None)));
    let waiting = runtime.block_on(engine.waiting())?.count;
    drop(engine);
    let _ = thread.join();
    let sent = sent?;
    context.output.text(&format!("{sent} messages were taken, {waiting} wait (`watchfloor mail queue`)."));
    Ok(if sent > 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn print(output: Output, report: &Report) {
    match report {
        Report::Sent { recipient, kind, message_id } => {
            output.text(&format!("taken for {recipient}: {kind} ({message_id})"));
        }
        Report::NotSent { recipient, why } => eprintln!("not taken for {recipient}: {why}"),
        Report::Polled { .. } | Report::Decided(_) => {}
    }
}
