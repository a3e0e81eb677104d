//! `check`: every problem of the configuration, and every kind of message rendered.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::{Context, Done, Failure};
use crate::config::{self, Environment, Loaded, SystemEnvironment, WithoutSecrets};
use crate::model::notification::Kind;
use crate::notify;
use crate::settings::Problems;

/// What to check.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Settings or a single watch; by default what `--config` names
    path: Option<PathBuf>,
    /// Take secrets as given: before a reload systemd shows no credentials
    #[arg(long)]
    without_secrets: bool,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let path = args.path.as_ref().unwrap_or(&context.config);
    let environment: &dyn Environment = if args.without_secrets { &WithoutSecrets } else { &SystemEnvironment };
    match config::check(path, environment) {
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
            Ok(ExitCode::SUCCESS)
        }
    }
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
        notify::render(&sample, &email.sending.from)
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
