//! `check`: every problem of the configuration, and every kind of message rendered.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::online::{self, Asker, Refusal};
use super::{Context, Done, Failure};
use crate::config::plan::{Feed, Watch};
use crate::config::{self, Environment, Loaded, Plan, SystemEnvironment, WithoutSecrets};
use crate::model::feed::Health;
use crate::model::item::Parsed;
use crate::model::notification::Kind;
use crate::notify;
use crate::pipeline::read;
use crate::settings::Problems;

/// What to check.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Settings or a single watch; by default what `--config` names
    path: Option<PathBuf>,
    /// Also fetch each feed and say what each extractor finds in it; nothing is written
    #[arg(long)]
    online: bool,
    /// Take secrets as given: before a reload systemd shows no credentials
    #[arg(long, conflicts_with = "online")]
    without_secrets: bool,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let path = args.path.as_ref().unwrap_or(&context.config);
    let environment: &dyn Environment = if args.without_secrets { &WithoutSecrets } else { &SystemEnvironment };
    match config::check(path, environment, today()) {
        Err(problems) => {
            if context.output.json {
                lines(context, &problems);
                return Ok(ExitCode::from(2));
            }
            Err(Failure::Configuration(problems))
        }
        Ok(loaded) => {
            if context.output.json {
                lines(context, &loaded.warnings);
            } else {
                eprint!("{}", loaded.warnings.print(super::output::is_terminal()));
            }
            messages(&loaded)?;
            if !context.output.json {
                context.output.text(&counted(&loaded));
            }
            if args.online { ask_feeds(context, &loaded.plan) } else { Ok(ExitCode::SUCCESS) }
        }
    }
}

/// Asks every feed; exit 1 where one brings nothing.
fn ask_feeds(context: &Context, plan: &Plan) -> Done {
    let asker = Asker::new(plan)?;
    let mut is_well = true;
    for (watch, feed) in plan.feeds() {
        match asker.ask(feed) {
            Ok((parsed, unread)) => {
                print_feed(context, (watch, feed), &parsed, unread.as_ref());
                is_well &= unread.is_none();
            }
            Err(refusal) => {
                is_well = false;
                refused(context, (watch, feed), &refusal);
            }
        }
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What was read of a feed, and why that is not all.
fn print_feed(context: &Context, (watch, feed): (&Watch, &Feed), parsed: &Parsed, unread: Option<&Refusal>) {
    let health = unread.map_or(Health::Ok, |refusal| refusal.health).word();
    if !context.output.json {
        context.output.text(&format!(
            "\n{}: {health}, {}, {} items",
            feed.name,
            parsed.header.format,
            parsed.items.len()
        ));
        if let Some(refusal) = unread {
            context.output.text(&format!("  not all could be read: {}", refusal.why));
        }
        parsed.warnings.iter().for_each(|warning| context.output.text(&format!("  warning: {warning}")));
        online::summary(watch, feed, parsed).iter().for_each(|line| context.output.text(line));
        return;
    }
    context.output.line(&json!({
        "type": "feed", "watch": watch.id, "feed": feed.name.to_string(), "health": health, "format": parsed.header.format,
        "items": parsed.items.len(), "warnings": parsed.warnings, "error": unread.map(|refusal| &refusal.why),
    }));
    for item in &parsed.items {
        for found in read::extract(watch, feed, item) {
            online::print_outcome(context.output, (watch, feed), item, &found);
        }
    }
}

fn refused(context: &Context, (watch, feed): (&Watch, &Feed), refusal: &Refusal) {
    if !context.output.json {
        context.output.text(&format!("\n{}: {}: {}", feed.name, refusal.health.word(), refusal.why));
        return;
    }
    context.output.line(&json!({
        "type": "feed", "watch": watch.id, "feed": feed.name.to_string(), "health": refusal.health.word(),
        "format": null, "items": 0, "warnings": [], "error": refusal.why,
    }));
}

/// In the system's zone: a review is due on the reader's calendar.
fn today() -> Date {
    crate::clock::now().to_zoned(TimeZone::system()).date()
}

fn counted(loaded: &Loaded) -> String {
    let watches = &loaded.plan.watches;
    let sum = |count: fn(&config::plan::Watch) -> usize| watches.iter().map(count).sum::<usize>();
    format!(
        "The configuration is in order: {} watches, {} feeds, {} indicators, {} scenarios; every kind of message can be written.",
        watches.len(),
        sum(|watch| watch.feeds.len()),
        sum(|watch| watch.indicators.len()),
        sum(|watch| watch.scenarios.len())
    )
}

/// Renders a sample of every kind: a message that cannot be written must not be found out when it is needed.
fn messages(loaded: &Loaded) -> Result<(), Failure> {
    let Some(email) = &loaded.plan.settings.email else { return Ok(()) };
    let title = loaded.plan.watches.first().map_or("a watch", |watch| watch.title.as_str());
    for (_, kind) in Kind::ALL {
        let sample = notify::sample(kind, title, crate::clock::now());
        notify::render(&sample, &email.sending.sender)
            .map_err(|why| Failure::Usage(format!("a message of kind {} cannot be written: {why}", kind.word())))?;
    }
    Ok(())
}

fn lines(context: &Context, problems: &Problems) {
    for problem in &problems.list {
        context.output.line(&json!({
            "file": problem.file.display().to_string(), "line": problem.start.0, "col": problem.start.1,
            "end_line": problem.end.0, "end_col": problem.end.1, "severity": problem.severity.word(),
            "code": problem.code, "message": problem.message, "help": problem.help,
        }));
    }
}
