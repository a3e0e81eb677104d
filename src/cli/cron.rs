//! `cron`: the next times of an expression.

use std::process::ExitCode;

use jiff::Timestamp;

use super::{Context, Done, Failure};
use crate::fetch::Schedule;
use crate::model::time::rfc3339;

/// Which times.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Five fields, or six with seconds first
    expression: String,
    /// The zone
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
    /// Strictly after this (RFC 3339); now when left out
    #[arg(long, value_name = "T")]
    from: Option<Timestamp>,
    /// How many
    #[arg(long, default_value_t = 5)]
    count: u32,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let zone = super::zone(&args.tz)?;
    let schedule = Schedule::cron(&args.expression).map_err(Failure::Usage)?;
    let mut at = args.from.unwrap_or_else(crate::clock::now);
    for printed in 0..args.count {
        let Some(next) = schedule.next_after(at, &zone) else {
            if printed > 0 {
                return Ok(ExitCode::SUCCESS);
            }
            let why = "names no moment that ever comes, as the 30th of February would be";
            return Err(anyhow::anyhow!("`{}` {why}", args.expression).into());
        };
        let text = rfc3339(next, &zone);
        if context.output.json {
            context.output.line(&serde_json::json!(text))
        } else {
            context.output.text(&text)
        }
        at = next;
    }
    Ok(ExitCode::SUCCESS)
}
