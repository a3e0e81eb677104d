//! `init`: a commented starter configuration.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Context, Done, Failure};
use crate::config;

/// Where to write it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder; made when missing
    dir: PathBuf,
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let files = config::starter();
    // Nothing is overwritten, and nothing is written when one of them is there.
    for (name, _) in &files {
        let path = args.dir.join(name);
        if path.exists() {
            return Err(Failure::Usage(format!("{} is there already; nothing was written", path.display())));
        }
    }
    for (name, content) in &files {
        let path = args.dir.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        context.output.text(&path.display().to_string());
    }
    let settings = args.dir.join("watchfloor.toml");
    context
        .output
        .text(&format!("Next: watchfloor check {0}\nThen: watchfloor --config {0} run --once", settings.display()));
    Ok(ExitCode::SUCCESS)
}
