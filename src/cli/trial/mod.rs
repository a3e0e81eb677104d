//! `test`: scenario tests.

mod junit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Context, Done, output};
use crate::config::SystemEnvironment;
use crate::config::trial::{self as config, Trial, TrialFile};
use crate::pipeline::replay::trial::{self as replay, Unmet};

/// Which tests.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only tests whose names hold this
    #[arg(long, value_name = "WORDS")]
    only: Option<String>,
    /// Also write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// A test that was run.
struct Ran<'t> {
    trial: &'t Trial,
    unmet: Vec<Unmet>,
    took: Duration,
}

/// Runs the command: status 0 when all pass, 1 when one fails, 2 when a file is wrong.
pub fn run(context: &Context, args: &Args) -> Done {
    let mut files = Vec::new();
    let mut is_wrong = false;
    for path in &args.files {
        match config::load(path, &SystemEnvironment) {
            Ok(file) => files.push(file),
            Err(problems) => {
                eprint!("{}", problems.print(output::is_terminal()));
                is_wrong = true;
            }
        }
    }
    let mut suites = Vec::new();
    for file in &files {
        suites.push((file.path.as_path(), ran(context, file, args.only.as_deref())?));
    }
    let (tests, failed) = counted(&suites);
    if context.output.json {
        context.output.line(&json!({ "type": "summary", "tests": tests, "failed": failed }));
    } else {
        context.output.text(&format!("\n{tests} tests, {failed} failed"));
    }
    if let Some(path) = &args.junit {
        std::fs::write(path, junit::document(&suites)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::from(if is_wrong { 2 } else { u8::from(failed > 0) }))
}

type Suite<'t> = (&'t Path, Vec<Ran<'t>>);

fn counted(suites: &[Suite<'_>]) -> (usize, usize) {
    let all = || suites.iter().flat_map(|(_, ran)| ran);
    (all().count(), all().filter(|one| !one.unmet.is_empty()).count())
}

fn ran<'t>(context: &Context, file: &'t TrialFile, only: Option<&str>) -> anyhow::Result<Vec<Ran<'t>>> {
    let mut done = Vec::new();
    for trial in file.trials.iter().filter(|trial| only.is_none_or(|words| trial.name.contains(words))) {
        let begun = Instant::now();
        let unmet = replay::run(trial).with_context(|| format!("cannot run `{}`", trial.name))?;
        let one = Ran { trial, unmet, took: begun.elapsed() };
        if context.output.json {
            context.output.line(&line(&file.path, &one));
        } else {
            context.output.text(&text(&file.path, &one));
        }
        done.push(one);
    }
    Ok(done)
}

fn line(path: &Path, one: &Ran<'_>) -> Value {
    let unmet: Vec<Value> = one
        .unmet
        .iter()
        .map(|unmet| {
            json!({
                "line": unmet.place.0, "col": unmet.place.1, "expected": unmet.expected, "found": unmet.found,
                "explanation": unmet.explanation,
            })
        })
        .collect();
    json!({
        "type": "test", "file": path.display().to_string(), "watch": watch_of(one.trial), "name": one.trial.name,
        "passed": one.unmet.is_empty(), "ms": (one.took.as_secs_f64() * 1e4).round() / 10.0, "unmet": unmet,
    })
}

fn watch_of(trial: &Trial) -> Option<&str> {
    trial.plan.watches.first().map(|watch| watch.id.as_str())
}

fn text(path: &Path, one: &Ran<'_>) -> String {
    if one.unmet.is_empty() {
        return format!("ok      {}", one.trial.name);
    }
    let unmet: Vec<String> = one.unmet.iter().map(|unmet| unmet_text(path, unmet)).collect();
    format!("FAILED  {}\n{}", one.trial.name, unmet.join("\n"))
}

/// Where it stands, what was expected, what happened, and why.
fn unmet_text(path: &Path, unmet: &Unmet) -> String {
    let (line, column) = unmet.place;
    let why: String = unmet.explanation.iter().map(|line| format!("\n          {line}")).collect();
    format!(
        "  --> {}:{line}:{column}\n      expected: {}\n      but {}{why}",
        path.display(),
        unmet.expected,
        unmet.found
    )
}
