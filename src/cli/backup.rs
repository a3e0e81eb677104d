//! `backup`: a consistent copy of the live store.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::{Context, Done, Failure};
use crate::store::{self, StoreError};

/// Where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The copy; nothing may be there yet
    file: PathBuf,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let loaded = context.load()?;
    let copied = store::copy(&loaded.plan.settings.store, &args.file).map_err(|error| match error {
        StoreError::Occupied(_) => Failure::Usage(error.to_string()),
        error => Failure::Running(error.into()),
    })?;
    let file = args.file.display().to_string();
    if context.output.json {
        context.output.line(&json!({
            "type": "backup", "file": file, "bytes": copied.bytes, "observations": copied.observations,
            "sequence": copied.sequence, "integrity": "ok",
        }));
        return Ok(ExitCode::SUCCESS);
    }
    context.output.text(&format!(
        "{file}: {} values in {} KiB, as of commit {}. Every page, index and reference of the copy was read and is in order.",
        copied.observations,
        copied.bytes.div_ceil(1024),
        copied.sequence
    ));
    Ok(ExitCode::SUCCESS)
}
