//! `schema`: JSON Schemas for editors.

use std::process::ExitCode;

use super::{Context, Done};
use crate::config;

/// Which schema.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `settings` or `watch`; both, one a line, when left out
    #[arg(value_parser = ["settings", "watch"])]
    which: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let (settings, watch) = config::schema();
    let wanted = |name: &str| args.which.as_deref().is_none_or(|which| which == name);
    for (name, schema) in [("settings", settings), ("watch", watch)] {
        if wanted(name) {
            context.output.line(&schema);
        }
    }
    Ok(ExitCode::SUCCESS)
}
