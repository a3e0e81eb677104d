//! `schema`: JSON Schemas for editors.

use std::process::ExitCode;

use super::{Context, Done};
use crate::config;

/// Which schema.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which; all of them, one a line, when left out
    #[arg(value_parser = ["settings", "watch", "test"])]
    which: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let wanted = |name: &str| args.which.as_deref().is_none_or(|which| which == name);
    for (name, schema) in config::schemas() {
        if wanted(name) {
            context.output.line(&schema);
        }
    }
    Ok(ExitCode::SUCCESS)
}
